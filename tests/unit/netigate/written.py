"""Parts of Netigate's JSON, as the tests change them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from service.netigate import wire

if TYPE_CHECKING:
    from service.survey.model import QuestionItem


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def item(**changes) -> dict:
    return {"QuestionItemId": 1, "Type": "RADIOBUTTON", "Rows": [{"Text": "Ja"}, {"Text": "Nej"}]} | changes


def items_of(*items: object) -> list[QuestionItem]:
    return wire.question_items([{"QuestionId": 9, "QuestionItems": list(items)}])


def answer(**changes) -> dict:
    return {"AnswerId": 1, "QuestionItem": 5, "QuestionType": "T", "QuestionText": "q", "AnswerText": "a"} | changes


def answer_set(**changes) -> dict:
    done = "2026-01-01T00:00:00Z"
    return {"AnswerSetId": 1, "Survey": 2, "Respondent": 3, "Completed": done, "Updated": done, "Answers": []} | changes


def paged(*sets: object):
    return wire.answer_page({"Page": 1, "TotalPages": 1, "AnswerSets": list(sets)}, 2, 1, 100)
