"""How one survey behaves, on demand, and which of its sets a request asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from service.simulator.oddities.paging import brought

if TYPE_CHECKING:
    from service.simulator.records import StoredSet

ORDERS: Final = ("id", "reversed", "updated", "shuffled")
"""How pages are ordered; `shuffled` is another order at every request."""


class Narrowing(NamedTuple):
    """Which sets are asked for. Times are seconds; `since` and `until` bound Created, `updated` Updated from below."""

    since: int | None = None
    until: int | None = None
    updated: int | None = None
    completed: bool = False
    compares: str = "updated"

    def fits(self, record: StoredSet) -> bool:
        return (
            (self.since is None or record.created >= self.since)
            and (self.until is None or record.created <= self.until)
            and (self.updated is None or brought(record, self.updated, self.compares))
            and (not self.completed or record.completed is not None)
        )


@dataclass(slots=True)
class SurveySettings:
    """How one survey misbehaves, on demand."""

    missing: bool = False  # every call for it answers 404
    empty: bool = False  # its lists and pages are empty
    order: str = "id"
    customer_item_text: str | None = None  # the text of the item that carries the customer
    labels_added: bool = True  # False: background data is not "added to the survey"
    refused: bool = False  # every call for it answers 401
    tree: list[str] = field(default_factory=list)  # what is odd about the question tree (oddities/trees.py)
    tree_replies: int | None = None  # how many replies are odd before the tree is plain again; None: all
    answers: list[str] = field(default_factory=list)  # what is odd about answer rows (oddities/answers.py)
    paging: str = "exact"  # oddities/paging.py
    filter: str = "updated"  # what `updated=` compares (oddities/paging.py)
    list_seconds: float = 0.0  # that the list without answers takes per set
    unreadable: int = 0  # how many of its sets, from the lowest id, are nonsense
    far_future: str = ""  # which date of its lowest set is in 9999: Completed or Updated; "" for none
    ms_dates: bool = False  # dates are /Date(ms)/
    wrapped: bool = False  # each reply is wrapped once
