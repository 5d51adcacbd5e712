"""What a label is in its list: a midpoint or an opt-out, an answer or a non-answer, a step or a fact."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import copysign
from typing import TYPE_CHECKING, Final

from service.survey.model import Kind
from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.label.polarity import PLAIN
from service.survey.scoring.language.folding import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONG_YES_NO: Final = 4
_STRONG: Final = 4.0  # valence of "very"
_BEYOND: Final = 0.5
_SURE: Final = 5  # letters of "sure" that endings leave alone
_SHORT: Final = 3


def told(labels: Sequence[Label]) -> bool:
    return any(label.sort is Sort.POLAR for label in labels)


def endless(labels: Sequence[Label]) -> bool:
    families = Counter(label.family for label in labels if label.sort is Sort.NOT_A_SCALE)
    if not families:
        return False
    known = sum(label.known and label.sort is not Sort.NEUTRAL for label in labels)
    return bool(families["balance"]) or sum(families.values()) >= max(1, known)


def settle(labels: Sequence[Label]) -> list[Label]:
    """Undecided is the midpoint between good and bad, else no opinion; "low" is bad beside "good"."""
    labels = _unsure(labels)
    polar = [i for i, label in enumerate(labels) if label.known]
    # "Yes, not sure, no" asks for a fact; among four answers or more it is the middle.
    short = any(Kind.YES_NO in label.kinds for label in labels) and len(polar) < _LONG_YES_NO
    # A second midpoint outside both ends is an opt-out: "gefällt mir, teils teils, gefällt mir nicht, egal".
    neutral = sum(label.sort is Sort.NEUTRAL for label in labels)
    spare = neutral > 1 and {label.value > 0 for label in labels if label.sort is Sort.POLAR} == {True, False}
    worst = min((label.value for label in labels if label.known), default=0.0)
    stray = _stray(labels)
    rated = sum(label.sort is Sort.POLAR and Kind.YES_NO not in label.kinds for label in labels) > 1
    settled: list[Label] = []
    for i, label in enumerate(labels):
        if label.sort is Sort.NEUTRAL and i in (polar[0], polar[-1]) and spare:
            settled.append(replace(label, sort=Sort.NO_OPINION))
        elif label.sort is Sort.UNDECIDED:
            settled.append(_undecided(label, inside=not short and _amid(labels, polar, i)))
        elif label.left and label.kinds == {Kind.YES_NO} and rated:
            settled.append(replace(label, sort=Sort.UNKNOWN))  # "ei puutu minusse": the no of something else
        elif i == stray:
            settled.append(replace(label, sort=Sort.NO_OPINION, value=0.0))
        elif label.otherwise is not None and label.otherwise < worst and _answered(label, labels):
            settled.append(replace(label, sort=Sort.POLAR, value=label.otherwise))
        elif label.sort is Sort.LEVEL:
            settled.append(replace(label, sort=Sort.POLAR, either=True))
        elif label.sort is Sort.NOT_A_SCALE:
            settled.append(replace(label, sort=Sort.UNKNOWN))
        else:
            settled.append(label)
    return _stretched(settled)


def _undecided(label: Label, *, inside: bool) -> Label:
    """The midpoint inside a scale, no opinion elsewhere; but "a little unsure" is how sure somebody is."""
    if not inside and label.graded:
        return replace(label, sort=Sort.POLAR, value=label.otherwise or 0.0)
    return replace(label, sort=Sort.NEUTRAL if inside else Sort.NO_OPINION, value=0.0)


def _amid(labels: Sequence[Label], known: Sequence[int], at: int) -> bool:
    """Whether a label stands inside the list, and between good and bad where it has both."""
    below, above = ([labels[i] for i in known if i < at], [labels[i] for i in known if i > at])
    if not below or not above:
        return False
    signs = {label.value > 0 for label in (*below, *above) if label.sort is Sort.POLAR}
    return len(signs) < 2 or (below[-1].value > 0) != (above[0].value > 0)  # noqa: PLR2004 (good and bad)


def _unsure(labels: Sequence[Label]) -> Sequence[Label]:
    """Unsure is the bad end where sure is the good one: every judgement of the list is about being sure."""
    unsure = [label for label in labels if label.sort is Sort.UNDECIDED and label.said and label.otherwise is not None]
    polar = [label for label in labels if label.sort is Sort.POLAR]
    words = {word for label in unsure for word in label.said}
    sure = [label for label in polar if any(_opposite(word, said) for word in words for said in label.said)]
    if not polar or len(sure) < len(polar) or any(Kind.YES_NO in label.kinds for label in polar):
        return labels
    kinds = frozenset[Kind]().union(*(label.kinds for label in sure))
    return [
        replace(label, sort=Sort.POLAR, value=label.otherwise or 0.0, kinds=kinds, otherwise=None)
        if label in unsure
        else label
        for label in labels
    ]


def _opposite(unsure: str, sure: str) -> bool:
    """Whether one word is the other with a negation before it, whatever their endings: "osäkert", "säker"."""
    stem = fold(sure)[:_SURE]
    return len(stem) >= _SHORT and stem in fold(unsure)[1:]


def _stretched(labels: list[Label]) -> list[Label]:
    """An outermost label with an unknown degree goes beyond the "very …" beside it: "löjligt nöjd, mycket nöjd"."""
    known = [i for i, label in enumerate(labels) if label.known]
    for edge, inner in (known[:2], known[:-3:-1]) if len(known) > 2 else ():  # noqa: PLR2004 (two ends and more)
        label, beside = labels[edge], labels[inner]
        alike = beside.sort is Sort.POLAR and label.kinds == beside.kinds and not beside.left
        plain = label.sort is Sort.POLAR and abs(label.value) == PLAIN and len(label.left) == 1
        if plain and alike and label.value * beside.value >= PLAIN * _STRONG:
            labels[edge] = replace(label, value=beside.value + copysign(_BEYOND, beside.value))
    return labels


def _stray(labels: Sequence[Label]) -> int | None:
    """A "does not apply" beside a complete scale of another kind: "sehr zufrieden … unzufrieden, trifft nicht zu"."""
    polar = [i for i, label in enumerate(labels) if label.sort is Sort.POLAR and label.kinds]
    agreeing = [i for i in polar if labels[i].kinds == {Kind.AGREEMENT}]
    signs = {labels[i].value > 0 for i in polar if i not in agreeing}
    if len(agreeing) != 1 or signs != {True, False} or labels[agreeing[0]].value > 0:
        return None
    return agreeing[0] if agreeing[0] in {polar[0], polar[-1]} else None


def _answered(label: Label, labels: Sequence[Label]) -> bool:
    """Whether the others ask for what a label denies: how far something applies, how relevant it is."""
    others = [other for other in labels if other.sort is Sort.POLAR and other.kinds & label.kinds]
    if not label.said:
        return len(others) >= 2  # noqa: PLR2004 (one would not tell)
    words = {word[:_SURE] for other in others for word in other.said}
    return any(word[:_SURE] in words for word in label.said)
