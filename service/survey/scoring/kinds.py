"""What a scale measures, from its question and its wording together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from service.survey.model import Kind, Reason
from service.survey.scoring.labels import Label, Sort
from service.survey.scoring.language.text import fold, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.scoring.language.lexicons import Lexicon, Lexicons

_PRIORITY: Final = (Kind.SATISFACTION, Kind.QUALITY, Kind.EFFORT, Kind.AGREEMENT, Kind.LIKELIHOOD, Kind.YES_NO)
_TURNABLE: Final = {Kind.AGREEMENT, Kind.YES_NO, Kind.LIKELIHOOD}  # a bad statement turns these round
_HIGH_IS_GOOD: Final = frozenset({"satisfaction", "quality", "likelihood", "recommend", "agreement"})
_TEN: Final = 10
_FEWEST: Final = 6  # steps of a 0–10 whose points are partly taken together: "9-10"
_MAX_QUESTION: Final = 600  # characters of a question that are read


def cues(question: str, lexicons: Lexicons, language: Lexicon | None = None) -> frozenset[str]:
    """What the question asks for: in `language` where it is known, else in what understands most of it."""
    words = tokens(fold(question)[:_MAX_QUESTION])
    best, found = 0, frozenset[str]()
    for lexicon in [language] if language else lexicons.asking(words):
        matches = lexicon.question.find(words)
        size = sum(m.length for m in matches)
        told = frozenset(s for m in matches for s in m.senses)
        # "how difficult" asks for effort, and still "difficult" is negative.
        inner = [m for m in matches if m.length > 1 for m in lexicon.question.find(m.phrase[1:])]
        told |= {s for m in inner for s in m.senses if s == "negative"}
        if size >= best:
            best, found = size, told | (found if size == best else frozenset())
    return found


def kind_of(labels: Sequence[Label], steps: Sequence[int], asked: frozenset[str], *, question: bool) -> Kind | None:
    """The kind, or None where neither question nor wording tells."""
    told = _told(labels, steps)
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
        fallback = Kind.AGREEMENT if any(labels[i].sort is Sort.DEGREE for i in steps) else None
        return _asked(asked) or fallback
    return told


def doubt(kind: Kind | None, asked: frozenset[str], *, worded: bool) -> Reason | None:
    """Why a high answer to this question is not surely good, or None. `worded`: labels say good and bad themselves."""
    if "disappointed" in asked:
        return Reason.AMBIGUOUS
    if not worded and asked & {"importance", "frequency"} and not asked & {"satisfaction", "recommend"}:
        return Reason.NOT_A_SCALE
    turnable = kind in _TURNABLE or (not worded and not asked & {"satisfaction", "quality", "recommend"})
    return Reason.AMBIGUOUS if "negative" in asked and turnable else None


def rates(asked: frozenset[str]) -> bool:
    """Whether the question asks for something of which high is good."""
    return bool(asked & _HIGH_IS_GOOD) and not asked & {"negative", "effort", "importance", "frequency"}


def nps_points(label: Label) -> int | None:
    """The points of a label on 0–10; the upper end of a range such as "9-10"."""
    return label.number[1] if label.number else None


def _to_ten(labels: Sequence[Label], steps: Sequence[int]) -> bool:
    numbers = [labels[i].number for i in steps]
    ends = [n for pair in numbers if pair for n in pair]
    return None not in numbers and len(numbers) >= _FEWEST and min(ends) == 0 and max(ends) == _TEN


def _told(labels: Sequence[Label], steps: Sequence[int]) -> Kind | None:
    polar = [labels[i] for i in steps if labels[i].sort is Sort.POLAR]
    votes = Counter(kind for label in polar or [labels[i] for i in steps] for kind in label.kinds)
    told = max(_PRIORITY, key=lambda kind: votes[kind]) if votes else None
    degrees = sum(labels[i].sort is Sort.DEGREE for i in steps)
    return Kind.AGREEMENT if told is Kind.YES_NO and degrees > len(polar) else told


def _asked(asked: frozenset[str]) -> Kind | None:
    if "recommend" in asked:
        return Kind.LIKELIHOOD
    return next((kind for kind in _PRIORITY if kind.value in asked), None)
