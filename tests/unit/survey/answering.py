"""Answer sets over a survey that tests add items to."""

from __future__ import annotations

from dataclasses import replace

from service.app.lexicon_files import load
from service.survey.model import Alternative, Answer, QuestionItem
from service.survey.questions.codebook import codebook
from service.survey.scoring.scorer import Scorer
from tests.support.fakes import (
    WORDS,
    make_set,
    make_survey,
)

ALTERNATIVES = tuple(Alternative(order, text) for order, text in enumerate(WORDS, 1))

EXTRA = 50


def read(*more, overrides=None, **options):
    survey = make_survey()
    survey = replace(survey, items=(*survey.items, *more))
    chosen = {"customer_label": "CRM-ID", "contact_label": "Kontakt-ID", "labels": {}, **options}
    return codebook(survey, Scorer(load(), overrides), **chosen)


def item(number=EXTRA, kind="RADIOBUTTON", question="Hur nöjd är du med leveransen?", text="", **more):
    given = {"alternatives": ALTERNATIVES, **more}
    return QuestionItem(number, kind, text, given.pop("question_id", number * 10), question, None, **given)


def answered(*answers, **how):
    """A set with just these answers: (item, text, weight, question text)."""
    rows = [(*answer, None, "")[:4] if len(answer) < 4 else answer for answer in answers]
    rows = tuple(
        Answer(n, number, "RADIOBUTTON", title or "", text, weight)
        for n, (number, text, weight, title) in enumerate(rows)
    )
    given = make_set(1, None, customer=None, **how)
    return replace(given, answers=rows)


def shown(result):
    return {answer.question_item_id: answer for answer in result.answers}
