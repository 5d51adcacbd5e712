"""Values of the domain: what Netigate says (survey, item, answer set) and what we make of it (result)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  (dataclass fields are read at run time)
from enum import StrEnum
from typing import Final

UNREADABLE: Final = "\ufffd"  # stands for the text of an alternative that cannot be read


class Kind(StrEnum):
    """What a scale measures. Kinds are never mixed or compared in one figure."""

    SATISFACTION = "satisfaction"
    NPS = "nps"
    EFFORT = "effort"
    QUALITY = "quality"
    AGREEMENT = "agreement"
    LIKELIHOOD = "likelihood"
    YES_NO = "yes_no"


class Band(StrEnum):
    """A score in words, worst first. The first two are *low*."""

    VERY_DISSATISFIED = "very_dissatisfied"
    DISSATISFIED = "dissatisfied"
    NEUTRAL = "neutral"
    SATISFIED = "satisfied"
    VERY_SATISFIED = "very_satisfied"

    @property
    def low(self) -> bool:
        return self in {Band.VERY_DISSATISFIED, Band.DISSATISFIED}


class Reason(StrEnum):
    """Why there is no score."""

    UNMAPPED = "unmapped"  # the wording is not understood
    NO_OPINION = "no_opinion"  # "don't know", "not applicable", "prefer not to say", a null weight among weights
    NOT_A_SCALE = "not_a_scale"  # no good or bad end: frequency, department, "just right" in the middle
    FREE_TEXT = "free_text"
    AMBIGUOUS = "ambiguous"  # evidence conflicts, or a high answer is not surely good


class Method(StrEnum):
    """Which evidence made the score, in falling order of trust."""

    OVERRIDE = "override"
    WEIGHT = "weight"
    NUMBER = "number"
    WORDING = "wording"


class Direction(StrEnum):
    """Order of the alternatives as the survey shows them."""

    ASCENDING = "ascending"  # worst first
    DESCENDING = "descending"  # best first


class Polarity(StrEnum):
    """Which end of the scale a label's own words belong to."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One alternative of a closed question, as the survey shows it. Weight is the author's, or None."""

    order: int
    text: str
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class QuestionItem:
    """One question item of the tree. `alternatives` is the scale; `statements` are a matrix's rows."""

    id: int
    type: str  # as the upstream spells it; unknown types are ordinary input
    text: str  # the item's own text
    question_id: int
    question: str  # the question's text, from the tree
    background_label: int | None
    alternatives: tuple[Alternative, ...]
    statements: tuple[str, ...] = ()

    @property
    def is_matrix(self) -> bool:
        return bool(self.statements)


@dataclass(frozen=True, slots=True)
class Survey:
    """One survey with its question items."""

    id: int
    name: str
    language: str | None  # ISO 639-3, as the upstream says
    created: datetime | None
    items: tuple[QuestionItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer row of an answer set, as the upstream gave it."""

    id: int
    question_item_id: int
    question_type: str
    question_text: str
    text: str
    weight: int | None
    position: int | None = None  # AnswerNumeric, a place among the alternatives from 1: never a score


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """One respondent's answers to one survey. `completed` is None while unfinished. Times are UTC, aware."""

    id: int
    survey_id: int
    respondent_id: int
    created: datetime | None
    completed: datetime | None
    updated: datetime | None
    answers: tuple[Answer, ...] = ()

    @property
    def anonymous(self) -> bool:
        return self.respondent_id <= 0
