"""The substantive steps of a list of alternatives, worst to best, from what each label was read as."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from service.survey.model import Method, Reason
from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.rules import Rule
from service.survey.scoring.scale.label_roles import endless, settle, told
from service.survey.scoring.scale.non_scales import let_down, nominal, of_what, reasons
from service.survey.scoring.scale.order import orders, shuffled, trend
from service.survey.scoring.scale.steps import trimmed, unnumbered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

MOST: Final = 40  # more alternatives than any scale has: a list of countries, of products
_NUMBERS: Final = range(2, 12)


@dataclass(frozen=True, slots=True)
class Placement:
    """Indices of the steps from worst to best, or the reason why there are none."""

    rule: Rule
    labels: tuple[Label, ...]  # each as what it counts for in this list
    order: tuple[int, ...] = ()
    reason: Reason | None = None
    method: Method | None = None


def frame_of(labels: Sequence[Label]) -> frozenset[str]:
    """Words not understood that most labels share: "… with the service", "förslag"."""
    wordy = [label for label in labels if label.known or label.left]
    counts = Counter(word for label in wordy for word in set(label.left))
    return frozenset(word for word, n in counts.items() if n >= max(2, (len(wordy) + 1) // 2))


def place(labels: Sequence[Label], *, framed: bool = False, worth: int = 0) -> Placement:
    """Put the steps in order.

    `framed`: labels share words that nobody understood. `worth`: whether the question asks for the amount of something
    good (1), of something bad (−1), or of nothing known (0).
    """
    levels = any(label.sort is Sort.LEVEL for label in labels) and not told(labels)
    if (refused := _refused(tuple(labels), unworthy=levels and not worth)) is not None:
        return refused
    if levels or worth < 0:
        labels = _worthy(labels, worth, {Sort.LEVEL, Sort.DEGREE} if levels else {Sort.LEVEL})
    settled = tuple(settle(labels))
    known = [label for label in settled if label.known]
    if all(label.sort is Sort.NEUTRAL for label in known):
        return _bare(settled)
    if let_down(known):
        return Placement(Rule.DISAPPOINTMENT, settled, reason=Reason.AMBIGUOUS)
    if not levels and of_what(known, framed=framed):
        return Placement(Rule.DEGREES_OF_NOTHING_KNOWN, settled, reason=Reason.AMBIGUOUS)
    placed = _worded(settled)
    return replace(placed, rule=Rule.NOUN_TELLS_LEVELS) if levels and placed.order else placed


def _refused(labels: tuple[Label, ...], *, unworthy: bool) -> Placement | None:
    """Why the list is no scale, however its labels are read; None where it may be one."""
    if len(labels) > MOST:
        return Placement(Rule.TOO_MANY, labels, reason=Reason.NOT_A_SCALE)
    if endless(labels):
        return Placement(Rule.NO_GOOD_END, labels, reason=Reason.NOT_A_SCALE)
    if unworthy:
        return Placement(Rule.LEVELS_OF_NOTHING_KNOWN, labels, reason=Reason.AMBIGUOUS)
    return None


def _worthy(labels: Sequence[Label], worth: int, turned: AbstractSet[Sort]) -> list[Label]:
    """Much of something bad is bad, a high price beside a fair one, too."""
    return [replace(label, value=worth * label.value) if label.sort in turned else label for label in labels]


def _bare(labels: tuple[Label, ...]) -> Placement:
    """Numbers or stars without words: they ascend."""
    steps = [i for i, label in enumerate(labels) if label.sort in {Sort.NUMBER, Sort.NEUTRAL}]
    odd = [label for label in labels if label.sort is Sort.UNKNOWN]
    numbers = [n for i in steps if (n := labels[i].number) is not None]
    if any(label.number and not label.left for label in odd):
        return Placement(Rule.NO_NUMBER_SCALE, labels, reason=Reason.NOT_A_SCALE)  # ranges, percentages, amounts
    if not numbers or len(numbers) != len(steps) or len(odd) > 1 or any(label.number for label in odd):
        return Placement(Rule.UNKNOWN_WORDS, labels, reason=Reason.UNMAPPED)
    values = [low for low, _ in numbers]
    if not all(low == high for low, high in numbers) or not _counted(sorted(values)):
        return Placement(Rule.NO_NUMBER_SCALE, labels, reason=Reason.NOT_A_SCALE)
    return Placement(
        Rule.BARE_NUMBERS, labels, tuple(sorted(steps, key=lambda i: values[steps.index(i)])), method=Method.NUMBER
    )


def _counted(ordered: Sequence[int]) -> bool:
    """Whether numbers are those of a scale: 1 to 5, 0 to 10, −2 to 2, 0 to 100 in tens."""
    gaps = {b - a for a, b in pairwise(ordered)}
    starts = ordered[0] in {0, 1} or ordered[0] == -ordered[-1]
    by_tens = gaps == {10} and ordered[-1] == 100  # noqa: PLR2004
    two = len(ordered) == 2 and list(ordered) != [0, 1]  # noqa: PLR2004 (a pair is no scale, but for no and yes)
    return len(ordered) in _NUMBERS and (gaps == {1} or by_tens) and starts and not two


def _worded(labels: tuple[Label, ...]) -> Placement:
    given, labels = labels, tuple(unnumbered(labels))
    steps, lost = trimmed(labels)
    if lost:
        return Placement(Rule.UNKNOWN_END, given, reason=Reason.AMBIGUOUS)
    known = [i for i in steps if labels[i].known]
    unknown = [i for i in steps if labels[i].sort is Sort.UNKNOWN]
    if reasons([labels[i] for i in known]):
        return Placement(Rule.REASONS, given, reason=Reason.AMBIGUOUS)
    if len(steps) < 2 or 3 * len(unknown) > len(steps) or nominal(labels, known):  # noqa: PLR2004
        return Placement(Rule.UNKNOWN_WORDS, given, reason=Reason.UNMAPPED)
    for order in orders(labels, steps):
        if (direction := trend(labels, order)) is not None:
            chosen = order if direction > 0 else order[::-1]
            numbered = any(labels[i].sort is Sort.NUMBER for i in steps)
            rule = Rule.NUMBERS_BETWEEN_WORDS if numbered else Rule.WORDS_IN_ORDER
            return Placement(rule, given, tuple(chosen), method=Method.NUMBER if numbered else Method.WORDING)
    if (found := shuffled(labels, steps)) is not None:
        return Placement(Rule.WORDS_SORTED, given, found, method=Method.WORDING)
    return Placement(Rule.WORDS_OUT_OF_ORDER, given, reason=Reason.AMBIGUOUS)
