"""From Netigate's JSON to values of the domain. An entry that cannot be read never loses the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from service.netigate.fields import ShapeError, entries, maybe_whole, single, text
from service.netigate.schemas import (
    ALTERNATIVE,
    ANSWER_SET,
    ANSWER_SET_NAME,
    DOCUMENT,
    LABEL,
    PAGE,
    QUESTION,
    QUESTION_ITEM,
    SENDOUT,
    SURVEY,
    identifier,
    load,
)
from service.ports import AnswerPage
from service.survey.model import UNREADABLE, Alternative, Answer, AnswerSet, QuestionItem, Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")
MOST_ALTERNATIVES = 100_000  # a background dropdown lists every value that occurs


def _readable(data: object, read: Callable[[Any], T]) -> tuple[list[T], list[object]]:
    """Read each entry of a list that can be read; and those that cannot, as they are."""
    good: list[T] = []
    bad: list[object] = []
    for entry in entries(data):
        try:
            good.append(read(entry))
        except ShapeError:
            bad.append(entry)
    return good, bad


def _some(data: object, read: Callable[[Any], T]) -> list[T]:
    """Read each entry that can be read. Raises ShapeError where there are entries and none of them can."""
    good, bad = _readable(data, read)
    if bad and not good:
        raise ShapeError("list")
    return good


def surveys(data: object) -> list[Survey]:
    """Read surveys, without items."""
    return _some(data, lambda entry: Survey(**load(SURVEY, entry)))


def survey(data: object, survey_id: int) -> Survey:
    """Read the survey asked for, without items. Raises ShapeError, as all of these do."""
    found = Survey(**load(SURVEY, data))
    if found.id != survey_id:
        raise ShapeError("another survey")
    return found


def with_items(bare: Survey, items: Iterable[QuestionItem]) -> Survey:
    """Complete the survey with its question items."""
    return replace(bare, items=tuple(items))


def question_items(data: object) -> list[QuestionItem]:
    """Read the items of a question tree, in the survey's order. One that cannot be read is left out."""
    questions = _in_order(_some(data, partial(load, QUESTION)))
    read = [_readable(question["items"], partial(_question_item, question)) for question in questions]
    if any(bad for _, bad in read) and not any(good for good, _ in read):
        raise ShapeError("question tree")
    return [item for good, _ in read for _, item in _by_order(good)]


def _question_item(question: dict[str, Any], data: object) -> tuple[int | None, QuestionItem]:
    raw = load(QUESTION_ITEM, data)
    rows, columns = _alternatives(raw["rows"]), _alternatives(raw["columns"])
    # A matrix keeps statements in Rows and the scale in Columns; without Columns it has statements and no scale.
    matrix = bool(rows) and (bool(columns) or "MATRIX" in raw["type"].upper())
    item = QuestionItem(
        id=raw["id"],
        type=raw["type"],
        text=raw["text"],
        question_id=question["id"],
        question=question["text"],
        background_label=raw["background_label"],
        alternatives=columns if matrix else rows or columns,
        statements=tuple(row.text for row in rows) if matrix else (),
    )
    return raw["order"], item


def _alternatives(data: list[Any]) -> tuple[Alternative, ...]:
    """Read a list of alternatives. One that cannot be read keeps its place: else the others would move by a step."""
    raw = [_alternative(entry) for entry in data]
    if raw and all(entry["text"] == UNREADABLE for entry in raw):
        raise ShapeError("alternatives")
    ordered = all(entry["order"] is not None for entry in raw)
    return tuple(
        Alternative(order=entry["order"] if ordered else place, text=entry["text"], weight=entry["weight"])
        for place, entry in enumerate(_in_order(raw), start=1)
    )


def _alternative(data: object) -> dict[str, Any]:
    try:
        return load(ALTERNATIVE, data)
    except ShapeError:
        order = data.get("Order") if isinstance(data, dict) else None
        return {"order": order if type(order) is int else None, "text": UNREADABLE, "weight": None}


def _in_order(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for _, entry in _by_order([(entry["order"], entry) for entry in raw])]


def _by_order(numbered: list[tuple[int | None, T]]) -> list[tuple[int | None, T]]:
    """Sort by Order, where each has one; else as they came."""
    if any(order is None for order, _ in numbered):
        return numbered
    return sorted(numbered, key=lambda pair: pair[0] or 0)


