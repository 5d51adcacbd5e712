"""Whether the labels of a list rise or fall along it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.label.polarity import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RISE: Final = 1.5  # least difference between the two ends
WORDY: Final = 3  # labels in words that make a list of words
_STRONG: Final = 4.0  # valence that ends a scale: "very …"
_SOFT: Final = 1.0  # degrees closer than this are ordered by the author, not by us
_RATHER: Final = 2.0  # valence of "rather" and above


def orders(labels: Sequence[Label], steps: list[int]) -> list[list[int]]:
    numbers = {i: n[0] for i in steps if (n := labels[i].number) is not None}
    by_number = sorted(steps, key=lambda i: numbers.get(i, 0))
    if len(set(numbers.values())) == len(steps) and by_number not in (steps, steps[::-1]):
        return [by_number, steps]
    return [steps]


def _rising(values: Sequence[float]) -> Iterator[bool]:
    """Each pair: whether it rises, or nearly."""
    return (a <= b or soft(a, b) for at, a in enumerate(values) for b in values[at + 1 :])


def trend(labels: Sequence[Label], order: Sequence[int]) -> int | None:
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
    if abs(rise) < RISE or not _lowest_enough(labels, order):
        return None
    direction = 1 if rise > 0 else -1
    # The best must be best by its words, too: near degrees are the author's to order, but not at the top.
    top = values[-1 if direction > 0 else 0]
    near = len(values) > WORDY and min(values) <= -PLAIN and top >= _RATHER and soft(top, max(values))
    topped = top >= max(values) or near  # "Bastante satisfeito" above "Satisfeito"
    return direction if topped and all(_rising(values[::direction])) else None


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


def shuffled(labels: Sequence[Label], steps: Sequence[int]) -> tuple[int, ...] | None:
    """A shuffled list in the order of its words, if all are known and no two stand equal; else None.

    Where best and worst stand at the list's ends, the author meant an order, and not this one.
    """
    values = [labels[i].value for i in steps]
    ends = {values[0], values[-1]} == {min(values), max(values)}
    distinct = len(set(values)) == len(values) and max(values) - min(values) >= RISE
    near = any(all(_rising(values[::sign])) for sign in (1, -1))
    plain = all(labels[i].known and not labels[i].left for i in steps)
    mixed = {Sort.DEGREE, Sort.POLAR} <= {labels[i].sort for i in steps}  # "Good, OK, Super…": one may be misread
    doubtful = mixed or _misread([labels[i] for i in steps])
    if ends or near or not distinct or not plain or (doubtful and not _aside([labels[i] for i in steps])):
        return None
    return tuple(sorted(steps, key=lambda i: labels[i].value))


def _aside(labels: Sequence[Label]) -> bool:
    """Two plain opposites beside what lies between them: "Yes, no, partly", "Partly, no, yes"."""
    return len(labels) == WORDY and (_between(*labels) or _between(*labels[::-1]))


def _between(first: Label, second: Label, last: Label) -> bool:
    opposite = first.value * second.value < 0 and min(abs(first.value), abs(second.value)) >= PLAIN
    pure = first.sort is second.sort is Sort.POLAR and not last.denies
    return opposite and pure and min(first.value, second.value) < last.value < max(first.value, second.value)


def _misread(labels: Sequence[Label]) -> bool:
    """Whether a single label is out of place, with words so weak that we may have misread it."""
    values = [label.value for label in labels]
    stray = [i for i in range(len(values)) if sorted(rest := [*values[:i], *values[i + 1 :]]) in (rest, rest[::-1])]
    certain = {Sort.POLAR} if len(values) > WORDY else {Sort.POLAR, Sort.NEUTRAL}
    plain = all(
        labels[i].sort in certain and (labels[i].sort is Sort.NEUTRAL or abs(labels[i].value) >= PLAIN) for i in stray
    )
    return len(values) >= WORDY and bool(stray) and not plain
