"""Scores from the author's weights, with the words as a check on their direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.survey.labels import Label, Sort
from service.survey.model import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Weighed:
    """Score per index (absent: no opinion), or the reason for none."""

    scores: dict[int, float]
    reason: Reason | None = None


def weigh(labels: Sequence[Label], weights: Sequence[int | None], *, descend: bool = False) -> Weighed:
    """`100 · (weight − lowest) / (highest − lowest)` over the item's own weights (Netigate's index).

    Words of both ends turn it round where they say that the lowest weight is best; words that agree with
    neither direction make it ambiguous. A null weight, and "don't know" whatever its weight, is no step.
    """
    steps = {i: w for i, w in enumerate(weights) if w is not None and labels[i].sort is not Sort.NO_OPINION}
    low, high = min(steps.values(), default=0), max(steps.values(), default=0)
    if low == high:
        return Weighed({}, Reason.NOT_A_SCALE)
    direction = _direction(labels, steps)
    if direction is None:
        return Weighed({}, Reason.AMBIGUOUS)
    falling = direction < 0 or (direction == 0 and descend)
    span = high - low
    return Weighed({i: 100 * ((high - w) if falling else (w - low)) / span for i, w in steps.items()})


def _direction(labels: Sequence[Label], steps: dict[int, int]) -> int | None:
    """1 or −1 where the words fix it, 0 where they say nothing, None where they contradict each other."""
    known = [(w, labels[i]) for i, w in steps.items() if labels[i].known]
    good = [w for w, label in known if label.value > 0]
    bad = [w for w, label in known if label.value < 0]
    if good and bad:
        if max(bad) <= min(good):
            return 1
        return -1 if max(good) <= min(bad) else None
    low, high = min(steps.values()), max(steps.values())
    values = sorted({label.value for _, label in known})
    if len(values) > 1:
        first = [w for w, label in known if label.value == values[0]]
        last = [w for w, label in known if label.value == values[-1]]
        return 1 if max(first) < min(last) else -1 if max(last) < min(first) else None
    # One end in words at the wrong end of the weights is a contradiction that nobody settles.
    wrong = (high in bad and low not in bad) or (low in good and high not in good)
    return None if wrong else 0
