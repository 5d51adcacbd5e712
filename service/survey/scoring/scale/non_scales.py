"""Lists that look like scales but are none: facts, reasons, and degrees of something not known to be good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.survey.model import Kind
from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.language.entries import FACT, LETDOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

_SENTENCE: Final = 3  # words that nobody understands, and that say more than how much
_RATED: Final = {Kind.SATISFACTION, Kind.QUALITY, Kind.EFFORT}


def of_what(known: Sequence[Label], *, framed: bool) -> bool:
    """Whether the list only says how much there is of something unsaid, unknown or bad."""
    # "Little" and "strong" alone are levels.
    polar = [x for x in known if x.sort is Sort.POLAR and (x.kinds or not (framed and x.either))]
    signs = {label.value > 0 for label in polar}
    blamed = signs == {False} and any(label.kinds != {Kind.YES_NO} for label in polar)  # "No, a little, a lot" answers
    # "Pretty …" praises nobody where nothing is blamed and no other word is good.
    sure = not framed or len(signs) > 1 or any(not label.either for label in polar)
    return (framed and not (signs and sure)) or (blamed and any(x.sort is Sort.DEGREE for x in known))


def let_down(known: Sequence[Label]) -> bool:
    """Whether all that is asked is how disappointed somebody would be."""
    polar = [label for label in known if label.sort is Sort.POLAR]
    return bool(polar) and all(label.family == LETDOWN for label in polar)


def reasons(known: Sequence[Label]) -> bool:
    """Whether different things are praised and blamed: "Good price", "Good quality", "Bad service"."""
    judging = [label for label in known if label.sort is Sort.POLAR and Kind.YES_NO not in label.kinds]
    named = {label.about for label in judging if label.about}
    things = frozenset[str]().union(*named)
    if len(named) > 1 and not frozenset.intersection(*named):
        return len(things) > 1
    wordy = [label for label in judging if len(label.left) >= _SENTENCE]
    return len(wordy) > 1 and 2 * len(wordy) > len(known)


def nominal(labels: Sequence[Label], known: Sequence[int]) -> bool:
    """Whether the labels praise and blame different things: a list of reasons or of facts, not a scale."""
    plain = [labels[i].value for i in known if labels[i].kinds == {Kind.YES_NO} and labels[i].sort is Sort.POLAR]
    others = [labels[i] for i in known if labels[i].kinds & _RATED and labels[i].answers >= 0]
    if len(set(plain)) < len(plain) or (min(plain, default=0) < 0 and any(label.value < 0 for label in others)):
        return True  # "Yes, daily", "Yes, weekly", "No"; "Yes, but I was not satisfied", "No"
    if _facts(labels, known):
        return True
    loose = [labels[i].value for i in known if labels[i].sort is Sort.POLAR and labels[i].left]
    return len(loose) * 2 > len(known) and len(set(loose)) < len(loose)


def _facts(labels: Sequence[Label], known: Sequence[int]) -> bool:
    """Whether yes and no each go with something else that nobody understands: "Ja, mann", "Nei, kvinne"."""
    plain = [labels[i] for i in known if labels[i].kinds == {Kind.YES_NO} and labels[i].sort is Sort.POLAR]
    odd = [label for label in plain if label.left or label.family == FACT]
    return {label.value > 0 for label in odd} == {True, False}
