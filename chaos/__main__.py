"""Run every fault under load, then every deed on every kind of server, and write what was seen: `make chaos`.

CHAOS_SHORT=1 takes some minutes and writes nothing; naming faults, kinds of server or deeds writes nothing either.
`matrix` alone makes the second table anew.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from chaos import matrix
from chaos.answers import DAMAGED, FRESH, STALE, WAIT, failures
from chaos.deeds import DEEDS
from chaos.faults import FAULTS
from chaos.places import SHORT
from chaos.report import FAULT_COLUMNS, MATRIX_COLUMNS, document, table
from tests.harness.kinds import KINDS

if TYPE_CHECKING:
    from chaos.faults import Fault
    from chaos.load import Load
    from chaos.places import Place

HEALTHY_SECONDS = 1.5 if SHORT else 5.0
FAULT_SECONDS = 2.5 if SHORT else 8.0
MATRIX = "matrix"  # the second table alone
DOCS = Path(__file__).parents[1] / "docs"
# A p99 over a second or so of load means little: in a short run only failures count against the goal.
SLOWER = 1.5
NOISE = 0.005  # seconds; smaller differences of two p99 are noise of the machine


@dataclass
class Row:
    """One fault's line. Times in milliseconds, but `heals_after` in seconds after the fault's end."""

    fault: str
    goal: str
    sent: int
    ok: int
    stale: int
    waited: int
    failed: int
    failures: dict[str, int]
    resent: int
    slowest: float
    p99: float
    healthy_p99: float
    heals_after: float
    reached: bool


def main() -> int:
    begun = time.monotonic()
    names = sys.argv[1:]
    rows = _faults(names)
    of_matrix = {*KINDS, *(deed.name for deed in DEEDS)} & set(names)
    cells = matrix.run(sorted(of_matrix)) if of_matrix or names in ([], [MATRIX]) else []
    found, seen = [asdict(row) for row in rows], [asdict(cell) for cell in cells]
    if not SHORT and names in ([], [MATRIX]):
        found = found or json.loads((DOCS / "chaos.json").read_text())["faults"]
        (DOCS / "chaos.json").write_text(json.dumps({"faults": found, "matrix": seen}, indent=1) + "\n")
        (DOCS / "chaos.md").write_text(document(found, seen))
    print("\n" + table(found, FAULT_COLUMNS) + "\n\n" + table(seen, MATRIX_COLUMNS))
    print(f"\n{time.monotonic() - begun:.0f} s; {sum(not row.reached for row in rows)} of {len(rows)} goals missed")
    whole = all(row.failed == 0 and row.heals_after != float("inf") for row in rows)
    return 0 if whole and all(cell.holds for cell in cells) else 1


def _faults(names: list[str]) -> list[Row]:
    rows: list[Row] = []
    wanted = [fault for fault in FAULTS if fault.in_short or not SHORT]
    wanted = [fault for fault in wanted if not names or any(name in fault.name for name in names)]
    for where, group in groupby(wanted, key=lambda fault: fault.where):
        with where() as place:
            load = place.load()
            load.start()
            try:
                for fault in group:
                    rows.append(_one(fault, place, load))
                    print(table([asdict(rows[-1])], FAULT_COLUMNS).splitlines()[-1], flush=True)
            finally:
                load.stop()
    return rows


def _one(fault: Fault, place: Place, load: Load) -> Row:
    place.await_fresh()
    load.take()
    time.sleep(HEALTHY_SECONDS)
    healthy = load.take()
    fault.begin(place)
    time.sleep(FAULT_SECONDS)
    fault.end(place)
    again = place.await_fresh()
    seen = load.take()
    time.sleep(HEALTHY_SECONDS / 2)
    healthy.times += load.take().times  # measured before and after, since a shared machine's speed varies
    p99, usual = seen.percentile(0.99), healthy.percentile(0.99)
    failed = failures(seen, fault.goal)
    in_time = p99 <= max(SLOWER * usual, usual + NOISE)
    bound = in_time or SHORT or fault.goal != "same"
    ok, waited = seen.verdicts[FRESH] + seen.verdicts[STALE], seen.verdicts[WAIT] + seen.verdicts[DAMAGED]
    return Row(
        fault.name, fault.goal, seen.sent, ok, seen.verdicts[STALE], waited, failed.total(), dict(failed), seen.resent,
        seen.slowest * 1000, p99 * 1000, usual * 1000, again,
        reached=seen.sent > 0 and not failed and again != float("inf") and bound,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
