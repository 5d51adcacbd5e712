"""From an answer set to a result: question texts, scores, comments, and the result's own score."""

from __future__ import annotations

import hashlib
import html
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from service.survey.bands import band as band_of
from service.survey.bands import nps_band
from service.survey.identity import Ids, label_items, label_value
from service.survey.model import Kind, QuestionItem, Reason
from service.survey.results import Result, ScoreBasis, ScoredAnswer
from service.survey.scoring.verdicts import Verdict, step_of, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.survey.model import Answer, AnswerSet, Band, Survey
    from service.survey.scoring.scorer import Scale, Scorer

# Design rule 6: which kind makes a result's score. The last three only where the operator names the item.
HEADLINE_ORDER = (
    Kind.SATISFACTION,
    Kind.NPS,
    Kind.EFFORT,
    Kind.QUALITY,
    Kind.AGREEMENT,
    Kind.LIKELIHOOD,
    Kind.YES_NO,
)
HEADLINE_UNASKED = frozenset(HEADLINE_ORDER[:4])
MULTIPLE_CHOICE = "CHECKBOX"
NAMED = ".named"  # in the name of a ruleset by which contacts' names are kept


@dataclass(frozen=True, slots=True)
class Codebook:
    """How one survey is read: its items, their scales, and the items that carry IDs. Built once per survey."""

    survey: Survey
    scales: Mapping[int, Scale]
    customer_items: frozenset[int]
    contact_items: frozenset[int]
    items: Mapping[int, QuestionItem] = field(default_factory=dict)
    background: frozenset[int] = frozenset()
    titles: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, frozenset[str]] = field(default_factory=dict)
    name_items: frozenset[int] = frozenset()  # hold the contact's name; empty unless the operator asks for names
    version: str = ""  # digest of the question tree: with another one, what is stored has to be scored again

    @property
    def identity(self) -> str:
        """Names the items that the IDs are taken from; another value means that stored IDs may be wrong."""
        return f"{sorted(self.customer_items)}{sorted(self.contact_items)}"

    @property
    def names_mark(self) -> str:
        """Names the items that contacts' names are taken from; empty where no names are kept."""
        return f"{NAMED}{sorted(self.name_items)}" if self.name_items else ""

    def ids_of(self, answer_set: AnswerSet) -> Ids:
        """Whose an answer set is."""
        return Ids(*(label_value(answer_set, i) for i in (self.customer_items, self.contact_items, self.name_items)))

    def allowed(self, ids: Ids) -> Ids:
        """What may still be kept of stored IDs: no name once the operator has taken the option away."""
        return ids if self.name_items else ids._replace(contact_name=None)

    def asked(self, answer_set: AnswerSet) -> AnswerSet:
        """The set with answers to questions alone, also to those left out: what it can be scored from anew.

        Not those of items that the tree does not know, which may be background data.
        """
        return replace(answer_set, answers=tuple(a for a in answer_set.answers if a.question_item_id in self.items))

    def explains(self, answer: Answer) -> bool:
        """Whether the tree knows the answer's item and, where that is a closed one, its wording."""
        item = self.items.get(answer.question_item_id)
        if item is None:
            return answer.question_item_id in self.background
        if not item.alternatives or not answer.text.strip():
            return True
        return _plain(answer.text) in self.texts[item.id]


def codebook(
    survey: Survey,
    scorer: Scorer,
    *,
    customer_label: str,
    contact_label: str | None,
    labels: Mapping[int, str],
    contact_name_label: str | None = None,
) -> Codebook:
    """Work out once what every answer set of the survey needs."""

    def carriers(label: str | None) -> frozenset[int]:
        return frozenset(item.id for item in label_items(survey, label, labels)) if label else frozenset()

    asked = [item for item in survey.items if item.background_label is None]
    siblings = Counter(item.question_id for item in asked)
    return Codebook(
        survey=survey,
        scales={item.id: scorer.scale(item, survey_id=survey.id, language=survey.language) for item in asked},
        customer_items=carriers(customer_label),
        contact_items=carriers(contact_label),
        name_items=carriers(contact_name_label),
        items={item.id: item for item in asked},
        background=frozenset(item.id for item in survey.items if item.background_label is not None),
        titles={item.id: _title(item, alone=siblings[item.question_id] == 1) for item in asked},
        texts={item.id: frozenset(_plain(alt.text) for alt in item.alternatives) for item in asked},
        version=hashlib.blake2b(repr(survey.items).encode(), digest_size=6).hexdigest(),
    )


