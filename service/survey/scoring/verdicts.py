"""A scale as it is applied: its steps, and the score of one answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from service.survey.model import Kind, Reason
from service.survey.scoring.language.folding import fold
from service.survey.scoring.rules import Rule

if TYPE_CHECKING:
    from service.survey.model import Band, Direction, Method

_step_fold = lru_cache(maxsize=4096)(fold)  # alternatives only: what people wrote is never kept


@dataclass(frozen=True, slots=True)
class Step:
    """One alternative as scored (0–100, 100 best), or why not."""

    text: str
    weight: int | None
    score: float | None
    band: Band | None
    reason: Reason | None
    nps: str | None  # promoter, passive, detractor


@dataclass(frozen=True, slots=True)
class Scale:
    """How one item is scored; built once per item."""

    kind: Kind | None
    language: str | None  # ISO 639-1
    direction: Direction | None
    points: int | None
    method: Method | None
    reason: Reason | None  # why there is no scale at all
    steps: tuple[Step, ...]
    rule: Rule = Rule.UNKNOWN_WORDS  # which rule decided
    headline: bool = False  # operator named it
    excluded: bool = False  # operator left the item out
    doubtful: frozenset[str] = field(
        default=frozenset()
    )  # a matrix's statements whose high answers are not surely good


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer's score, or why there is none."""

    score: float | None
    band: Band | None
    reason: Reason | None
    nps: str | None = None


def verdict(scale: Scale, text: str, weight: int | None, statement: str = "") -> Verdict:
    """Score one answer. Where `text` is empty the weight decides; `statement` is a matrix row's own wording."""
    if scale.excluded:
        return Verdict(None, None, Reason.NOT_A_SCALE)
    if statement in scale.doubtful or (scale.doubtful and not statement):
        return Verdict(None, None, Reason.AMBIGUOUS)
    found = _find(scale, text, weight)
    if found is not None:
        return Verdict(found.score, found.band, found.reason, found.nps)
    return Verdict(None, None, scale.reason or (Reason.UNMAPPED if text.strip() or scale.steps else Reason.FREE_TEXT))


def _find(scale: Scale, text: str, weight: int | None) -> Step | None:
    named = [step for step in scale.steps if step.text == text] if text else []
    if not named and text.strip():
        folded = fold(text)
        named = [step for step in scale.steps if _step_fold(step.text) == folded]
    by_weight = [step for step in scale.steps if weight is not None and step.weight == weight]
    if named:
        both = [step for step in named if step.weight == weight]
        # The author's weight goes before the words.
        named = by_weight if weight is not None and not both and by_weight else both or named
    elif not text.strip():
        named = by_weight
    scores = {step.score for step in named}
    return named[0] if len(scores) == 1 else None


def step_of(scale: Scale, score: float | None) -> int | None:
    """Which of the scale's steps a score is, 1 worst; on NPS's 0-10 the number. None where the steps do not say."""
    if score is not None and scale.kind is Kind.NPS:
        return round(score / 10)
    steps = sorted({step.score for step in scale.steps if step.score is not None})
    return steps.index(score) + 1 if score in steps and len(steps) == scale.points else None
