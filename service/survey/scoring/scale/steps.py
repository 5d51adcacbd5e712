"""Which labels of a list are its steps, and whether the scale ends where the known ones do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from service.survey.model import Kind
from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.scale.order import WORDY

if TYPE_CHECKING:
    from collections.abc import Sequence

_STRONG: Final = 4.0  # valence that ends a scale: "very …"
_UTMOST: Final = 5.0  # valence of "not at all" and "completely": nothing goes beyond
_MIRRORED: Final = 1.1  # how far good and bad steps may differ in strength
_FEWEST: Final = 4  # known labels that make a whole scale of good and bad
_STEM: Final = 3  # letters of a word that may be inside another


def unnumbered(labels: Sequence[Label]) -> Sequence[Label]:
    """A lone number beside a list in words is no step: an empty alternative that was numbered."""
    numbers = [i for i, label in enumerate(labels) if label.sort is Sort.NUMBER]
    known = [i for i, label in enumerate(labels) if label.known]
    if len(numbers) != 1 or len(known) < WORDY or known[0] < numbers[0] < known[-1]:
        return labels
    return [replace(label, sort=Sort.NO_OPINION) if label.sort is Sort.NUMBER else label for label in labels]


def trimmed(labels: Sequence[Label]) -> tuple[list[int], bool]:
    """The steps, and whether a label outside them may be the real end of the scale.

    A label that is not understood counts as a step if it stands between two that are; outside them it is no step, if
    the scale is complete without it.
    """
    anchors = [i for i, label in enumerate(labels) if label.known or label.sort is Sort.NUMBER]
    first, last = anchors[0], anchors[-1]
    first -= _continues(labels, first, first - 1)
    last += _continues(labels, last, last + 1)
    steps = [i for i in range(first, last + 1) if labels[i].sort is not Sort.NO_OPINION]
    outer = [i for i, label in enumerate(labels) if label.sort is Sort.UNKNOWN and not first <= i <= last]
    both = any(i < first for i in outer) and any(i > last for i in outer)
    strange = len(outer) > 1 and len(outer) >= len(anchors)  # "None, a little, …, …": half a scale is none
    return steps, both or strange or any(not _complete(labels, i, first if i < first else last) for i in outer)


def _continues(labels: Sequence[Label], edge: int, outer: int) -> bool:
    """Whether an outer label that is not understood carries the bare numbers' next number: "9, 10 = ????"."""
    if labels[edge].sort is not Sort.NUMBER or not 0 <= outer < len(labels) or labels[outer].sort is not Sort.UNKNOWN:
        return False
    inner, beyond = labels[edge].number, labels[outer].number
    return inner is not None and beyond is not None and abs(inner[0] - beyond[0]) == 1


def _complete(labels: Sequence[Label], outer: int, edge: int) -> bool:
    """Whether the scale ends at `edge`, so that the label outside it is no step, as one more adjective might be."""
    if labels[edge].sort is Sort.NUMBER:
        return True
    if Kind.YES_NO in labels[edge].kinds:
        return labels[outer].denies or not _tops_degrees(labels, edge)
    return _even(labels, outer, edge)


def _tops_degrees(labels: Sequence[Label], edge: int) -> bool:
    """Whether a yes stands for much, so that there may be more: "a little, yes, noticeable progress"."""
    return labels[edge].value > 0 and any(label.sort is Sort.DEGREE for label in labels)


def _even(labels: Sequence[Label], outer: int, edge: int) -> bool:
    """Whether good and bad words are in balance up to `edge`, or so strong that a label as the outer one is no step."""
    values = sorted(label.value for label in labels if label.known)
    balanced = sum(value > 0 for value in values) == sum(value < 0 for value in values)
    strong = abs(labels[edge].value) >= _STRONG
    even = abs(labels[edge].value) >= max(map(abs, values)) - _MIRRORED  # "very satisfied … rather dissatisfied" is not
    words = len(labels[outer].left)
    # As much praise as blame, and equally strong: one more label is an answer of another kind. But if there is no
    # midpoint, a single word above the best may be praise that we do not know: "Bombig".
    below = labels[edge].value < 0
    if balanced and _mirrored(values) and not _compound(labels, outer) and (below or words > 1 or 0.0 in values):
        return True
    if words > 2:  # noqa: PLR2004 (more than an adjective and its adverb)
        return (balanced and even) or (strong and min(values) < 0 < max(values))
    # "Har inte besökt" beside "inte alls … helt", "Har ikke en rådgiver" beyond "meget lille".
    utmost = (min(values) <= -_UTMOST and max(values) >= _UTMOST) or (below and strong and max(values) > 0)
    if labels[outer].denies and utmost:
        return True
    # Few words that deny nothing may be the praise or blame that goes furthest: "Kanonbra", "Stellar work".
    other = labels[outer].denies or bool(labels[outer].family)  # "Går aldrig ut"
    return balanced and strong and (other or (below and outer > edge and words > 1))


def _mirrored(values: Sequence[float]) -> bool:
    """Whether every good step has a bad one as strong, as in a printed scale of four steps or more."""
    pairs = zip(values, reversed(values), strict=True)
    return len(values) >= _FEWEST and all(abs(low + high) <= _MIRRORED for low, high in pairs)


def _compound(labels: Sequence[Label], outer: int) -> bool:
    """Whether a label holds a word of the scale inside another: "kalasbra" beside "bra"."""
    said = {word for label in labels for word in label.said if len(word) >= _STEM}
    return any(word in other and word != other for word in said for other in labels[outer].left)
