"""From an item's alternatives, weights and question to a score per answer, each with its reason."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from service.survey import bands
from service.survey.model import Direction, Kind, Method, Polarity, Reason
from service.survey.scoring.judgement import Case, Judgement, judge, what_is_asked
from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.label.understanding import understand
from service.survey.scoring.language.text import read
from service.survey.scoring.overrides import NOTHING, Overrides
from service.survey.scoring.question import kinds
from service.survey.scoring.rules import Rule
from service.survey.scoring.verdicts import Scale, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.model import QuestionItem
    from service.survey.scoring.language.lexicons import Lexicons

__all__ = ["CODE_VERSION", "Scale", "Scorer", "Step"]

CODE_VERSION: Final = "5"  # raise it when a rule changes: stored wordings are then scored again
_CHECKBOX: Final = "CHECKBOX"
_NPS: Final = "NPS"
_TEN: Final = range(11)


class Scorer:
    """Scores items by the lexicons and the operator's overrides. Pure: the same input gives the same scale."""

    def __init__(self, lexicons: Lexicons, overrides: Overrides | None = None) -> None:
        self._lexicons = lexicons
        self._overrides = overrides or Overrides()
        basis = f"{CODE_VERSION}\n{lexicons.digest}\n{self._overrides.canonical()}"
        self.ruleset = hashlib.sha256(basis.encode()).hexdigest()[:12]

    def scale(self, item: QuestionItem, *, survey_id: int, language: str | None = None) -> Scale:
        """The scale of an item. `language` is the survey's, ISO 639-3, a hint only."""
        override = self._overrides.item(survey_id, item.id)
        alternatives = sorted(item.alternatives, key=lambda a: a.order)
        texts = tuple(a.text for a in alternatives)
        question = f"{item.question} {item.text}".strip()
        asked = frozenset({"recommend"} if _NPS in item.type.upper() else ())
        case = Case(texts, tuple(a.weight for a in alternatives), question, override, language, asked)
        if override.excluded:
            return replace(_none(case, Reason.NOT_A_SCALE, Rule.OVERRIDE), excluded=True)
        if not alternatives:
            return replace(_none(case, Reason.FREE_TEXT, Rule.NO_ALTERNATIVES), headline=override.headline)
        if _CHECKBOX in item.type.upper() and override == NOTHING:
            return _none(case, Reason.NOT_A_SCALE, Rule.TICKS)
        scale = self._applied(case)
        doubtful = frozenset(s for s in item.statements if self._doubt(scale, s))
        return replace(scale, headline=override.headline, doubtful=doubtful)

    def explain(
        self,
        alternatives: Sequence[str],
        question: str = "",
        weights: Sequence[int | None] | None = None,
        item: str = "",
    ) -> Scale:
        """How given wording would be scored. `question` and `item` are the texts of the question and of its item."""
        texts = tuple(alternatives)
        asked = f"{question} {item}".strip()
        if not texts:
            return _none(Case((), (), asked), Reason.FREE_TEXT, Rule.NO_ALTERNATIVES)
        given = tuple(weights) if weights is not None else ()
        return self._applied(Case(texts, (*given, *[None] * len(texts))[: len(texts)], asked))

    def polarity(self, wording: str) -> Polarity | None:
        """Which end of a scale a wording belongs to by itself; None where no language understands all of it."""
        text = read(wording)
        labels = [understand(text, lexicon) for lexicon in self._lexicons.likely(text.words)]
        ends = {polarity_of(label) for label in labels if label.known and not label.left}
        return ends.pop() if len(ends) == 1 else None

    def _doubt(self, scale: Scale, statement: str) -> bool:
        asked = what_is_asked(statement, self._lexicons, self._lexicons.named(scale.language))
        return kinds.doubt(scale.kind, asked, worded=scale.kind not in {None, Kind.AGREEMENT}) is not None

    def _applied(self, case: Case) -> Scale:
        """The judgement, with the operator's overrides, as steps."""
        judged = judge(case, self._lexicons)
        scores = _turned(judged.scores, case.override.direction)
        method, steps = judged.method, []
        for i, text in enumerate(case.texts):
            told, value = self._overrides.wording(case.override, text)
            score = value if told else scores.get(i)
            why = None if score is not None else Reason.NO_OPINION if told else _why(judged, case, i)
            steps.append(_step(text, case.weights[i], score, why, judged.labels[i], judged.kind))
            method = Method.OVERRIDE if told and score is not None and method is None else method
        scored = any(step.score is not None for step in steps)
        return Scale(
            kind=judged.kind if scored else None,
            language=judged.language,
            direction=_direction(steps),
            points=sum(step.score is not None for step in steps) or None,
            method=method if scored else None,
            reason=None if scored else judged.reason or Reason.UNMAPPED,
            steps=tuple(steps),
            rule=Rule.OVERRIDE if scored and not judged.scores else judged.rule,
        )


def _none(case: Case, reason: Reason, rule: Rule) -> Scale:
    steps = tuple(Step(t, w, None, None, reason, None) for t, w in zip(case.texts, case.weights, strict=True))
    return Scale(
        kind=None, language=None, direction=None, points=None, method=None, reason=reason, steps=steps, rule=rule
    )


def _turned(scores: dict[int, float], direction: Direction | None) -> dict[int, float]:
    """Turn the scores to the operator's direction: worst first or best first, as the survey shows them."""
    if direction is None or len(scores) < 2:  # noqa: PLR2004 (one step has no direction)
        return scores
    first, last = min(scores), max(scores)
    rising = scores[first] < scores[last]
    return scores if rising == (direction is Direction.ASCENDING) else {i: 100.0 - s for i, s in scores.items()}


def _why(judged: Judgement, case: Case, index: int) -> Reason:
    label = judged.labels[index]
    if label.sort in {Sort.NO_OPINION, Sort.UNDECIDED} or (case.weighted and case.weights[index] is None):
        return Reason.NO_OPINION
    if label.sort is Sort.UNKNOWN and judged.reason is Reason.AMBIGUOUS and label.left:
        return Reason.UNMAPPED  # a wording that the operator can score
    return judged.reason or Reason.UNMAPPED


def _step(
    text: str, weight: int | None, score: float | None, reason: Reason | None, label: Label, kind: Kind | None
) -> Step:
    if score is None:
        return Step(text, weight, None, None, reason, None)
    points = kinds.nps_points(label) if kind is Kind.NPS else None
    if points is None and kind is Kind.NPS:
        points = weight if weight in _TEN else round(score / 10)
    if points is not None:
        return Step(text, weight, score, bands.nps_band(points), None, bands.nps_class(points))
    return Step(text, weight, score, bands.band(score, polarity_of(label)), None, None)


def polarity_of(label: Label) -> Polarity | None:
    if label.sort is Sort.NEUTRAL:
        return Polarity.NEUTRAL
    if label.sort is not Sort.POLAR:
        return None
    return Polarity.POSITIVE if label.value > 0 else Polarity.NEGATIVE


def _direction(steps: Sequence[Step]) -> Direction | None:
    scores = [step.score for step in steps if step.score is not None]
    if len(scores) < 2 or scores[0] == scores[-1]:  # noqa: PLR2004 (one step has no direction)
        return None
    rising = scores[0] < scores[-1]
    ends = {scores[0], scores[-1]} == {min(scores), max(scores)}
    return (Direction.ASCENDING if rising else Direction.DESCENDING) if ends else None
