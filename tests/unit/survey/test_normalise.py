"""From an answer set to a result: what it shows, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.app.lexicon_files import load
from service.survey.model import Alternative, Band, Kind, Reason, Survey
from service.survey.normalise import normalise
from service.survey.questions.codebook import codebook
from service.survey.scoring.overrides import ItemOverride, Overrides
from service.survey.scoring.scorer import Scorer
from tests.support.fakes import (
    COMMENT,
    CONTACT,
    CUSTOMER,
    DEPARTMENT,
    QUESTION,
    RECOMMEND,
    SATISFACTION,
    START,
    make_set,
)

from .answering import answered, item, read, shown


def test_a_result_tells_what_was_answered():
    given = make_set(9, "Nöjd", contact="P-1", comment="Bra!", recommend=10, updated=START + timedelta(days=1))
    result = normalise(given, read())
    assert (result.answer_set_id, result.survey_id, result.survey_name) == (9, 4711, "Kundnöjdhet")
    assert (result.customer_id, result.contact_id, result.respondent_id) == ("C-1", "P-1", 501)
    assert (result.answered_at, result.updated_at) == (START, START + timedelta(days=1))
    assert (result.score, result.band, result.basis.kind, result.basis.items) == (
        75.0,
        Band.SATISFIED,
        Kind.SATISFACTION,
        1,
    )
    assert list(shown(result)) == [SATISFACTION, COMMENT, RECOMMEND]


def test_question_texts_come_from_the_tree():
    found = shown(normalise(make_set(1, "Nöjd", comment="Bra!"), read()))
    assert found[SATISFACTION].question == QUESTION
    assert found[COMMENT].question == "Vad kan vi göra bättre?"


def test_several_items_of_one_question_are_told_apart():
    how = read(item(50, text="Priset", question_id=7), item(51, text="Leveransen", question_id=7))
    found = shown(normalise(answered((50, "Nöjd"), (51, "Nöjd")), how))
    assert found[50].question == "Hur nöjd är du med leveransen? – Priset"
    assert found[51].question == "Hur nöjd är du med leveransen? – Leveransen"


@pytest.mark.parametrize(
    ("question", "text", "told", "shown_as"),
    [("", "Ditt namn", "", "Ditt namn"), ("", "", "från svaret", "från svaret"), ("Fråga", "Rad", "x", "Fråga")],
)
def test_where_the_tree_has_no_text_the_next_best_is_shown(question, text, told, shown_as):
    how = read(item(50, question=question, text=text))
    assert shown(normalise(answered((50, "Nöjd", None, told)), how))[50].question == shown_as


@pytest.mark.parametrize("change", [{"completed": False}, {"respondent": -1}, {"respondent": 0}])
def test_unfinished_and_anonymous_sets_make_no_result(change):
    assert normalise(make_set(1, **change), read()) is None


def test_background_is_never_an_answer():
    result = normalise(make_set(1, contact="P-1", comment="x"), read())
    assert not {CUSTOMER, CONTACT} & set(shown(result))
    assert not any(answer.answer in {"C-1", "P-1"} for answer in result.answers)


def test_background_stays_hidden_where_no_label_is_found():
    how = read(customer_label="another", contact_label=None)
    result = normalise(make_set(1, contact="P-1"), how)
    assert (result.customer_id, result.contact_id) == (None, None)
    assert list(shown(result)) == [SATISFACTION]


def test_an_item_that_the_tree_does_not_know_is_left_out_and_noticed():
    how, given = read(), answered((SATISFACTION, "Nöjd"), (999, "hemligt"))
    assert list(shown(normalise(given, how))) == [SATISFACTION]
    assert [how.explains(answer) for answer in given.answers] == [True, False]


@pytest.mark.parametrize(
    ("number", "text", "known"),
    [
        (SATISFACTION, "Nöjd", True),
        (SATISFACTION, " nöjd ", True),
        (SATISFACTION, "", True),
        (SATISFACTION, "Ganska nöjd", False),
        (COMMENT, "what I like", True),
        (CUSTOMER, "C-1", True),
        (999, "", False),
    ],
)
def test_what_the_tree_explains(number, text, known):
    assert read().explains(answered((number, text)).answers[0]) is known


def test_stored_ids_are_taken_as_they_are():
    result = normalise(answered((SATISFACTION, "Nöjd")), read(), ids=("C-9", None))
    assert (result.customer_id, result.contact_id) == ("C-9", None)


def test_an_opinion_that_is_none_makes_no_score():
    result = normalise(make_set(1, "Vet ej"), read())
    assert (result.score, result.band, result.basis) == (None, None, None)
    assert shown(result)[SATISFACTION].reason is Reason.NO_OPINION


def test_a_department_makes_no_score():
    found = shown(normalise(answered((DEPARTMENT, "Inköp")), read()))[DEPARTMENT]
    assert (found.score, found.reason, found.answer, found.comment) == (None, Reason.NOT_A_SCALE, "Inköp", False)


@pytest.mark.parametrize(
    ("text", "comment"), [("Nöjd", False), ("NÖJD", False), ("Jag är arg på Kalle", True), ("Nöjd med Kalle", True)]
)
def test_text_beside_the_alternatives_is_a_comment(text, comment):
    found = shown(normalise(answered((SATISFACTION, text)), read()))[SATISFACTION]
    assert found.comment is comment
    assert (found.reason is Reason.UNMAPPED) is comment  # a scale of which nobody knows this wording
    assert (found.score is None) is comment


def test_markup_in_the_tree_and_in_the_answer_is_the_same_text():
    how = read(item(50, "DROPDOWN", "Bolag", alternatives=(Alternative(1, "Möller &amp; Co"), Alternative(2, "B"))))
    assert shown(normalise(answered((50, "Möller & Co")), how))[50].comment is False


def test_an_open_item_left_empty_is_not_shown():
    assert normalise(answered((COMMENT, " ")), read()).answers == ()


def test_an_empty_label_of_a_weighted_item_scores_by_weight():
    scale = tuple(Alternative(n, text, n) for n, text in enumerate(["Mycket dåligt", "", "", "", "Mycket bra"], 1))
    how = read(item(50, "WEIGHTED_RADIOBUTTON", "Hur var kvaliteten?", alternatives=scale))
    found = shown(normalise(answered((50, "", 4)), how))[50]
    assert (found.score, found.kind, found.comment) == (75.0, Kind.QUALITY, False)


@pytest.mark.parametrize(
    ("answer", "told", "comment"),
    [
        (("", None, "Faktura"), "Faktura", False),
        (("Faktura", None, ""), "Faktura", False),
        (("", None, "Annat: Kalle ringde"), "Annat: Kalle ringde", True),
    ],
)
def test_a_ticked_alternative_stands_in_the_question_text(answer, told, comment):
    how = read(
        item(50, "CHECKBOX", "Vad gällde det?", alternatives=(Alternative(1, "Faktura"), Alternative(2, "Annat")))
    )
    found = shown(normalise(answered((50, *answer)), how))[50]
    assert (found.question, found.answer, found.comment, found.score) == ("Vad gällde det?", told, comment, None)


def test_a_tick_of_nothing_is_not_shown():
    assert normalise(answered((50, "")), read(item(50, "checkbox"))).answers == ()


def test_an_item_that_the_operator_left_out_is_not_shown():
    out = Overrides(items={(4711, SATISFACTION): ItemOverride(excluded=True)})
    result = normalise(make_set(1, "Nöjd", comment="x"), read(overrides=out))
    assert list(shown(result)) == [COMMENT]
    assert result.score is None


def test_a_set_without_updated_is_dated_by_its_completion():
    assert normalise(replace(make_set(1), updated=None), read()).updated_at == START


def test_a_survey_without_items_shows_nothing():
    how = codebook(Survey(1, "tom", None, None), Scorer(load()), customer_label="CRM-ID", contact_label=None, labels={})
    assert normalise(make_set(1), how).answers == ()


def test_a_reading_is_named_by_its_tree_and_its_labels():
    how = read()
    assert (how.version, how.identity) == (read().version, read().identity)
    assert read(item()).version != how.version
    assert read(contact_label=None).identity != how.identity
    assert read(contact_label=None).version == how.version
