"""What a scale measures, from its question and its wording together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from service.survey.model import Kind, Reason
from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.question.cues import DEED, MORE_IS_BETTER, NEGATIVE, SYMPTOM, UNSOLVED
from service.survey.scoring.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

_PRIORITY: Final = (Kind.SATISFACTION, Kind.QUALITY, Kind.EFFORT, Kind.AGREEMENT, Kind.LIKELIHOOD, Kind.YES_NO)
_TURNABLE: Final = {Kind.AGREEMENT, Kind.YES_NO, Kind.LIKELIHOOD}  # a bad statement turns these round
_TEN: Final = 10
_FEWEST: Final = 6  # steps of a scale of 0–10 where some points are joined: "9-10"


def kind_of(labels: Sequence[Label], steps: Sequence[int], asked: frozenset[str], *, question: bool) -> Kind | None:
    """The kind, or None where neither question nor wording tells."""
    told = _told(labels, steps, asked)
    if _to_ten(labels, steps) and told is Kind.AGREEMENT and "recommend" in asked:
        return Kind.NPS  # "I would recommend you": 0 not at all … 10 fully
    if _to_ten(labels, steps) and told in {None, Kind.LIKELIHOOD}:
        if "recommend" in asked or not question:
            return Kind.NPS
        if told is None and not any(labels[i].known for i in steps):
            return _asked(asked)
    if told in {None, Kind.QUALITY} and "satisfaction" in asked:
        return Kind.SATISFACTION
    if told is None:
        much = any(labels[i].sort is Sort.DEGREE for i in steps)
        levels = any(labels[i].sort is Sort.POLAR for i in steps)
        return _asked(asked) or (Kind.QUALITY if levels else Kind.AGREEMENT if much else None)
    return told


def doubt(kind: Kind | None, asked: frozenset[str], *, worded: bool) -> tuple[Rule, Reason] | None:
    """Why a high answer to this question is not surely good, or None. `worded`: labels say good and bad themselves."""
    if "disappointed" in asked:
        return Rule.DISAPPOINTMENT, Reason.AMBIGUOUS
    how_much = asked & {"importance", "frequency"}
    if not worded and how_much and not asked & {"satisfaction", "recommend", MORE_IS_BETTER}:
        return Rule.IMPORTANCE_OR_FREQUENCY, Reason.NOT_A_SCALE
    turnable = kind in _TURNABLE or (not worded and not asked & {"satisfaction", "quality", "recommend"})
    return (Rule.NEGATIVE_STATEMENT, Reason.AMBIGUOUS) if NEGATIVE in asked and turnable else None


def ailing(labels: Sequence[Label], kind: Kind | None, asked: frozenset[str]) -> bool:
    """Whether the list only says how much somebody suffers: none of its words is good, and the question names an ill.

    "No pain … worst pain", stress from low to high, "how difficult did these problems make it?" judge nobody.
    """
    named = SYMPTOM in asked or UNSOLVED in asked
    return named and kind is not Kind.SATISFACTION and not any(label.praises for label in labels)


def unforeseen(kind: Kind | None, asked: frozenset[str]) -> bool:
    """Whether the question asks how likely something is that may be bad: an attack, losing one's job."""
    return kind is Kind.LIKELIHOOD and not asked & {"recommend", DEED, MORE_IS_BETTER}


def nps_points(label: Label) -> int | None:
    """The points of a label on 0–10; the upper end of a range such as "9-10"."""
    return label.number[1] if label.number else None


def _to_ten(labels: Sequence[Label], steps: Sequence[int]) -> bool:
    numbers = [labels[i].number for i in steps]
    ends = [n for pair in numbers if pair for n in pair]
    return None not in numbers and len(numbers) >= _FEWEST and min(ends) == 0 and max(ends) == _TEN


def _told(labels: Sequence[Label], steps: Sequence[int], asked: frozenset[str]) -> Kind | None:
    polar = [labels[i] for i in steps if labels[i].sort is Sort.POLAR]
    polar = [label for label in polar if label.said and label.said[0].isalpha()] or polar  # words before faces
    votes = Counter(kind for label in polar or [labels[i] for i in steps] for kind in label.kinds)
    told = max(_PRIORITY, key=lambda kind: votes[kind]) if votes else None
    if votes[Kind.EFFORT] and "effort" in asked and told is Kind.QUALITY:
        return Kind.EFFORT  # "How easy was it?": "Very difficult", "It was alright", "Very easy, love it"
    if told is Kind.EFFORT and votes[Kind.QUALITY] and "effort" not in asked:
        return Kind.QUALITY
    answers = [label.value > 0 for label in polar if label.answers]
    if told is Kind.QUALITY and len(answers) == len(polar) and len(set(answers)) > 1:
        return Kind.YES_NO  # "Yes, mostly clear", "No, hardly clear"
    degrees = sum(labels[i].sort is Sort.DEGREE for i in steps)
    return Kind.AGREEMENT if told is Kind.YES_NO and degrees > len(polar) else told


def _asked(asked: frozenset[str]) -> Kind | None:
    if "recommend" in asked:
        return Kind.LIKELIHOOD
    return next((kind for kind in _PRIORITY if kind.value in asked), None)
