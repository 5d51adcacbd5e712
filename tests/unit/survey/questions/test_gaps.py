"""Scales of which an alternative cannot be read."""

from __future__ import annotations

import pytest

from service.survey.model import UNREADABLE, Alternative, Answer, AnswerSet, QuestionItem, Survey
from service.survey.questions.answers import read_answers
from service.survey.questions.codebook import codebook
from tests.support.fakes import START

GAP = (UNREADABLE, None)
NONE = "?"  # without a score


def how(scorer, *alternatives, question="Hur nöjd är du?", **more):
    steps = tuple(Alternative(order, text, weight) for order, (text, weight) in enumerate(alternatives, 1))
    item = QuestionItem(31, "RADIOBUTTON", "", 1, question, None, steps, **more)
    survey = Survey(4711, "", "swe", None, (item,))
    return codebook(survey, scorer, customer_label="CRM-ID", contact_label=None, labels={})


def unweighted(*texts):
    return [(text, None) for text in texts]


@pytest.mark.parametrize(
    ("alternatives", "scores"),
    [
        # Within: the ends stand whatever it is, what is between does not.
        (unweighted("Mycket missnöjd", UNREADABLE, "Nöjd", "Mycket nöjd"), [0.0, NONE, NONE, 100.0]),
        (unweighted("Mycket nöjd", "Nöjd", UNREADABLE, "Missnöjd", "Vet ej"), [100.0, NONE, NONE, 0.0, NONE]),
        # Beyond an end: it may be the end, or "don't know".
        (unweighted("Missnöjd", "Nöjd", UNREADABLE), [0.0, NONE, NONE]),
        (unweighted(UNREADABLE, "Missnöjd", "Nöjd", "Mycket nöjd"), [NONE, NONE, NONE, 100.0]),
        (unweighted(UNREADABLE, "Missnöjd", "Nöjd", UNREADABLE), [NONE] * 4),
        # Numbers may be grades, and the weight that is missing the highest.
        (unweighted("1", "2", UNREADABLE, "4"), [NONE] * 4),
        ([("Missnöjd", 1), GAP, ("Nöjd", 3)], [NONE] * 3),
    ],
)
def test_an_end_keeps_its_score_where_that_is_safe(scorer, alternatives, scores):
    assert [
        step.score if step.score is not None else NONE for step in how(scorer, *alternatives).scales[31].steps
    ] == scores


@pytest.mark.parametrize(
    ("text", "score", "comment"), [("Mycket nöjd", 100.0, False), ("Nöjd", None, False), ("?!", None, True)]
)
def test_what_can_be_read_is_no_comment_and_what_names_the_gap_is_told(scorer, text, score, comment):
    book = how(scorer, *unweighted("Mycket missnöjd", UNREADABLE, "Nöjd", "Mycket nöjd"))
    given = Answer(1, 31, "RADIOBUTTON", "", text, None)
    (found,) = read_answers(AnswerSet(1, 4711, 501, START, START, START, (given,)), book)
    assert (found.score, found.comment, found.reason) == (
        score, comment, None if score is not None else "unmapped" if comment else "ambiguous"
    )  # fmt: skip


def test_a_ranking_is_one_with_a_gap_too(scorer):
    book = how(scorer, *unweighted("1", UNREADABLE, "3"), question="Rangordna", statements=("Pris", "Tid", "Stöd"))
    assert {step.score for step in book.scales[31].steps} == {None}
