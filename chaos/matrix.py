"""Every kind of server with every deed: wrong answers, lost and doubled changes, and how soon all was well again."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from chaos.answers import EMPTIED, FRESH, STALE, WRONG
from chaos.deeds import DEEDS
from chaos.places import served
from chaos.report import MATRIX_COLUMNS, table
from tests.harness.kinds import KINDS
from tests.harness.waiting import until

if TYPE_CHECKING:
    from chaos.deeds import Deed
    from chaos.load import Load
    from chaos.places import Place

TOLD_WITHIN = 30.0  # seconds after the deed
WARM = 4.0  # seconds, enough for each process to answer for each customer
EVERY = 0.25  # seconds between two new answers during the deed


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


class Answering(threading.Thread):
    """People answer during the deed: each answer is low, so each makes a change that must be reported exactly once."""

    numbers = itertools.count()

    def __init__(self, place: Place) -> None:
        super().__init__(daemon=True)
        self._place = place
        self._done = threading.Event()
        self._since = place.cursor()
        self.given: list[int] = []

    def run(self) -> None:
        while not self._done.wait(EVERY):
            customer = f"chaos-{next(self.numbers)}"
            added = self._place.netigate.add(customer=customer, answers={31: "Mycket missnöjd"})
            self.given.append(int(added["set"]))

    def end(self) -> tuple[int, int]:
        """How many of the changes were lost, and how many were reported more than once."""
        self._done.set()
        self.join()

        def told() -> Counter[int]:
            return Counter(self._place.changes(self._since))

        with contextlib.suppress(AssertionError):  # missing ones are counted below
            until(lambda: set(self.given) <= set(told()), seconds=TOLD_WITHIN, what="every change", every=0.2)
        found = told()
        return sum(not found[key] for key in self.given), sum(found[key] > 1 for key in self.given)


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
    ok, wrong = (sum(seen.verdicts[word] for word in words) for words in ((FRESH, STALE), (WRONG, EMPTIED)))
    return Cell(kind, deed.name, seen.sent, ok, wrong, lost, twice, seen.sent - ok - wrong, again)
