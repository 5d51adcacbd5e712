"""Every kind of server with every deed: wrong answers, lost and doubled changes, and how soon all was well again."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from chaos.answers import FALSE, FRESH, STALE
from chaos.deeds import DEEDS
from chaos.followers import Answering
from chaos.places import served
from chaos.report import MATRIX_COLUMNS, table
from tests.harness.kinds import KINDS

if TYPE_CHECKING:
    from chaos.deeds import Deed
    from chaos.load import Load
    from chaos.places import Place

WARM = 4.0  # seconds, enough for each process to answer for each customer


@dataclass
class Cell:
    """One kind of server and one deed. Seconds."""

    server: str
    deed: str
    answers: int
    ok: int
    wrong: int
    lost: int
    twice: int
    errors: int  # 5xx, and requests without any answer
    heals_after: float

    @property
    def holds(self) -> bool:
        return self.answers > 0 and not (self.wrong or self.lost or self.twice) and self.heals_after != float("inf")


def run(names: list[str]) -> list[Cell]:
    """The whole matrix, or the rows of these kinds and deeds."""
    cells = []
    for kind in KINDS:
        wanted = [deed for deed in DEEDS if not names or kind in names or deed.name in names]
        if not wanted:
            continue
        with served(kind) as place:
            load = place.load()
            load.start()
            try:
                for deed in wanted:
                    cells.append(_cell(kind, deed, place, load))
                    print(table([asdict(cells[-1])], MATRIX_COLUMNS).splitlines()[-1], flush=True)
            finally:
                load.stop()
    return cells


def _cell(kind: str, deed: Deed, place: Place, load: Load) -> Cell:
    place.await_fresh()
    time.sleep(WARM)
    load.take()
    answering = Answering(place)
    answering.start()
    try:
        deed.begin(place)
    finally:
        deed.end(place)
    again = place.await_fresh()
    lost, twice = answering.end()
    seen = load.take()
    ok, wrong = (sum(seen.verdicts[word] for word in words) for words in ((FRESH, STALE), FALSE))
    errors = seen.sent - ok - wrong
    return Cell(kind, deed.name, seen.sent, ok, wrong + answering.gone, lost, twice, errors, again)
