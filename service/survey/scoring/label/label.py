"""What one alternative's wording is made of: a place between worst and best, or why it has none.

Valence runs from −5 (not at all, worst) over 0 (the midpoint) to 5 (extremely, best); only its order counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.survey.model import Kind


class Sort(StrEnum):
    """What a label is."""

    POLAR = "polar"  # a word with a good or a bad end
    DEGREE = "degree"  # only how much: "not at all", "to some extent"
    NEUTRAL = "neutral"
    UNDECIDED = "undecided"
    NO_OPINION = "no_opinion"
    NOT_A_SCALE = "not_a_scale"
    LEVEL = "level"
    NUMBER = "number"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Label:
    """What a lexicon makes of one alternative."""

    sort: Sort
    value: float = 0.0
    kinds: frozenset[Kind] = frozenset()
    family: str = ""
    number: tuple[int, int] | None = None
    covered: float = 0.0  # words understood
    left: tuple[str, ...] = ()  # words not understood
    denies: bool = False  # holds a negator
    otherwise: float | None = None  # valence in lists where it is an answer: "does not apply", "unsure"
    said: tuple[str, ...] = ()  # the words that praise or blame
    about: frozenset[str] = frozenset()  # what is judged: "service", "prices"
    praises: bool = False  # holds a good word, denied or not
    answers: int = 0  # begins with yes (1) or no (−1)
    either: bool = False  # its good or bad word is a degree elsewhere: "pretty", "redelijk"
    graded: bool = False  # undecided to some degree: "a little unsure"

    @property
    def empty(self) -> bool:
        """A label of nothing: no words, no number."""
        return not self.covered and not self.left and self.number is None

    @property
    def known(self) -> bool:
        return self.sort in {Sort.POLAR, Sort.DEGREE, Sort.NEUTRAL}
