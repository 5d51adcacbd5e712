"""A scale as it is applied: its steps, and which of them a score is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.survey.model import Kind, Reason
from service.survey.scoring.rules import Rule

if TYPE_CHECKING:
    from service.survey.model import Band, Direction, Method


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


def step_of(scale: Scale, score: float | None) -> int | None:
    """Which of the scale's steps a score is, 1 worst; on NPS's 0-10 the number. None where the steps do not say."""
    if score is not None and scale.kind is Kind.NPS:
        return round(score / 10)
    steps = sorted({step.score for step in scale.steps if step.score is not None})
    return steps.index(score) + 1 if score in steps and len(steps) == scale.points else None
