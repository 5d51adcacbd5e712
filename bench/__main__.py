"""`make bench`: measures, prints the table, and writes docs/performance.md, its data and its plots.

BENCH_SHORT=1 takes five minutes, over fewer customers, and leaves the page as it is. BENCH_PARTS names the parts to
measure; of the others, an earlier run's figures stay in the page.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import crowd, herd, live, plots, population, processes, reads, scale, sweeping, wrk
from bench.table import ROOT, Report, complete, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DOCS = ROOT / "docs"


@dataclass(frozen=True)
class Size:
    """How much is measured. Seconds are those of one run of wrk."""

    customers: int
    spread: int
    clustered: int
    seconds: float
    rounds: int


FULL = Size(customers=1_000_000, spread=100_000, clustered=1_000_000, seconds=2, rounds=5)
SHORT = Size(customers=20_000, spread=5_000, clustered=5_000, seconds=1, rounds=3)


def contended(report: Report, size: Size) -> None:
    with processes.valkey() as (url, _):
        population.fill(url, size.spread)
        reads.measure(report, url, size.spread, seconds=size.seconds, rounds=size.rounds)


def parts(report: Report, size: Size) -> dict[str, Callable[[], None]]:
    short = report.short
    # Many short runs: other work on the machine spoils a few of them, and leaves the median as it is.
    scaled = {"seconds": 1, "rounds": 3 if short else 9}
    return {
        "reads": lambda: contended(report, size),
        "sweep": lambda: sweeping.measure(report, sets=20_000 if short else 1_000_000, rounds=2 if short else 1),
        "visible": lambda: live.visible(report, changes=3 if short else 12),
        "outage": lambda: live.outage(report, windows=3 if short else 10),
        "idle": lambda: live.idle(report, seconds=3 if short else 15),
        "crowd": lambda: crowd.measure(report, seconds=size.seconds, rounds=size.rounds),
        "cards": lambda: live.cards(report, rounds=5 if short else 40),
        "herd": lambda: herd.measure(report),
        "embedded": lambda: scale.embedded(report, size.customers, **scaled),
        "cluster": lambda: scale.clustered(report, size.clustered, **scaled),
    }


def draw(report: Report, folder: Path) -> None:
    """Draw up to three plots, of the parts that were measured."""
    folder.mkdir(parents=True, exist_ok=True)
    if found := report.series.get("throughput"):
        named = {"Flask": "Flask alone, same bytes", "hot": "this service, one customer", "held": "this service, 304",
                 "spread": "this service, at random", "hot on gunicorn": "this service on gunicorn",
                 "spread on gunicorn": "this service on gunicorn, at random"}  # fmt: skip
        figures = {
            named.get(name, name): figure
            for name, figure in found.items()
            if not name.endswith(("many", f" {reads.MANY}"))
        }
        ours = [name for name in figures if name.startswith("this service")]
        plots.bars(folder / "throughput.svg", "Answers a second", figures, ours=ours)
    if found := report.series.get("scale", {}).get("embedded"):
        title = f"Time of a read over many customers, over {scale.FEW:,} = 1"
        plots.bars(folder / "scale.svg", title, found, ours=list(found))
    if found := report.series.get("outage"):
        plots.line(
            folder / "outage.svg", "p99 of reads", found["points"], shaded=tuple(found["away"]),
            what="every call to Netigate hangs", unit=" ms",
        )  # fmt: skip


def main() -> int:
    if not wrk.there():
        print(wrk.MISSING, file=sys.stderr)
        return 1
    report = Report(short=os.environ.get("BENCH_SHORT") == "1")
    chosen = [name for name in os.environ.get("BENCH_PARTS", "").split(",") if name]
    began = time.monotonic()
    for name, measure in parts(report, SHORT if report.short else FULL).items():
        if not chosen or name in chosen:
            print(f"-- {name} ({time.monotonic() - began:,.0f} s)", flush=True)
            measure()
    print(f"\n{report.table}\n\n{time.monotonic() - began:,.0f} seconds")
    if report.short:
        write(report, {}, data=ROOT / "build" / "performance.json")
        draw(report, ROOT / "build" / "plots")
    else:
        if chosen:
            complete(report, DOCS / "performance.json")
        pages = {DOCS / "performance.md": report.table, ROOT / "README.md": report.headlines}
        write(report, pages, data=DOCS / "performance.json")
        draw(report, DOCS / "plots")
    return 0


if __name__ == "__main__":
    sys.exit(main())
