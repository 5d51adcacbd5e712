"""Whose answers they are: which question item carries the CRM's ID, and how an ID is written."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.survey.model import AnswerSet, QuestionItem, Survey

MAX_ID_LENGTH = 200  # characters, after trimming


class Ids(NamedTuple):
    """Who a result belongs to: the CRM's customer, its contact, and the contact's name where the operator wants it."""

    customer_id: str | None
    contact_id: str | None
    contact_name: str | None = None


NOBODY = Ids(None, None)


def clean_id(text: str) -> str | None:
    """An opaque ID of 1-200 characters, trimmed and in NFC, case kept, of any alphabet; else None.

    A lone surrogate, which only broken JSON brings, is no character and cannot be stored.
    """
    plain = text.isascii()  # then it is in NFC, and holds no surrogate
    cleaned = (text if plain else unicodedata.normalize("NFC", text)).strip()
    if not 1 <= len(cleaned) <= MAX_ID_LENGTH or not (plain or _storable(cleaned)):
        return None
    return cleaned


def _storable(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _same(left: str, right: str) -> bool:
    return _fold(left) == _fold(right)


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def label_items(survey: Survey, name: str, labels: Mapping[int, str]) -> list[QuestionItem]:
    """The items fed by the background label `name`: a label id, else the item's own text, else a label's name.

    The first way that finds any wins. More than one item may be fed by one label.
    """
    fed = [item for item in survey.items if item.background_label is not None]
    wanted_ids = {identifier for identifier, label in labels.items() if _same(label, name)}
    ways: Iterable[list[QuestionItem]] = (
        [item for item in fed if str(item.background_label) == name.strip()],
        [item for item in fed if _same(item.text, name)],
        [item for item in fed if not item.text.strip() and _same(item.question, name)],
        [item for item in fed if item.background_label in wanted_ids],
    )
    return next((found for found in ways if found), [])


def label_value(answer_set: AnswerSet, item_ids: Iterable[int]) -> str | None:
    """The ID that an answer set carries in one of these items; None where it carries none, or two that differ."""
    ids = set(item_ids)
    found = {clean_id(answer.text) for answer in answer_set.answers if answer.question_item_id in ids} - {None}
    value = found.pop() if len(found) == 1 else None
    # A replacement character stands for a letter that was lost on the way: two customers could look alike.
    return None if value is None or "\ufffd" in value else value
