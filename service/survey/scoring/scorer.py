"""From an item's alternatives, weights and question to a score per answer, each with its reason."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from service.survey import bands
from service.survey.model import Direction, Kind, Method, Polarity, Reason
from service.survey.scoring import kinds
from service.survey.scoring.declared import declared
from service.survey.scoring.labels import Label, Sort
from service.survey.scoring.language.text import fold, tokens
from service.survey.scoring.list_reading import Codebook, read_list
from service.survey.scoring.overrides import NOTHING, ItemOverride, Overrides
from service.survey.scoring.scales import Placement, place
from service.survey.scoring.verdicts import Scale, Step, Verdict, verdict
from service.survey.scoring.weights import weigh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.model import QuestionItem
    from service.survey.scoring.language.lexicons import Lexicon, Lexicons

__all__ = ["CODE_VERSION", "Scale", "Scorer", "Step", "Verdict", "verdict"]

CODE_VERSION: Final = "2"  # raise it when a rule changes: stored wordings are then scored again
_CHECKBOX: Final = "CHECKBOX"
_NPS: Final = "NPS"
_GRADES: Final = {5, 6}  # worst school grade in Austria and Germany
_TEN: Final = range(11)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is to be judged."""

    texts: tuple[str, ...]
    weights: tuple[int | None, ...]
    question: str
    override: ItemOverride = NOTHING
    language: str | None = None
    asked: frozenset[str] = frozenset()  # what is known about the question besides its words


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
        case = _Case(texts, tuple(a.weight for a in alternatives), question, override, language, asked)
        if override.excluded:
            return replace(_none(case, Reason.NOT_A_SCALE), excluded=True)
        if not alternatives:
            return replace(_none(case, Reason.FREE_TEXT), headline=override.headline)
        if item.type.upper() == _CHECKBOX and override == NOTHING:
            return _none(case, Reason.NOT_A_SCALE)
        scale = self._judge(case)
        doubtful = frozenset(s for s in item.statements if self._doubt(scale, s))
        return replace(scale, headline=override.headline, doubtful=doubtful)

    def explain(
        self, alternatives: Sequence[str], question: str = "", weights: Sequence[int | None] | None = None
    ) -> Scale:
        """How given wording would be scored, without an item."""
        texts = tuple(alternatives)
        if not texts:
            return _none(_Case((), (), question), Reason.FREE_TEXT)
        given = tuple(weights) if weights is not None else ()
        return self._judge(_Case(texts, (*given, *[None] * len(texts))[: len(texts)], question))

    def _judge(self, case: _Case) -> Scale:
        hint = case.language or self._lexicons.written(tokens(fold(case.question)))
        reading = read_list(case.texts, self._lexicons, hint)
        spoken = reading.lexicon or self._lexicons.named(hint)
        asked = self._asked(case.question, spoken, self._lexicons.named(case.language)) | case.asked
        labels = _numbered(reading.labels, case.weights)
        placed = place(labels, framed=reading.framed, rated=kinds.rates(asked))
        if _contested(placed, reading, case):
            placed = Placement(reason=Reason.AMBIGUOUS)
        weighted = any(w is not None for w in case.weights)
        if placed.reason is Reason.NOT_A_SCALE and not (weighted and _only_numbers(labels)):
            return self._finish(case, reading, labels, {}, Reason.NOT_A_SCALE)
        descend = self._descend(case.question, labels, asked) if _only_numbers(labels) else False
        if weighted:
            weighed = weigh(labels, case.weights, descend=bool(descend))
            scores, reason = weighed.scores, weighed.reason
            method: Method | None = Method.WEIGHT
        else:
            scores, reason = _spaced(placed, descend=bool(descend)), placed.reason
            method = placed.method
        reason = reason or (Reason.AMBIGUOUS if descend is None else None)
        steps = tuple(scores)
        asks = bool(case.question.strip()) or bool(case.asked)
        kind = case.override.kind or kinds.kind_of(labels, steps, asked, question=asks)
        worded = any(label.sort is Sort.POLAR for label in labels)
        if reason is None and case.override.direction is None and case.override.kind is None:
            reason = kinds.doubt(kind, asked, worded=worded)
        return self._finish(case, reading, labels, {} if reason else scores, reason, kind=kind, method=method)

    def _asked(self, question: str, *known: Lexicon | None) -> frozenset[str]:
        """What a question asks for: read in the languages of labels and survey, and in its own where that is clear."""
        written = self._lexicons.named(self._lexicons.written(tokens(fold(question))))
        languages = {x.code: x for x in (*known, written) if x is not None}
        found = [kinds.cues(question, self._lexicons, x) for x in languages.values() or [None]]
        return frozenset[str]().union(*found)

    def _descend(self, question: str, labels: Sequence[Label], asked: frozenset[str]) -> bool | None:
        """Whether the lowest number is best: the question says so, or they are school grades. None: contradiction."""
        said = declared(question, labels, self._lexicons)
        highest = max((label.number[1] for label in labels if label.number), default=0)
        if said == 0:
            return "grades" in asked and highest in _GRADES
        return None if said is None else said < 0

    def _doubt(self, scale: Scale, statement: str) -> bool:
        asked = self._asked(statement, self._lexicons.named(scale.language))
        return kinds.doubt(scale.kind, asked, worded=scale.kind not in {None, Kind.AGREEMENT}) is not None

    def _finish(
        self,
        case: _Case,
        reading: Codebook,
        labels: Sequence[Label],
        scores: dict[int, float],
        reason: Reason | None,
        *,
        kind: Kind | None = None,
        method: Method | None = None,
    ) -> Scale:
        scores = _turned(scores, case.override.direction)
        steps = []
        for i, text in enumerate(case.texts):
            told, value = self._overrides.wording(case.override, text)
            score = value if told else scores.get(i)
            why = None if score is not None else Reason.NO_OPINION if told else _why(labels[i], case, i, reason)
            steps.append(_step(text, case.weights[i], score, why, labels[i], kind))
            method = Method.OVERRIDE if told and score is not None and method is None else method
        scored = any(step.score is not None for step in steps)
        return Scale(
            kind=kind if scored else None,
            language=reading.lexicon.code if reading.lexicon else None,
            direction=_direction(steps),
            points=sum(step.score is not None for step in steps) or None,
            method=method if scored else None,
            reason=None if scored else reason or Reason.UNMAPPED,
            steps=tuple(steps),
        )


