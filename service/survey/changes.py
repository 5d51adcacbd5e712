"""What changed for a customer when a result was filed: the churn feed's rule."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.results import Row


class ChangeKind(StrEnum):
    """Kinds of change, between scores of the same kind of scale."""

    FIRST_LOW = "first_low"
    CROSSED_BELOW = "crossed_below"
    DROPPED = "dropped"
    RECOVERED = "recovered"


def previous_of(rows: Sequence[Row], new: Row) -> Row | None:
    """What `new` is compared with: the score it replaces, else the newest older one of the same kind."""
    same_kind = [row for row in rows if row.score is not None and row.kind is new.kind]
    replaced = next((row for row in same_kind if row.key == new.key), None)
    return replaced or max((row for row in same_kind if row < new), default=None)


def change_of(rows: Sequence[Row], new: Row, *, drop_points: float) -> tuple[ChangeKind, Row | None] | None:
    """The change that filing `new` makes for a customer who had `rows`, with the row it is compared with.

    None where there is none: no score, an answer older than the customer's newest scored one, or no difference.
    """
    if new.score is None or any(row.score is not None and row.key != new.key and row > new for row in rows):
        return None
    previous = previous_of(rows, new)
    if previous is None:
        return (ChangeKind.FIRST_LOW, None) if new.low else None
    if new.low != previous.low:
        return (ChangeKind.CROSSED_BELOW if new.low else ChangeKind.RECOVERED), previous
    fell = (previous.score or 0.0) - new.score
    return (ChangeKind.DROPPED, previous) if fell >= drop_points else None
