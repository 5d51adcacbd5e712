"""Scores from the author's weights, with words and numbers as a check on their direction."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from service.survey.model import Reason
from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.rules import Rule
from service.survey.scoring.scale.order import soft

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Weighed:
    """Score per index (absent: no opinion), or the reason for none."""

    rule: Rule
    scores: dict[int, float]
    reason: Reason | None = None


def weigh(
    labels: Sequence[Label], weights: Sequence[int | None], *, said: int | None = 0, steps: Collection[int] = ()
) -> Weighed:
    """`100 · (weight − lowest) / (highest − lowest)` over the item's own weights (Netigate's index).

    The direction is reversed where the words of both ends say that the lowest weight is best. Words that fit neither
    direction make the scale ambiguous, and so do weights that contradict the labels' numbers. No steps are: a null
    weight; "don't know", whatever its weight; and a label that nobody understands, if it is not among `steps`, those
    that the words alone give. `said`: what the question declares of the numbers: 1 the highest is best, −1 the lowest,
    0 nothing, None a contradiction.
    """
    told = {i: w for i, w in enumerate(weights) if w is not None and labels[i].sort is not Sort.NO_OPINION}
    outside = {i for i in told if labels[i].sort is Sort.UNKNOWN and steps and i not in steps}
    weighed = {i: w for i, w in told.items() if i not in outside}
    low, high = min(weighed.values(), default=0), max(weighed.values(), default=0)
    if low == high:
        return Weighed(Rule.EQUAL_WEIGHTS, {}, Reason.NOT_A_SCALE)
    if _ended_by_the_unknown(labels, weighed):
        return Weighed(Rule.UNKNOWN_END, {}, Reason.AMBIGUOUS)
    direction = _by_numbers(labels, weighed, said) if _numbered(labels, weighed) else _by_words(labels, weighed)
    if direction is None:
        return Weighed(Rule.CONTRADICTION, {}, Reason.AMBIGUOUS)
    span = high - low
    scores = {i: 100 * ((high - w) if direction < 0 else (w - low)) / span for i, w in weighed.items()}
    return Weighed(Rule.WEIGHTS_BY_WORDS if direction < 0 else Rule.WEIGHTS, scores)


def _ended_by_the_unknown(labels: Sequence[Label], weighed: Mapping[int, int]) -> bool:
    """Whether an end of the scale would be a label that nobody understands, though others are understood."""
    known = [w for i, w in weighed.items() if labels[i].known]
    rest = [w for i, w in weighed.items() if labels[i].sort is not Sort.UNKNOWN]
    odd = [w for i, w in weighed.items() if labels[i].sort is Sort.UNKNOWN]
    return bool(known and odd) and not all(min(rest) < w < max(rest) for w in odd)


def _numbered(labels: Sequence[Label], weighed: Mapping[int, int]) -> bool:
    return all(labels[i].sort is Sort.NUMBER and labels[i].number for i in weighed)


def _by_numbers(labels: Sequence[Label], weighed: Mapping[int, int], said: int | None) -> int | None:
    """1 where the highest weight is best, −1 the lowest, None where numbers, question and weights contradict."""
    numbers = {i: number[0] for i in weighed if (number := labels[i].number)}
    pairs = sorted((numbers[i], w) for i, w in weighed.items())
    rising = all(a[1] <= b[1] for a, b in pairwise(pairs))
    falling = all(a[1] >= b[1] for a, b in pairwise(pairs))
    if said is None or not (rising or falling):
        return None
    if all(number == w for number, w in pairs):
        return -1 if said < 0 else 1  # the weights only repeat the numbers
    return 1 if rising == (said >= 0) else None


def _by_words(labels: Sequence[Label], steps: Mapping[int, int]) -> int | None:
    """1 or −1 where the words fix it, 1 where they say nothing, None where they contradict each other."""
    known = sorted((w, labels[i].value) for i, w in steps.items() if labels[i].known)
    values = [value for _, value in known]
    if len(set(values)) > 1:
        pairs = [(a, b) for at, (u, a) in enumerate(known) for v, b in known[at + 1 :] if u < v]
        return next((sign for sign in (1, -1) if all(_agrees(sign * a, sign * b) for a, b in pairs)), None)
    if not known or values[0] == 0:
        return 1
    # Words at one end only, and that the wrong end of the weights: a contradiction that cannot be settled.
    wrong = min(steps.values()) if values[0] > 0 else max(steps.values())
    return None if wrong in {w for w, _ in known} and len(set(steps.values())) > 1 else 1


def _agrees(low: float, high: float) -> bool:
    return low <= high or soft(low, high)
