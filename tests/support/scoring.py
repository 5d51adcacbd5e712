"""An answer scored by the road that serves it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service.survey.model import Alternative, Answer, QuestionItem, Survey
from service.survey.questions.answers import read_answers
from service.survey.questions.codebook import codebook
from tests.support.fakes import make_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.results import ScoredAnswer
    from service.survey.scoring.scorer import Scorer


def answered(
    scorer: Scorer, asked: QuestionItem, text: str, weight: int | None = None, statement: str = ""
) -> ScoredAnswer | None:
    """One answer as it is served; None where it is not."""
    how = codebook(Survey(1, "", "swe", None, (asked,)), scorer, customer_label="", contact_label=None, labels={})
    answers = (Answer(1, asked.id, asked.type, statement, text, weight),)
    return next(iter(read_answers(replace(make_set(1), answers=answers), how)), None)


def closed(texts: Sequence[str], question: str = "") -> QuestionItem:
    """An item with these alternatives, without weights."""
    alternatives = tuple(Alternative(at, text, None) for at, text in enumerate(texts, 1))
    return QuestionItem(31, "RADIOBUTTON", "", 3, question, None, alternatives)
