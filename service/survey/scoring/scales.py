"""The substantive steps of a list of alternatives, worst to best, from what each label was read as."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from service.survey.model import Kind, Method, Reason
from service.survey.scoring.label_roles import endless, settle, told
from service.survey.scoring.labels import Label, Sort
from service.survey.scoring.non_scales import let_down, nominal, of_what
from service.survey.scoring.polarity import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST: Final = 40  # more alternatives than any scale has: a list of countries, of products
_STRONG: Final = 4.0  # valence that ends a scale: "very …"
_UTMOST: Final = 5.0  # valence of "not at all" and "completely": nothing goes beyond
_RISE: Final = 1.5  # least difference between the two ends
_SOFT: Final = 1.0  # degrees closer than this are ordered by the author, not by us
_NUMBERS: Final = range(2, 12)
_RATHER: Final = 2.0  # valence of "rather" and above
_WORDY: Final = 3  # labels in words that make a list of words


@dataclass(frozen=True, slots=True)
class Placement:
    """Indices of the steps from worst to best, or the reason why there are none."""

    order: tuple[int, ...] = ()
    reason: Reason | None = None
    method: Method | None = None


def frame_of(labels: Sequence[Label]) -> frozenset[str]:
    """Words not understood that most labels share: "… with the service", "förslag"."""
    wordy = [label for label in labels if label.known or label.left]
    counts = Counter(word for label in wordy for word in set(label.left))
    return frozenset(word for word, n in counts.items() if n >= max(2, (len(wordy) + 1) // 2))


def place(labels: Sequence[Label], *, framed: bool = False, rated: bool = False) -> Placement:
    """Put the steps in order.

    `framed` says that labels share words that nobody understood, `rated` that the question asks for something of
    which high is good.
    """
    if len(labels) > MOST or endless(labels):
        return Placement(reason=Reason.NOT_A_SCALE)
    levels = any(label.sort is Sort.LEVEL for label in labels)
    if levels and not rated and not told(labels):
        return Placement(reason=Reason.AMBIGUOUS)
    labels = settle(labels)
    known = [label for label in labels if label.known]
    if all(label.sort is Sort.NEUTRAL for label in known):
        return _bare(labels)
    if let_down(known):
        return Placement(reason=Reason.AMBIGUOUS)
    return Placement(reason=Reason.AMBIGUOUS) if of_what(known, framed=framed) else _worded(labels)


def _bare(labels: Sequence[Label]) -> Placement:
    """Numbers or stars without words: they ascend."""
    steps = [i for i, label in enumerate(labels) if label.sort in {Sort.NUMBER, Sort.NEUTRAL}]
    odd = [label for label in labels if label.sort is Sort.UNKNOWN]
    numbers = [n for i in steps if (n := labels[i].number) is not None]
    if any(label.number and not label.left for label in odd):
        return Placement(reason=Reason.NOT_A_SCALE)  # ranges, percentages, amounts
    if not numbers or len(numbers) != len(steps) or len(odd) > 1 or any(label.number for label in odd):
        return Placement(reason=Reason.UNMAPPED)
    values = [low for low, _ in numbers]
    ordered = sorted(values)
    gaps = {b - a for a, b in pairwise(ordered)}
    whole = all(low == high for low, high in numbers) and len(steps) in _NUMBERS
    starts = ordered[0] in {0, 1} or ordered[0] == -ordered[-1]
    if not whole or gaps not in ({1}, {10}) or not starts or (gaps == {10} and ordered[-1] != 100):  # noqa: PLR2004
        return Placement(reason=Reason.NOT_A_SCALE)
    if len(steps) == 2 and ordered != [0, 1]:  # noqa: PLR2004
        return Placement(reason=Reason.NOT_A_SCALE)
    return Placement(tuple(sorted(steps, key=lambda i: values[steps.index(i)])), method=Method.NUMBER)


def _worded(labels: Sequence[Label]) -> Placement:
    labels = _unnumbered(labels)
    steps, lost = _trim(labels)
    if lost:
        return Placement(reason=Reason.AMBIGUOUS)
    known = [i for i in steps if labels[i].known]
    unknown = [i for i in steps if labels[i].sort is Sort.UNKNOWN]
    if len(steps) < 2 or 3 * len(unknown) > len(steps) or nominal(labels, known):  # noqa: PLR2004
        return Placement(reason=Reason.UNMAPPED)
    for order in _orders(labels, steps):
        if (trend := _trend(labels, order)) is not None:
            chosen = order if trend > 0 else order[::-1]
            numbered = any(labels[i].sort is Sort.NUMBER for i in steps)
            return Placement(tuple(chosen), method=Method.NUMBER if numbered else Method.WORDING)
    return _by_words(labels, steps)


def _by_words(labels: Sequence[Label], steps: Sequence[int]) -> Placement:
    """A shuffled list in the order of its words, if all are known and no two stand equal.

    Where best and worst stand at the list's ends the author did mean an order, and it is another one.
    """
    values = [labels[i].value for i in steps]
    ends = {values[0], values[-1]} == {min(values), max(values)}
    distinct = len(set(values)) == len(values) and max(values) - min(values) >= _RISE
    near = any(all(_rising(values[::sign])) for sign in (1, -1))
    plain = all(labels[i].known and not labels[i].left for i in steps)
    mixed = {Sort.DEGREE, Sort.POLAR} <= {labels[i].sort for i in steps}  # "Good, OK, Super…": one may be misread
    doubtful = mixed or _misread([labels[i] for i in steps])
    if ends or near or not distinct or not plain or (doubtful and not _aside([labels[i] for i in steps])):
        return Placement(reason=Reason.AMBIGUOUS)
    return Placement(tuple(sorted(steps, key=lambda i: labels[i].value)), method=Method.WORDING)


def _aside(labels: Sequence[Label]) -> bool:
    """Two plain opposites beside what lies between them: "Yes, no, partly", "Partly, no, yes"."""
    return len(labels) == _WORDY and (_between(*labels) or _between(*labels[::-1]))


def _between(first: Label, second: Label, last: Label) -> bool:
    opposite = first.value * second.value < 0 and min(abs(first.value), abs(second.value)) >= PLAIN
    pure = first.sort is second.sort is Sort.POLAR and not last.denies
    return opposite and pure and min(first.value, second.value) < last.value < max(first.value, second.value)


def _misread(labels: Sequence[Label]) -> bool:
    """Whether a single label stands out of place, and is not so plain that it must be the author's doing."""
    values = [label.value for label in labels]
    stray = [i for i in range(len(values)) if sorted(rest := [*values[:i], *values[i + 1 :]]) in (rest, rest[::-1])]
    certain = {Sort.POLAR} if len(values) > _WORDY else {Sort.POLAR, Sort.NEUTRAL}
    plain = all(
        labels[i].sort in certain and (labels[i].sort is Sort.NEUTRAL or abs(labels[i].value) >= PLAIN) for i in stray
    )
    return len(values) >= _WORDY and bool(stray) and not plain


