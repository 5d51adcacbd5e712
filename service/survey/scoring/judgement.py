"""Judges a list of alternatives: scores, or a reason for none, and the rule that decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from service.survey.model import Kind, Method, Reason
from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.language.folding import fold
from service.survey.scoring.language.text import tokens
from service.survey.scoring.overrides import NOTHING, ItemOverride
from service.survey.scoring.question import kinds
from service.survey.scoring.question.cues import cues, worth
from service.survey.scoring.question.declared import declared
from service.survey.scoring.rules import Rule
from service.survey.scoring.scale.list_reading import ListReading, read_list
from service.survey.scoring.scale.placing import Placement, place
from service.survey.scoring.scale.weights import Weighed, weigh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.scoring.language.lexicons import Lexicon, Lexicons

_GRADES: Final = {5, 6}  # worst school grade in Austria and Germany
_TEN: Final = range(11)
_SEVERAL: Final = 2  # words that tell in which language a question is written: one may be another language's
_FAR: Final = 15.0  # how far a score may stand from ten times its points on 0–10


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be judged."""

    texts: tuple[str, ...]
    weights: tuple[int | None, ...]
    question: str
    override: ItemOverride = NOTHING
    language: str | None = None
    asked: frozenset[str] = frozenset()  # what is known about the question besides its words

    @property
    def weighted(self) -> bool:
        """Whether the author weighted any alternative."""
        return any(w is not None for w in self.weights)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Scores by index, or the reason why there are none, and the rule that decided."""

    labels: tuple[Label, ...]
    rule: Rule
    language: str | None
    scores: dict[int, float]
    reason: Reason | None
    kind: Kind | None = None
    method: Method | None = None


def judge(case: Case, lexicons: Lexicons) -> Judgement:
    """Judge a list of alternatives with its question and weights."""
    hint = case.language or lexicons.written(tokens(fold(case.question)))
    reading = read_list(case.texts, lexicons, hint)
    spoken = reading.lexicon or lexicons.named(hint)
    asked = what_is_asked(case.question, lexicons, spoken, lexicons.named(case.language)) | case.asked
    labels = _numbered(reading.labels, case.weights)
    placed = place(labels, framed=reading.framed, worth=worth(asked))
    if _contested(placed, reading, case):
        placed = replace(placed, rule=Rule.LANGUAGES_DISAGREE, order=(), reason=Reason.AMBIGUOUS)
    numbers = all(label.sort in {Sort.NUMBER, Sort.NO_OPINION} for label in labels)
    said = _said(case.question, labels, asked, lexicons) if numbers else (Rule.BARE_NUMBERS, 0)
    code = reading.lexicon.code if reading.lexicon else None
    endless = placed.reason is Reason.NOT_A_SCALE and not (case.weighted and numbers)
    if endless or placed.rule is Rule.LEVELS_OF_NOTHING_KNOWN:
        return Judgement(placed.labels, placed.rule, code, {}, placed.reason)
    weighed = weigh(placed.labels, case.weights, said=said[1], steps=placed.order)
    found = weighed if case.weighted else _spaced(placed, *said)
    method = Method.WEIGHT if case.weighted else placed.method
    judgement = Judgement(placed.labels, found.rule, code, found.scores, found.reason, method=method)
    return _in_question(judgement, case, asked)


def what_is_asked(question: str, lexicons: Lexicons, *known: Lexicon | None) -> frozenset[str]:
    """What a question asks for: read in the languages of labels and survey, and in its own where that is clear."""
    written = lexicons.named(lexicons.written(tokens(fold(question)), least=_SEVERAL))
    languages = {x.code: x for x in (*known, written) if x is not None}
    found = [cues(question, lexicons, x) for x in languages.values() or [None]]
    return frozenset[str]().union(*found)


def _in_question(judgement: Judgement, case: Case, asked: frozenset[str]) -> Judgement:
    """Add the kind, from labels and question together; drop the scores if a high answer is not surely good."""
    labels, steps = judgement.labels, tuple(judgement.scores)
    asks = bool(case.question.strip()) or bool(case.asked)
    kind = case.override.kind or kinds.kind_of(labels, steps, asked, question=asks)
    judgement = replace(judgement, kind=kind)
    if judgement.reason is not None:
        return replace(judgement, scores={})
    if kind is Kind.NPS and any(_off(labels[i], score) for i, score in judgement.scores.items()):
        return replace(judgement, rule=Rule.CONTRADICTION, scores={}, reason=Reason.AMBIGUOUS)
    if case.override.direction is not None or case.override.kind is not None:
        return judgement
    if kinds.ailing(labels, kind, asked) or (asks and kinds.unforeseen(kind, asked)):
        return replace(judgement, rule=Rule.NEGATIVE_STATEMENT, scores={}, reason=Reason.AMBIGUOUS)
    worded = any(label.sort is Sort.POLAR for label in labels)
    if (doubt := kinds.doubt(kind, asked, worded=worded)) is not None:
        return replace(judgement, rule=doubt[0], scores={}, reason=doubt[1])
    return judgement


def _off(label: Label, score: float) -> bool:
    points = kinds.nps_points(label)
    return points is not None and abs(10 * points - score) > _FAR


def _numbered(labels: Sequence[Label], weights: Sequence[int | None]) -> list[Label]:
    """Number empty inner steps of a weighted question by their weight; weights 0–10 number every step without one."""
    to_ten = {w for w in weights if w is not None} == set(_TEN)
    numbered: list[Label] = []
    for label, weight in zip(labels, weights, strict=True):
        if weight is not None and label.sort is Sort.NO_OPINION and label.empty:
            numbered.append(Label(Sort.NUMBER, number=(weight, weight)))
        elif weight is not None and to_ten and label.sort is not Sort.NO_OPINION and label.number is None:
            numbered.append(replace(label, number=(weight, weight)))
        else:
            numbered.append(label)
    return numbered


def _contested(placed: Placement, reading: ListReading, case: Case) -> bool:
    """Whether another language understands as much of the list and puts it in another order."""
    others = (place(_numbered(rival, case.weights)).order for rival in reading.rivals)
    return bool(placed.order) and any(order and order != placed.order for order in others)


def _said(question: str, labels: Sequence[Label], asked: frozenset[str], lexicons: Lexicons) -> tuple[Rule, int | None]:
    """Whether the highest number is best (1), the lowest (−1), nothing is said (0), or a contradiction (None)."""
    said = declared(question, labels, lexicons)
    highest = max((label.number[1] for label in labels if label.number), default=0)
    if said == 0 and "grades" in asked and highest in _GRADES:
        return Rule.SCHOOL_GRADES, -1
    return (Rule.NUMBERS_DECLARED if said else Rule.BARE_NUMBERS), said


def _spaced(placed: Placement, rule: Rule, said: int | None) -> Weighed:
    """Space the steps evenly from 0 to 100."""
    if placed.reason is not None:
        return Weighed(placed.rule, {}, placed.reason)
    if said is None:
        return Weighed(Rule.CONTRADICTION, {}, Reason.AMBIGUOUS)
    order = placed.order[::-1] if said < 0 else placed.order
    return Weighed(rule if said else placed.rule, {i: 100.0 * at / (len(order) - 1) for at, i in enumerate(order)})
