"""What changed for a customer when a result was filed: the churn feed's rule."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from service.survey.results import low_respondents
from service.survey.summary import iso, named, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service.survey.results import Result, Row, ScoredAnswer


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


def change_document(
    identifier: str, kind: ChangeKind, previous: Row | None, result: Result, rows: Sequence[Row], detected_at: datetime
) -> dict[str, Any]:
    """A change as the feed tells it; `comments` is taken out again for callers without the scope.

    rows: the customer's results with this one among them.
    """
    telling = _telling(result)
    return {
        "id": identifier,
        "kind": kind,
        "customer_id": result.customer_id,
        "contact_id": result.contact_id,
        **named(result.contact_name),
        "respondent_id": result.respondent_id,
        "survey": {"id": result.survey_id, "name": result.survey_name},
        "answer_set_id": result.answer_set_id,
        "score": shown(result.score),
        "previous_score": shown(previous.score) if previous else None,
        "band": result.band,
        "score_kind": result.basis.kind if result.basis else None,
        "low_respondents": low_respondents(list(rows)),
        "answered_at": iso(result.answered_at),
        "detected_at": iso(detected_at),
        "question": telling.question if telling else None,
        "answer": telling.answer if telling else None,
        "comments": [answer.answer for answer in result.answers if answer.comment],
    }


def _telling(result: Result) -> ScoredAnswer | None:
    """The answer that says most about the result's score: the lowest of those that made it."""
    kind = result.basis.kind if result.basis else None
    made = [answer for answer in result.answers if answer.kind is kind and answer.score is not None]
    if result.basis and len(made) > result.basis.items:
        # Some of them did not make the score: rows of a matrix give way to items that stand alone.
        rows = Counter(answer.question_item_id for answer in made)
        made = [answer for answer in made if rows[answer.question_item_id] == 1] or made
    return min(made, key=lambda answer: answer.score or 0.0, default=None)