def _unnumbered(labels: Sequence[Label]) -> Sequence[Label]:
    """A lone number beside a list in words is no step: an empty alternative that was numbered."""
    numbers = [i for i, label in enumerate(labels) if label.sort is Sort.NUMBER]
    known = [i for i, label in enumerate(labels) if label.known]
    if len(numbers) != 1 or len(known) < _WORDY or known[0] < numbers[0] < known[-1]:
        return labels
    return [replace(label, sort=Sort.NO_OPINION) if label.sort is Sort.NUMBER else label for label in labels]


def _trim(labels: Sequence[Label]) -> tuple[list[int], bool]:
    """The steps, and whether a label outside them may be the real end of the scale.

    What is not understood counts as a step between two that are; outside them it is none, if the scale is
    complete without it.
    """
    anchors = [i for i, label in enumerate(labels) if label.known or label.sort is Sort.NUMBER]
    first, last = anchors[0], anchors[-1]
    first -= _continues(labels, first, first - 1)
    last += _continues(labels, last, last + 1)
    steps = [i for i in range(first, last + 1) if labels[i].sort is not Sort.NO_OPINION]
    outer = [i for i, label in enumerate(labels) if label.sort is Sort.UNKNOWN and not first <= i <= last]
    both = any(i < first for i in outer) and any(i > last for i in outer)
    return steps, both or any(not _complete(labels, i, first if i < first else last) for i in outer)