def _answer(row: object) -> Answer:
    # By hand, not by a schema, which would be slower: docs/adr/0003-upstream-client.md has figures.
    row = single(row)
    if type(row) is not dict:
        raise ShapeError("answer")
    get = row.get
    return Answer(
        maybe_whole(get("AnswerId")) or 0,
        identifier(get("QuestionItem"), "QuestionItemId"),
        text(get("QuestionType")),
        text(get("QuestionText")),
        text(get("AnswerText")),
        maybe_whole(get("AnswerWeight")),
        _position(get("AnswerNumeric")),
    )


def _position(value: object) -> int | None:
    """A place among the alternatives, from 1; None for anything else (a tick has -1)."""
    try:
        place = maybe_whole(value)
    except ShapeError:
        return None
    return place if place is not None and 0 < place <= MOST_ALTERNATIVES else None


def _answer_set(survey_id: int, data: object, *, respondent_id: int | None = None) -> AnswerSet:
    """Read one set. One answer that cannot be read refuses the whole set: half of it could give a wrong score."""
    raw = load(ANSWER_SET, data)
    raw["survey_id"] = raw["survey_id"] or survey_id
    if respondent_id is not None:
        raw["respondent_id"] = raw["respondent_id"] or respondent_id
    if raw["survey_id"] != survey_id:
        raise ShapeError("another survey")
    raw["answers"] = tuple([_answer(row) for row in raw["answers"]])
    return AnswerSet(**raw)


def answer_page(data: object, survey_id: int, page: int, page_size: int) -> AnswerPage:
    """Read one page; sets that cannot be read are set aside and counted.

    A full page that claims to be the last is not believed: `total_pages` then asks for one more.
    """
    raw = load(PAGE, data)
    sets, bad = _readable(raw["answer_sets"], partial(_answer_set, survey_id))
    named, _ = _readable(bad, lambda entry: int(load(ANSWER_SET_NAME, entry)["id"]))
    total = raw["total_pages"]
    if total < 0:
        raise ShapeError("TotalPages")
    counted = page < total or (total > 0 and len(raw["answer_sets"]) < page_size) or not raw["answer_sets"]
    number = page if raw["page"] is None else raw["page"]
    total = total if counted else page + 1
    return AnswerPage(number, total, tuple(sets), len(bad), counted=counted, unreadable=tuple(named))


def answer_list(data: object, survey_id: int) -> AnswerPage:
    """Read all sets of a survey, without answers, as one page."""
    sets, bad = _readable(data, partial(_answer_set, survey_id))
    if bad and not sets and not isinstance(data, list):  # some other object: nothing was listed at all
        raise ShapeError("list")
    return AnswerPage(1, 1, tuple(sets), len(bad))


def answer_set(data: object, survey_id: int, answer_set_id: int) -> AnswerSet:
    """Read the set asked for."""
    found = _answer_set(survey_id, data)
    if found.id != answer_set_id:
        raise ShapeError("another answer set")
    return found


def respondent_sets(data: object, survey_id: int, respondent_id: int) -> list[AnswerSet]:
    """Read the respondent's sets. One that names somebody else is left out: it would be a leak."""
    sets = _some(data, partial(_answer_set, survey_id, respondent_id=respondent_id))
    return [found for found in sets if found.respondent_id == respondent_id]


@dataclass(frozen=True, slots=True)
class Sources:
    """Names of background labels by id, and the sources (sendouts, documents) that did not bring theirs along."""

    names: Mapping[int, str]
    unnamed: tuple[int, ...] = ()


def labels(data: object) -> Sources:
    """Read a list of background labels."""
    return Sources({label["id"]: label["name"] for label in _some(data, partial(load, LABEL))})


def sendouts(data: object) -> Sources:
    """Read the ids of sendouts."""
    return Sources({}, tuple(sendout["id"] for sendout in _some(data, partial(load, SENDOUT))))


def documents(data: object) -> Sources:
    """Read background documents, of which some bring their labels along."""
    found = _some(data, partial(load, DOCUMENT))
    named, _ = _readable([label for document in found for label in document["labels"]], partial(load, LABEL))
    return Sources(
        {label["id"]: label["name"] for label in named},
        tuple(document["id"] for document in found if not document["labels"]),
    )
