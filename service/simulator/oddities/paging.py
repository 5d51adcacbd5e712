"""How pages and lists may come: wrong totals, caps, an order that changes, sets that no page brings. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.simulator.records import draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.simulator.records import StoredSet

CAP: Final = 3
LOST_EACH: Final = 7  # sets whose id is a multiple of this are on no page
PAGINGS: Final = (
    "exact",
    "zero",  # TotalPages 0 beside sets
    "low",  # TotalPages one too low
    "capped",  # no page after the third, and TotalPages says so
    "mixed",  # another order for each page
    "lost",  # the list knows sets that no page brings
)
FILTERS: Final = (
    "updated",  # `updated=` compares Updated
    "local",  # it compares Updated read in local time, two hours behind
    "creation",  # it compares the set's Created
    "nothing",  # it brings nothing
)
LOCAL_SECONDS: Final = 2 * 3600


def sets_of_page(found: Sequence[StoredSet], number: int, size: int, paging: str) -> Sequence[StoredSet]:
    """What one page shows."""
    if paging == "lost":
        found = [record for record in found if record.id % LOST_EACH]
    if paging == "mixed":
        found = list(found)
        draw("page", number).shuffle(found)
    if paging == "capped" and number > CAP:
        return ()
    return found[(number - 1) * size : number * size]


def total_pages(count: int, size: int, paging: str) -> int:
    """What TotalPages says."""
    exact = -(-count // size)
    return {"zero": 0, "low": max(1, exact - 1), "capped": min(CAP, exact)}.get(paging, exact)


def brought(record: StoredSet, since: int, compares: str) -> bool:
    """Whether `updated=` brings a set."""
    if compares == "nothing":
        return False
    if compares == "creation":
        return record.created >= since
    return record.updated - (LOCAL_SECONDS if compares == "local" else 0) >= since
