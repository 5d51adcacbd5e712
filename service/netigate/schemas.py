"""The documented types as marshmallow schemas. Unknown keys are dropped, passwords and addresses first of all."""

from __future__ import annotations

from functools import partial
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from service.netigate.fields import (
    ShapeError,
    Tolerant,
    authored,
    entries,
    maybe_whole,
    moment,
    reference,
    single,
    text,
    whole,
)


def identifier(value: object, id_name: str) -> int:
    """Read an id that must be there. Raises ShapeError."""
    found = reference(value, id_name)
    if found < 1:
        raise ShapeError("id")
    return found


def _language(value: object) -> str | None:
    return text(value) or None


def _background(value: object) -> int | None:
    # Netigate writes "no label" as 0, null or -1.
    label = reference(value, "BGDataLabelId")
    return label if label > 0 else None


def _own_id(key: str) -> Tolerant:
    return Tolerant(key, partial(identifier, id_name=key))


class _Documented(Schema):
    class Meta:
        unknown = EXCLUDE


class Survey(_Documented):
    id = _own_id("SurveyId")
    name = Tolerant("Name", authored, required=False)
    language = Tolerant("Language", _language, required=False, lenient=True)
    created = Tolerant("Created", moment, required=False, lenient=True)


class Question(_Documented):
    id = _own_id("QuestionId")
    order = Tolerant("Order", maybe_whole, required=False, lenient=True)
    text = Tolerant("Text", authored, required=False)
    items = Tolerant("QuestionItems", entries, required=False)


class QuestionItem(_Documented):
    id = _own_id("QuestionItemId")
    order = Tolerant("Order", maybe_whole, required=False, lenient=True)
    type = Tolerant("Type", text, required=False)
    text = Tolerant("Text", authored, required=False)
    background_label = Tolerant("BackgroundLabel", _background, required=False)
    rows = Tolerant("Rows", entries, required=False)
    columns = Tolerant("Columns", entries, required=False)


class Alternative(_Documented):
    order = Tolerant("Order", maybe_whole, required=False, lenient=True)
    text = Tolerant("Text", authored)
    weight = Tolerant("Weight", maybe_whole, required=False)


class AnswerSet(_Documented):
    id = _own_id("AnswerSetId")
    survey_id = Tolerant("Survey", partial(reference, id_name="SurveyId"), required=False)
    respondent_id = Tolerant("Respondent", partial(reference, id_name="RespondentId"))
    created = Tolerant("Created", moment, required=False, lenient=True)
    # Both keys must be there: without Completed nobody knows whether the set is finished.
    completed = Tolerant("Completed", moment)
    updated = Tolerant("Updated", moment)
    answers = Tolerant("Answers", entries, required=False)


class AnswerSetName(_Documented):
    id = Tolerant("AnswerSetId", partial(identifier, id_name="AnswerSetId"))


class Page(_Documented):
    page = Tolerant("Page", maybe_whole, required=False)
    # Never guessed: a sweep that ends too early would pass over answers for good.
    total_pages = Tolerant("TotalPages", whole)
    answer_sets = Tolerant("AnswerSets", entries)


class Label(_Documented):
    id = _own_id("BGDataLabelId")
    name = Tolerant("Name", text)


class Sendout(_Documented):
    id = _own_id("SendoutId")


class Document(_Documented):
    id = _own_id("BGDocumentId")
    labels = Tolerant("Labels", entries, required=False, lenient=True)


SURVEY, QUESTION, QUESTION_ITEM, ALTERNATIVE = Survey(), Question(), QuestionItem(), Alternative()
ANSWER_SET, ANSWER_SET_NAME, PAGE = AnswerSet(), AnswerSetName(), Page()
LABEL, SENDOUT, DOCUMENT = Label(), Sendout(), Document()


def load(schema: Schema, data: object) -> dict[str, Any]:
    """Read one object, also in an array of one, with the domain's names as keys. Raises ShapeError."""
    try:
        loaded: dict[str, Any] = schema.load(single(data))  # type: ignore[arg-type]
    except ValidationError:
        # From None: marshmallow's error holds the input.
        raise ShapeError(type(schema).__name__) from None
    return loaded