def _title(item: QuestionItem, *, alone: bool) -> str:
    if alone or not item.text.strip() or not item.question.strip():
        return item.question or item.text
    return f"{item.question} – {item.text}"


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split()).casefold()


def normalise(
    answer_set: AnswerSet, how: Codebook, *, ids: Ids | tuple[str | None, str | None] | None = None
) -> Result | None:
    """One answer set as a result; None where it may not be served (unfinished, anonymous).

    ids: whose it is, where that is known already (stored sets have shed it).
    """
    if answer_set.completed is None or answer_set.anonymous:
        return None
    whose = Ids(*ids) if ids else how.ids_of(answer_set)
    answers = [
        scored
        for answer in answer_set.answers
        if answer.question_item_id in how.items  # drops background items, and items that the tree does not know
        and not how.scales[answer.question_item_id].excluded
        and (scored := _scored(answer, how)) is not None
    ]
    score, band, basis = _headline(answers, how)
    return Result(
        answer_set_id=answer_set.id,
        survey_id=how.survey.id,
        survey_name=how.survey.name,
        respondent_id=answer_set.respondent_id,
        customer_id=whose.customer_id,
        contact_id=whose.contact_id,
        answered_at=answer_set.completed,
        updated_at=answer_set.updated or answer_set.completed,
        answers=tuple(answers),
        score=score,
        band=band,
        basis=basis,
        contact_name=whose.contact_name,
    )


def _scored(answer: Answer, how: Codebook) -> ScoredAnswer | None:
    item, scale = how.items[answer.question_item_id], how.scales[answer.question_item_id]
    title = how.titles[item.id]
    text = answer.text
    if item.type.upper() == MULTIPLE_CHOICE:
        # The ticked alternative stands in QuestionText; several may be ticked, so there is no scale.
        ticked = text or answer.question_text
        known = _plain(ticked) in how.texts[item.id] or (not text and not item.alternatives)
        reason = Reason.NOT_A_SCALE if known else Reason.FREE_TEXT
        return ScoredAnswer(item.id, title or "", ticked, reason=reason, comment=not known) if ticked else None
    if item.is_matrix:
        title = answer.question_text or title
    closed = bool(how.texts[item.id]) and (_plain(text) in how.texts[item.id] or not text.strip())
    if not closed:
        if not text.strip():
            return None
        return ScoredAnswer(item.id, title or answer.question_text, text, reason=Reason.FREE_TEXT, comment=True)
    found = verdict(scale, text, answer.weight, title if item.is_matrix else "")
    return _shown(item.id, title or answer.question_text, text, scale, found)


def is_comment(answer: Answer, how: Codebook) -> bool:
    """Whether an answer is somebody's free text."""
    if answer.question_item_id not in how.items:
        return False
    scored = _scored(answer, how)
    return scored is not None and scored.comment


def _shown(item_id: int, title: str, text: str, scale: Scale, found: Verdict) -> ScoredAnswer:
    return ScoredAnswer(
        question_item_id=item_id,
        question=title,
        answer=text,
        kind=scale.kind,
        score=found.score,
        band=found.band,
        nps=found.nps,
        language=scale.language,
        points=scale.points,
        direction=scale.direction,
        method=scale.method,
        reason=found.reason,
        step=step_of(scale, found.score),
    )


def _headline(answers: list[ScoredAnswer], how: Codebook) -> tuple[float | None, Band | None, ScoreBasis | None]:
    scored = [answer for answer in answers if answer.score is not None]
    named = [answer for answer in scored if how.scales[answer.question_item_id].headline]
    candidates = named or [answer for answer in scored if answer.kind in HEADLINE_UNASKED]
    for kind in HEADLINE_ORDER:
        of_kind = [answer for answer in candidates if answer.kind is kind]
        alone = [answer for answer in of_kind if not how.items[answer.question_item_id].is_matrix]
        chosen = alone or of_kind
        if chosen:
            score = sum(answer.score for answer in chosen if answer.score is not None) / len(chosen)
            return score, _band(score, kind, chosen), ScoreBasis(kind, len(chosen))
    return None, None, None


def _band(score: float, kind: Kind, chosen: list[ScoredAnswer]) -> Band | None:
    if len(chosen) == 1:
        return chosen[0].band  # in which its label's polarity has a say (design rule 5)
    return nps_band(round(score / 10)) if kind is Kind.NPS else band_of(score)
