"""The editions of a question item: which one an answer was given under, and which alternative it names.

Authors mend wordings, turn weights round and remove questions while answers exist, and it is not documented whether
stored answers change with them. So each item keeps its former editions, and an answer is read by the edition that it
fits: one with an alternative of this text and this weight. An answer that fits none is not read by one of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from service.survey.scoring.language.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.survey.model import Answer, Polarity, QuestionItem
    from service.survey.scoring.scorer import Scale, Step


def plain(text: str) -> str:
    """A text without its outer and doubled spaces, case folded: how two spellings of one wording are compared first."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class Edition:
    """One form of an item. `until`: Unix milliseconds when another was first seen in its place; None: it stands."""

    item: QuestionItem
    scale: Scale
    title: str
    until: int | None = None

    @cached_property
    def texts(self) -> frozenset[str]:
        """Wordings of the alternatives, spelt for comparison."""
        return frozenset(plain(step.text) for step in self.scale.steps)

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        return tuple(fold(step.text) for step in self.scale.steps)

    def named(self, text: str) -> list[int]:
        """Places of the alternatives that a text names, by the closest spelling that finds any."""
        steps = self.scale.steps
        exact = [at for at, step in enumerate(steps) if step.text == text]
        if exact:
            return exact
        spelt = plain(text)
        alike = [at for at, step in enumerate(steps) if plain(step.text) == spelt]
        if alike or not spelt:
            return alike
        folded = fold(text)
        return [at for at, one in enumerate(self._folded) if one == folded] if folded else []

    def weighs(self, at: int, weight: int | None) -> bool:
        """Whether an alternative has this weight. An answer's 0 counts as no weight where the tree has none."""
        own = self.scale.steps[at].weight
        return weight is None or own == weight or (own is None and weight == 0)


@dataclass(frozen=True, slots=True)
class Choice:
    """The alternative that an answer names. `step` is None where it is contested, or where none is named."""

    edition: Edition
    step: Step | None
    known: bool = True  # False: the text is none of the alternatives'


def choose(
    answer: Answer,
    editions: Sequence[Edition],
    *,
    answered: int | None = None,
    polarity: Callable[[str], Polarity | None] | None = None,
) -> Choice:
    """The alternative that an answer names, in the edition that it was given under.

    editions: newest first, at least one. answered: Unix milliseconds; the edition of then goes first. polarity: tells
    which end of a scale a wording belongs to, for texts that match no alternative.
    """
    ordered = _by_moment(editions, answered)
    if not answer.text.strip():
        return _by_weight(answer, ordered)
    named = [(edition, at) for edition in ordered for at in edition.named(answer.text)]
    if not named:
        return _by_position(answer, ordered, polarity)
    fitting = [(edition, at) for edition, at in named if edition.weighs(at, answer.weight)]
    if not fitting:
        return Choice(named[0][0], None)  # the text of one alternative, the weight of another
    edition = fitting[0][0]
    return Choice(edition, _settled(edition, [at for other, at in fitting if other is edition], answer.position))


def standing(editions: Sequence[Edition], answered: int | None) -> Edition:
    """The edition that stood when an answer was given, as far as that was seen."""
    return _by_moment(editions, answered)[0]


def _by_moment(editions: Sequence[Edition], answered: int | None) -> list[Edition]:
    return sorted(editions, key=lambda edition: not _stood(edition, editions, answered))


def _stood(edition: Edition, editions: Sequence[Edition], answered: int | None) -> bool:
    """Whether this was the item's form when the answer was given, as far as that was seen."""
    if answered is None:
        return edition.until is None
    ends = sorted(other.until for other in editions if other.until is not None and other.until > answered)
    return edition.until == (ends[0] if ends else None)


def _settled(edition: Edition, places: Sequence[int], position: int | None) -> Step | None:
    """One of several alternatives of the same wording: by the position, or any where all score alike; else None."""
    steps = edition.scale.steps
    if position is not None and position - 1 in places:
        return steps[position - 1]
    return steps[places[0]] if len({(steps[at].score, steps[at].reason) for at in places}) == 1 else None


def _by_weight(answer: Answer, ordered: Sequence[Edition]) -> Choice:
    """An answer without a text, as inner steps of a weighted scale are: weight and position name it together."""
    found = [
        (edition, step)
        for edition in ordered
        for at, step in enumerate(edition.scale.steps)
        if answer.weight is not None and step.weight == answer.weight and answer.position in {None, at + 1}
    ]
    if len({step.score for _, step in found}) == 1:
        return Choice(*found[0])
    return Choice(ordered[0], None)


def _by_position(
    answer: Answer, ordered: Sequence[Edition], polarity: Callable[[str], Polarity | None] | None
) -> Choice:
    """A text that matches no alternative, perhaps in another language: its position counts if its words agree."""
    edition = ordered[0]
    unknown = Choice(edition, None, known=False)
    place = None if answer.position is None else answer.position - 1
    if place is None or place >= len(edition.scale.steps) or polarity is None:
        return unknown
    step, own = edition.scale.steps[place], polarity(answer.text)
    if own is None or step.score is None or not edition.weighs(place, answer.weight):
        return unknown
    return Choice(edition, step) if own is polarity(step.text) else unknown
