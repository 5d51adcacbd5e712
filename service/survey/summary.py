"""A customer's summary and the other documents of the HTTP contract, as plain data without freshness."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from service.survey.results import Result, Row, ScoredAnswer, low_rows, newest_scored

if TYPE_CHECKING:
    from collections.abc import Sequence

HISTORY = 50  # entries
LOW = 10  # dissatisfied people named


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second: `2026-11-22T08:10:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def shown(score: float | None) -> float | None:
    """A score as shown: rounded to 0.1. The exact fraction is kept everywhere else."""
    return None if score is None else round(score, 1)


def named(contact_name: str | None) -> dict[str, str]:
    """The field `contact_name` where there is a name, which is where the operator asks for names."""
    return {} if contact_name is None else {"contact_name": contact_name}


def answer_document(answer: ScoredAnswer) -> dict[str, Any]:
    document: dict[str, Any] = {
        "question_item_id": answer.question_item_id,
        "question": answer.question,
        "kind": answer.kind,
        "answer": answer.answer,
        "score": shown(answer.score),
        "band": answer.band,
        "scale": {"points": answer.points, "direction": answer.direction} if answer.points else None,
        "method": answer.method,
        "language": answer.language,
        "reason": answer.reason,
    }
    if answer.step is not None:
        document["step"] = answer.step
    if answer.nps:
        document["nps"] = answer.nps
    if answer.comment:
        document["comment"] = True
    return document


def result_document(result: Result, *, comments: bool) -> dict[str, Any]:
    """A result as the contract shows it; without free text unless `comments`."""
    return {
        "answer_set_id": result.answer_set_id,
        "survey": {"id": result.survey_id, "name": result.survey_name},
        "respondent_id": result.respondent_id,
        "customer_id": result.customer_id,
        "contact_id": result.contact_id,
        **named(result.contact_name),
        "answered_at": iso(result.answered_at),
        "updated_at": iso(result.updated_at),
        "score": shown(result.score),
        "band": result.band,
        "score_basis": {"kind": result.basis.kind, "items": result.basis.items} if result.basis else None,
        "answers": [answer_document(answer) for answer in result.answers if comments or not answer.comment],
    }


def _person(row: Row) -> dict[str, Any]:
    contact = {} if row.contact_id is None else {"contact_id": row.contact_id}
    return {"respondent_id": row.respondent_id, **contact, **named(row.contact_name)}


def _trend(rows: list[Row], newest: Row | None) -> dict[str, Any] | None:
    """How the newest score compares with the one before it of the same person and kind; never with a colleague's."""
    if newest is None or newest.score is None:
        return None
    before = newest_scored([row for row in rows if row < newest and row.person == newest.person], newest.kind)
    if before is None or before.score is None:
        return None
    return {"previous": shown(before.score), "change": shown(newest.score - before.score), **_person(newest)}


def _low(rows: list[Row]) -> list[dict[str, Any]]:
    """Who is dissatisfied now, newest first: whom to call."""
    return [
        {
            **_person(row),
            "score": shown(row.score),
            "band": row.band,
            "kind": row.kind,
            "answered_at": iso(row.answered_at),
            "survey_id": row.survey_id,
        }
        for row in rows[:LOW]
    ]


def summary_document(customer_id: str, rows: Sequence[Row], latest: Result | None, *, comments: bool) -> dict[str, Any]:
    """The sidebar's summary. `rows` are all of the customer's results, `latest` the newest of them."""
    ordered = sorted(rows, reverse=True)
    newest = newest_scored(ordered)
    document = result_document(latest, comments=comments) if latest else None
    if document:
        del document["customer_id"]  # stands one level up
    low = low_rows(ordered)
    return {
        "customer_id": customer_id,
        "score": shown(newest.score) if newest else None,
        "band": newest.band if newest else None,
        "trend": _trend(ordered, newest),
        "answered": len(ordered),
        "last_answered_at": iso(ordered[0].answered_at) if ordered else None,
        "low_respondents": len(low),
        **({"low": _low(low)} if low else {}),
        "latest": document,
        "history": [
            {
                "answered_at": iso(row.answered_at),
                "score": shown(row.score),
                "survey_id": row.survey_id,
                "kind": row.kind,
                "respondent_id": row.respondent_id,
                **({} if row.contact_id is None else {"contact_id": row.contact_id}),
            }
            for row in ordered[:HISTORY]
        ],
    }