def _none(case: _Case, reason: Reason) -> Scale:
    steps = tuple(Step(t, w, None, None, reason, None) for t, w in zip(case.texts, case.weights, strict=True))
    return Scale(kind=None, language=None, direction=None, points=None, method=None, reason=reason, steps=steps)


def _numbered(labels: Sequence[Label], weights: Sequence[int | None]) -> list[Label]:
    """Empty inner steps of a weighted question are numbers by their weight; weights 0–10 number every step."""
    to_ten = {w for w in weights if w is not None} == set(_TEN)
    numbered: list[Label] = []
    for label, weight in zip(labels, weights, strict=True):
        if weight is not None and label.sort is Sort.NO_OPINION and label.empty:
            numbered.append(Label(Sort.NUMBER, number=(weight, weight)))
        elif weight is not None and to_ten and label.sort is not Sort.NO_OPINION:
            numbered.append(replace(label, number=(weight, weight)))
        else:
            numbered.append(label)
    return numbered


def _contested(placed: Placement, reading: Codebook, case: _Case) -> bool:
    """Whether another language understands as much of the list and puts it in another order."""
    others = (place(_numbered(rival, case.weights)).order for rival in reading.rivals)
    return bool(placed.order) and any(order and order != placed.order for order in others)


def _only_numbers(labels: Sequence[Label]) -> bool:
    return all(label.sort in {Sort.NUMBER, Sort.NO_OPINION} for label in labels)


def _spaced(placed: Placement, *, descend: bool) -> dict[int, float]:
    order = placed.order[::-1] if descend else placed.order
    return {i: 100.0 * at / (len(order) - 1) for at, i in enumerate(order)} if len(order) > 1 else {}


def _turned(scores: dict[int, float], direction: Direction | None) -> dict[int, float]:
    """The operator's direction: as the survey shows the alternatives, worst first or best first."""
    if direction is None or len(scores) < 2:  # noqa: PLR2004 (one step has no direction)
        return scores
    first, last = min(scores), max(scores)
    rising = scores[first] < scores[last]
    return scores if rising == (direction is Direction.ASCENDING) else {i: 100.0 - s for i, s in scores.items()}


def _why(label: Label, case: _Case, index: int, reason: Reason | None) -> Reason:
    if label.sort in {Sort.NO_OPINION, Sort.UNDECIDED}:
        return Reason.NO_OPINION
    if any(w is not None for w in case.weights) and case.weights[index] is None:
        return Reason.NO_OPINION
    if label.sort is Sort.UNKNOWN and reason is Reason.AMBIGUOUS and label.left:
        return Reason.UNMAPPED  # what the operator can mend
    return reason or Reason.UNMAPPED


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
    return Step(text, weight, score, bands.band(score, _polarity(label)), None, None)


def _polarity(label: Label) -> Polarity | None:
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
