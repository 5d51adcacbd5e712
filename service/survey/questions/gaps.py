"""Items with an alternative that cannot be read: they keep the scores that are safe without it. Pure.

What cannot be read may be a step of the scale, even its end, or no step at all, such as "don't know". So only an end
of the scale keeps its score: where words say which end it is, and nothing unread stands beyond it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service.survey.model import UNREADABLE, Method, Reason
from service.survey.scoring.verdicts import Step

if TYPE_CHECKING:
    from service.survey.model import QuestionItem, Survey
    from service.survey.scoring.scorer import Scale, Scorer

_GAP = Step(UNREADABLE, None, None, None, Reason.UNMAPPED, None)
_ENDS = {0.0, 100.0}


def scale_of(item: QuestionItem, survey: Survey, scorer: Scorer) -> Scale:
    """The scale of an item, with as much of it as is safe where an alternative cannot be read."""
    ordered = sorted(item.alternatives, key=lambda one: one.order)
    readable = tuple(one for one in ordered if one.text != UNREADABLE)
    scale = scorer.scale(replace(item, alternatives=readable), survey_id=survey.id, language=survey.language)
    if len(readable) == len(ordered):
        return scale
    left = iter(scale.steps)
    steps = [_GAP if one.text == UNREADABLE else next(left) for one in ordered]
    if scale.method is Method.OVERRIDE:
        return replace(scale, steps=tuple(steps))
    ends = _safe_ends(steps) if scale.method is Method.WORDING else frozenset[int]()
    steps = [
        step if step.score is None or at in ends else replace(step, score=None, band=None, reason=Reason.AMBIGUOUS)
        for at, step in enumerate(steps)
    ]
    if ends:
        return replace(scale, steps=tuple(steps), points=None)
    reason = scale.reason or Reason.UNMAPPED
    return replace(scale, kind=None, direction=None, points=None, method=None, reason=reason, steps=tuple(steps))


def _safe_ends(steps: list[Step]) -> frozenset[int]:
    """Places of the scale's ends with nothing unread beyond them."""
    scored = [at for at, step in enumerate(steps) if step.score is not None]
    gaps = [at for at, step in enumerate(steps) if step is _GAP]
    first, last = scored[0], scored[-1]
    if {steps[first].score, steps[last].score} != _ENDS:
        return frozenset()
    return frozenset(({first} if gaps[0] > first else set()) | ({last} if gaps[-1] < last else set()))
