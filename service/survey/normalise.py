"""From an answer set to a result: what it answers, and the result's own score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.survey.bands import band as band_of
from service.survey.bands import nps_band
from service.survey.identity import Ids
from service.survey.model import Kind
from service.survey.questions.answers import read_answers
from service.survey.results import Result, ScoreBasis

if TYPE_CHECKING:
    from service.survey.model import AnswerSet, Band
    from service.survey.questions.codebook import Codebook
    from service.survey.results import ScoredAnswer

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


def normalise(
    answer_set: AnswerSet, how: Codebook, *, ids: Ids | tuple[str | None, str | None] | None = None
) -> Result | None:
    """One answer set as a result; None where it may not be served (unfinished, anonymous).

    ids: whose it is, where that is known already (stored sets no longer hold it).
    """
    if answer_set.completed is None or answer_set.anonymous:
        return None
    whose = Ids(*ids) if ids else how.ids_of(answer_set)
    answers = read_answers(answer_set, how)
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


def _headline(answers: list[ScoredAnswer], how: Codebook) -> tuple[float | None, Band | None, ScoreBasis | None]:
    scored = [answer for answer in answers if answer.score is not None]
    named = [answer for answer in scored if how.editions[answer.question_item_id][0].scale.headline]
    candidates = named or [answer for answer in scored if answer.kind in HEADLINE_UNASKED]
    for kind in HEADLINE_ORDER:
        of_kind = [answer for answer in candidates if answer.kind is kind]
        alone = [answer for answer in of_kind if not how.editions[answer.question_item_id][0].item.is_matrix]
        chosen = alone or of_kind
        if chosen:
            score = sum(answer.score for answer in chosen if answer.score is not None) / len(chosen)
            return score, _band(score, kind, chosen), ScoreBasis(kind, len(chosen))
    return None, None, None


def _band(score: float, kind: Kind, chosen: list[ScoredAnswer]) -> Band | None:
    if len(chosen) == 1:
        return chosen[0].band  # its label's polarity has a say in it (design rule 5)
    return nps_band(round(score / 10)) if kind is Kind.NPS else band_of(score)
