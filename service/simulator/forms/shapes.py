"""What a survey is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.simulator import constants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEXT_FIELD: Final = "TEXT_FIELD"
RADIOBUTTON: Final = "RADIOBUTTON"
WEIGHTED: Final = "WEIGHTED_RADIOBUTTON"
CHECKBOX: Final = "CHECKBOX"
DROPDOWN: Final = "DROPDOWN"
MATRIX: Final = "MATRIX"
NPS: Final = "NPS"
"""No documented type: the real API's string for it is unknown."""


@dataclass(frozen=True, slots=True)
class Step:
    """One alternative. `level` runs from 0 (worst) to 1 (best); None where it is no step of a scale."""

    text: str
    weight: int | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question item. `label` is the background label that feeds it."""

    id: int
    type: str
    text: str = ""
    rows: tuple[Step, ...] = ()
    columns: tuple[Step, ...] = ()
    label: int | None = None
    answered: float = 1.0  # how likely somebody answers it


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the tree."""

    id: int
    text: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One survey. `comments` are by tone: bad, middling, good."""

    id: int
    name: str
    language: str  # ISO 639-3
    category: str
    questions: tuple[Question, ...]
    comments: tuple[tuple[str, ...], ...]
    regions: tuple[str, ...]
    no_label: int | None  # BackgroundLabel of an item that no label feeds; Netigate's is unknown, so surveys differ
    null_lists: bool  # whether an empty list reads [null]

    def items(self) -> tuple[Item, ...]:
        return tuple(item for question in self.questions for item in question.items)


def worst_first(
    texts: Sequence[str], weights: Sequence[int] | None = None, *, other: Sequence[str] = ()
) -> tuple[Step, ...]:
    """A scale from worst to best, then alternatives outside of it, which never have a weight."""
    top = len(texts) - 1
    steps = tuple(Step(text, weights[place] if weights else None, place / top) for place, text in enumerate(texts))
    return steps + plain(other)


def best_first(
    texts: Sequence[str], weights: Sequence[int] | None = None, *, other: Sequence[str] = ()
) -> tuple[Step, ...]:
    """A scale from best to worst, then alternatives outside of it."""
    return worst_first(texts[::-1], weights and weights[::-1])[::-1] + plain(other)


def plain(texts: Sequence[str]) -> tuple[Step, ...]:
    """Alternatives or statements that are no scale."""
    return tuple(Step(text) for text in texts)


def zero_to_ten(lowest: str, highest: str) -> tuple[Step, ...]:
    """0-10 with words at its ends, weighted 0-10."""
    texts: Mapping[int, str] = {0: f"0 - {lowest}", 10: f"10 - {highest}"}
    return worst_first([texts.get(number, str(number)) for number in range(11)], range(11))


def question(question_id: int, text: str, *items: Item) -> Question:
    return Question(question_id, text, items)


def background(question_id: int, text: str, first_item: int) -> Question:
    """The items that Netigate fills from background data: "added to the survey"."""
    return question(
        question_id,
        text,
        Item(first_item, TEXT_FIELD, constants.CUSTOMER_LABEL, label=constants.CUSTOMER_LABEL_ID),
        Item(first_item + 1, TEXT_FIELD, constants.CONTACT_LABEL, label=constants.CONTACT_LABEL_ID),
        Item(first_item + 2, TEXT_FIELD, constants.REGION_LABEL, label=constants.REGION_LABEL_ID),
    )
