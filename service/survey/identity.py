"""Whose answers they are: which question item carries the CRM's ID, and how an ID is written."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.survey.model import AnswerSet, QuestionItem, Survey

MAX_ID_LENGTH = 200  # characters, after trimming
_IDENTITY = re.compile(r"\[([\d, ]*)\]\[([\d, ]*)\]")
LOST = "\ufffd"  # stands for what could not be decoded
LONGEST_SPELLING = 4  # most characters that NFC joins into one: a text too long for that is refused without normalising
MAX_LABEL = 1_000  # characters of an item's text that are compared with a label's name


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
    cleaned = text.strip()
    if not plain:
        if len(cleaned) > MAX_ID_LENGTH * LONGEST_SPELLING:
            return None  # normalising takes time quadratic in the marks on one letter
        cleaned = unicodedata.normalize("NFC", cleaned)
    if not 1 <= len(cleaned) <= MAX_ID_LENGTH or not (plain or _storable(cleaned)):
        return None
    return cleaned


def asked_id(text: str) -> str | None:
    """An ID that a caller asks for: as `clean_id`, and None where part of it was lost because it was not UTF-8.

    Answered as an ID like any other, it would say that this customer has never answered.
    """
    return None if LOST in text else clean_id(text)


def _storable(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


def identity_items(identity: str | None) -> tuple[frozenset[int], frozenset[int]] | None:
    """Customer's and contact's items from `Codebook.identity`; None where there is none, or it cannot be read."""
    found = _IDENTITY.fullmatch(identity or "")
    if found is None:
        return None
    customer, contact = (frozenset(int(item) for item in part.split(",") if item.strip()) for part in found.groups())
    return customer, contact


def same_label(left: str, right: str) -> bool:
    """Whether two spellings name the same label."""
    return _fold(left) == _fold(right)


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:MAX_LABEL]).split()).casefold()


def label_items(survey: Survey, name: str, labels: Mapping[int, str]) -> list[QuestionItem]:
    """The items fed by the background label `name`: a label id, else the item's own text, else a label's name.

    The first way that finds any wins. More than one item may be fed by one label.
    """
    fed = [item for item in survey.items if item.background_label is not None]
    wanted_ids = {identifier for identifier, label in labels.items() if same_label(label, name)}
    ways: Iterable[list[QuestionItem]] = (
        [item for item in fed if str(item.background_label) == name.strip()],
        [item for item in fed if same_label(item.text, name)],
        [item for item in fed if not item.text.strip() and same_label(item.question, name)],
        [item for item in fed if item.background_label in wanted_ids],
    )
    return next((found for found in ways if found), [])


def label_value(answer_set: AnswerSet, item_ids: Iterable[int]) -> str | None:
    """The ID that an answer set carries in one of these items; None where it carries none, or two that differ."""
    ids = set(item_ids)
    found = {clean_id(answer.text) for answer in answer_set.answers if answer.question_item_id in ids} - {None}
    value = found.pop() if len(found) == 1 else None
    # A replacement character stands for a letter that was lost on the way: two customers could look alike.
    return None if value is None or LOST in value else value