def _continues(labels: Sequence[Label], edge: int, outer: int) -> bool:
    """Whether an outer label that is not understood carries the bare numbers' next number: "9, 10 = ????"."""
    if labels[edge].sort is not Sort.NUMBER or not 0 <= outer < len(labels) or labels[outer].sort is not Sort.UNKNOWN:
        return False
    inner, beyond = labels[edge].number, labels[outer].number
    return inner is not None and beyond is not None and abs(inner[0] - beyond[0]) == 1


def _complete(labels: Sequence[Label], outer: int, edge: int) -> bool:
    """Whether the scale ends at `edge`, so that what stands outside it is no step: one more adjective might be."""
    if labels[edge].sort is Sort.NUMBER or Kind.YES_NO in labels[edge].kinds:
        return True
    values = [label.value for label in labels if label.known]
    balanced = sum(value > 0 for value in values) == sum(value < 0 for value in values)
    strong = abs(labels[edge].value) >= _STRONG
    words = len(labels[outer].left)
    if words > 2:  # noqa: PLR2004 (more than an adjective and its adverb)
        return balanced or strong
    if labels[outer].denies and min(values) <= -_UTMOST and max(values) >= _UTMOST:
        return True  # "Har inte besökt" beside "inte alls … helt"
    # Few words that deny nothing may be the praise or blame that goes furthest: "Kanonbra", "Stellar work".
    below = labels[edge].value < 0 and outer > edge
    other = labels[outer].denies or bool(labels[outer].family)  # "Går aldrig ut"
    return balanced and strong and (other or (below and words > 1))


def _orders(labels: Sequence[Label], steps: list[int]) -> list[list[int]]:
    numbers = {i: n[0] for i in steps if (n := labels[i].number) is not None}
    by_number = sorted(steps, key=lambda i: numbers.get(i, 0))
    if len(set(numbers.values())) == len(steps) and by_number not in (steps, steps[::-1]):
        return [by_number, steps]
    return [steps]


def _rising(values: Sequence[float]) -> Iterator[bool]:
    """Each pair: whether it rises, or nearly."""
    return (a <= b or soft(a, b) for at, a in enumerate(values) for b in values[at + 1 :])


def _trend(labels: Sequence[Label], order: Sequence[int]) -> int | None:
    """1 where the known labels rise along the order, −1 where they fall, None where they do neither."""
    values = [labels[i].value for i in order if labels[i].known]
    ends_known = labels[order[0]].known, labels[order[-1]].known
    if len(values) == 1 or not any(ends_known):
        return _one_end(labels, order, ends_known)
    rise = values[-1] - values[0]
    if not all(ends_known) and not all(labels[i].number for i in order):
        return None
    if not _counting(labels, order):
        return None
    if abs(rise) < _RISE or not _lowest_enough(labels, order):
        return None
    trend = 1 if rise > 0 else -1
    # The best must be best by its words, too: near degrees are the author's to order, but not at the top.
    top = values[-1 if trend > 0 else 0]
    near = len(values) > _WORDY and min(values) <= -PLAIN and top >= _RATHER and soft(top, max(values))
    topped = top >= max(values) or near  # "Bastante satisfeito" above "Satisfeito"
    return trend if topped and all(_rising(values[::trend])) else None


def _counting(labels: Sequence[Label], order: Sequence[int]) -> bool:
    """Whether bare numbers between words go one way."""
    numbers = [label.number[0] for i in order if (label := labels[i]).sort is Sort.NUMBER and label.number]
    return numbers == sorted(numbers) or numbers == sorted(numbers, reverse=True)


def soft(low: float, high: float) -> bool:
    """Whether two valences are too close to contradict the author's order."""
    near = abs(low - high) < _SOFT and max(abs(low), abs(high)) < _STRONG
    return near or (abs(low) <= 1 and abs(high) <= 1 and abs(low - high) <= 1)


def _lowest_enough(labels: Sequence[Label], order: Sequence[int]) -> bool:
    """Degrees alone make a scale only from (nearly) nothing upwards."""
    if any(labels[i].sort is Sort.POLAR for i in order):
        return True
    return min(labels[i].value for i in order if labels[i].known) <= 1.0


def _one_end(labels: Sequence[Label], order: Sequence[int], ends: tuple[bool, bool]) -> int | None:
    """Numbers with one end in words."""
    if ends == (False, False) or not all(labels[i].number for i in order):
        return None
    value = labels[order[0] if ends[0] else order[-1]].value
    if value == 0:
        return None
    return 1 if (value < 0) == ends[0] else -1
