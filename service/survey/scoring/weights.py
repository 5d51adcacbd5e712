"""Scores from the author's weights, with the words as a check on their direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.survey.model import Reason
from service.survey.scoring.labels import Label, Sort
from service.survey.scoring.scales import soft

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
    known = sorted((w, labels[i].value) for i, w in steps.items() if labels[i].known)
    values = [value for _, value in known]
    if len(set(values)) > 1:
        pairs = [(a, b) for at, (u, a) in enumerate(known) for v, b in known[at + 1 :] if u < v]
        return next((sign for sign in (1, -1) if all(_agrees(sign * a, sign * b) for a, b in pairs)), None)
    if not known or values[0] == 0:
        return 0
    # One end in words at the wrong end of the weights is a contradiction that nobody settles.
    wrong = min(steps.values()) if values[0] > 0 else max(steps.values())
    return None if wrong in {w for w, _ in known} and len(set(steps.values())) > 1 else 0


def _agrees(low: float, high: float) -> bool:
    return low <= high or soft(low, high)
