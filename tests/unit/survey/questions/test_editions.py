"""Answers beside a tree that says something else: another edition, language or weight, or no choice at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.app.lexicon_files import load
from service.survey.model import Alternative, Answer, QuestionItem, Reason, Survey
from service.survey.questions.answers import read_answers, unrecognised
from service.survey.questions.codebook import Former, codebook
from service.survey.scoring.scorer import Scorer
from tests.support.fakes import START, make_set

SCORER = Scorer(load())
NOW = int(START.timestamp() * 1000)
HOUR = 3_600_000
WORDS = ("Mycket missnöjd", "Missnöjd", "Varken eller", "Nöjd", "Mycket nöjd")
ITEM = 31


def item(words=WORDS, weights=(None,) * 5, *, other=(), number=ITEM, question="Hur nöjd är du med oss?", **more):
    steps = [*zip(words, weights, strict=False), *((text, None) for text in other)]
    alternatives = tuple(Alternative(order, text, weight) for order, (text, weight) in enumerate(steps, 1))
    return QuestionItem(
        number, more.pop("kind", "RADIOBUTTON"), more.pop("text", ""), 1, question, None, alternatives, **more
    )


def how(*items, former=()):
    return codebook(
        Survey(4711, "Kundnöjdhet", "swe", None, items),
        SCORER,
        customer_label="CRM-ID",
        contact_label=None,
        labels={},
        former=[Former(was, until) for was, until in former],
    )


def read(book, *rows, at=START):
    """Scores and reasons of rows (text, weight, position[, question text])."""
    answers = tuple(
        Answer(number, ITEM, "RADIOBUTTON", (row[3] if len(row) > 3 else ""), *row[:3])
        for number, row in enumerate(rows)
    )
    return read_answers(replace(make_set(1, None, customer=None, at=at), answers=answers), book)


def one(book, text, weight=None, position=None, at=START):
    (found,) = read(book, (text, weight, position), at=at)
    return found.score, found.reason


RISING, FALLING = (0, 25, 50, 75, 100), (100, 75, 50, 25, 0)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize(("was", "now"), [(RISING, FALLING), (FALLING, RISING), (RISING, (1, 2, 3, 4, 5))])
def test_weights_that_were_turned_or_corrected_turn_no_stored_score(place, was, now):
    before, after = how(item(weights=was)), how(item(weights=now), former=[(item(weights=was), NOW + HOUR)])
    given = (WORDS[place], was[place], place + 1)
    assert one(after, *given) == one(before, *given) == (25 * place, None)
    # Where answers follow the tree they fit it.
    assert one(after, WORDS[place], now[place], place + 1) == (25 * place, None)


@pytest.mark.parametrize("place", range(5))
def test_an_inner_step_without_a_text_is_named_by_weight_and_position_together(place):
    ends = ("Mycket svårt", "", "", "", "Mycket lätt")
    was, now = item(ends, (1, 2, 3, 4, 5)), item(ends, (5, 4, 3, 2, 1))
    text = ends[place]
    before = one(how(was), text, place + 1, place + 1)
    assert one(how(now, former=[(was, NOW)]), text, place + 1, place + 1) == before
    if not text and place != 2:
        # Nobody has seen the edition that this belongs to: never the old weight under the new tree.
        assert one(how(now), text, place + 1, place + 1) == (None, Reason.AMBIGUOUS)


@pytest.mark.parametrize(("text", "weight"), [("Mycket nöjd", 0), ("Nöjd", 0), ("Mycket missnöjd", 100), ("Nöjd", 7)])
def test_the_text_of_one_and_the_weight_of_another_is_ambiguous(text, weight):
    assert one(how(item(weights=RISING)), text, weight) == (None, Reason.AMBIGUOUS)


def test_a_weight_of_zero_is_none_where_the_tree_gives_none():
    book = how(item(weights=RISING, other=["Vet ej"]))
    assert one(book, "Vet ej", 0, 6) == (None, Reason.NO_OPINION)
    assert one(book, "Mycket missnöjd", 0, 1) == (0, None)
    assert one(how(item()), "Nöjd", 0, 4) == (75, None)  # no weights at all


@pytest.mark.parametrize("place", range(5))
def test_a_mended_wording_keeps_the_score_of_what_was_answered(place):
    mended = tuple(text.replace("Mycket", "Väldigt") for text in WORDS)
    book = how(item(mended), former=[(item(), NOW + HOUR)])
    assert one(book, WORDS[place], None, place + 1) == (25 * place, None)
    assert one(book, mended[place], None, place + 1) == (25 * place, None)


def test_a_removed_question_keeps_the_answers_it_was_given():
    book = how(item(number=99), former=[(item(), NOW + HOUR)])
    assert one(book, "Missnöjd", None, 2) == (25, None)
    (found,) = read(book, ("Missnöjd", None, 2))
    assert (found.question, found.comment) == ("Hur nöjd är du med oss?", False)


def test_a_question_that_became_a_checkbox_keeps_the_scores_of_its_choices():
    book = how(item(kind="CHECKBOX"), former=[(item(), NOW + HOUR)])
    assert one(book, "Missnöjd", None, 2) == (25, None)
    (ticked,) = read(book, ("", None, None, "Missnöjd"), at=START + timedelta(hours=2))
    assert (ticked.score, ticked.reason) == (None, Reason.NOT_A_SCALE)


def test_an_answer_is_read_by_the_edition_of_its_time():
    """The same words on another list: three steps once, five now."""
    was = item(("Missnöjd", "Varken eller", "Nöjd"))
    book = how(item(), former=[(was, NOW)])
    assert one(book, "Nöjd", None, None, at=START - timedelta(hours=1)) == (100, None)
    assert one(book, "Nöjd", None, None, at=START + timedelta(hours=1)) == (75, None)
    older = how(item(), former=[(was, NOW), (item(("Dåligt", "Bra")), NOW - 2 * HOUR)])
    assert one(older, "Nöjd", None, None, at=START - timedelta(hours=1)) == (100, None)
    assert one(older, "Bra", None, None, at=START + timedelta(hours=1)) == (100, None)


@pytest.mark.parametrize(
    "spelt",
    [
        "<p>Mycket&nbsp;nöjd</p>",
        "MYCKET  NÖJD",
        "Mycket no\u0308jd",
        "Myc\u00adket nöjd",
        "Mycket nöjd\u200b",
        " mycket nöjd ",
    ],
)
def test_the_same_wording_in_another_spelling_is_the_same(spelt):
    (found,) = read(how(item()), (spelt, None, 5))
    assert (found.score, found.comment, found.answer) == (100, False, "Mycket nöjd")


LANGUAGES = (
    ("Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied", "Satisfied", "Very satisfied"),
    ("Sehr unzufrieden", "Unzufrieden", "Weder noch", "Zufrieden", "Sehr zufrieden"),
    ("Erittäin tyytymätön", "Tyytymätön", "En tyytyväinen enkä tyytymätön", "Tyytyväinen", "Erittäin tyytyväinen"),
)


@pytest.mark.parametrize("words", LANGUAGES, ids=["en", "de", "fi"])
@pytest.mark.parametrize("place", [0, 1, 3, 4])
def test_an_answer_in_another_language_is_named_by_its_position_where_its_words_agree(words, place):
    assert one(how(item()), words[place], None, place + 1) == (25 * place, None)
    # Where they don't, and where there is no position, nobody knows.
    assert one(how(item()), words[place], None, 5 - place) == (None, Reason.UNMAPPED)
    assert one(how(item()), words[place], None, None) == (None, Reason.UNMAPPED)


def test_what_no_alternative_says_is_told_and_is_somebodys_text():
    (found,) = read(how(item()), ("Ring Kalle på 070", None, 3))
    assert (found.score, found.reason, found.comment) == (None, Reason.UNMAPPED, True)
    assert unrecognised(found)
    departments = item(("Inköp", "Ekonomi"), question="Avdelning", other=["Annat"])
    (other,) = read(how(departments), ("Kundklubben", None, 3))
    assert (other.reason, other.comment, unrecognised(other)) == (Reason.FREE_TEXT, True, False)


def test_two_choices_where_one_is_possible_are_ambiguous_and_the_same_twice_is_one():
    book = how(item())
    assert [(a.score, a.reason) for a in read(book, ("Nöjd", None, 4), ("Missnöjd", None, 2))] == [
        (None, Reason.AMBIGUOUS)
    ] * 2
    assert [a.score for a in read(book, ("Nöjd", None, 4), ("Nöjd", None, 4))] == [75]
    with_text = read(book, ("Nöjd", None, 4), ("men det tog tid", None, 4))
    assert [(a.score, a.comment) for a in with_text] == [(75, False), (None, True)]


MATRIX = {"kind": "MATRIX", "question": "Vad tycker du om följande?", "statements": ("Priset", "Leveransen")}


def test_two_columns_for_one_statement_are_ambiguous_and_another_statement_is_not_touched():
    book = how(item(**MATRIX))
    rows = [("Nöjd", None, 4, "Priset"), ("Missnöjd", None, 2, "Priset"), ("Nöjd", None, 4, "Leveransen")]
    assert [(a.question, a.score) for a in read(book, *rows)] == [
        ("Priset", None),
        ("Priset", None),
        ("Leveransen", 75),
    ]


@pytest.mark.parametrize(
    ("question", "columns", "statements"),
    [
        ("Rangordna följande efter hur viktiga de är", 3, 4),
        ("Bitte bringen Sie in eine Reihenfolge", 3, 3),
        ("Please rank the following", 4, 4),
        ("Vad är viktigast för dig?", 3, 3),
        ("Classez les éléments suivants", 5, 5),
    ],
)
def test_a_ranking_is_no_scale(question, columns, statements):
    places = tuple(str(place) for place in range(1, columns + 1))
    names = tuple(f"Sak {number}" for number in range(statements))
    book = how(item(places, (None,) * columns, kind="MATRIX", question=question, statements=names))
    assert [(a.score, a.reason) for a in read(book, ("1", None, 1, names[0]))] == [(None, Reason.NOT_A_SCALE)]


def test_a_rating_in_numbers_with_more_steps_than_statements_is_a_scale():
    places = tuple(str(place) for place in range(1, 6))
    rating = item(
        places, (None,) * 5, kind="MATRIX", question="Hur nöjd är du? 1 = missnöjd, 5 = nöjd", statements=("A", "B")
    )
    assert [a.score for a in read(how(rating), ("5", None, 5, "A"))] == [100]


CHECKBOX = item(
    ("Beställning", "Faktura"), (None, None), kind="CHECKBOX", question="Vad gällde det?", text="Flera svar möjliga"
)


@pytest.mark.parametrize("kind", ["CHECKBOX", "WEIGHTED_CHECKBOX", "checkbox_list"])
def test_the_row_that_repeats_what_was_asked_is_neither_tick_nor_comment(kind):
    book = how(
        replace(CHECKBOX, type=kind, alternatives=tuple(Alternative(n, t, n) for n, t in enumerate(("A", "B"), 1)))
    )
    rows = [
        ("", None, None, "Flera svar möjliga"),
        ("Vad gällde det?", None, None, "Vad gällde det?"),
        ("", 2, None, "B"),
    ]
    assert [(a.answer, a.score, a.reason, a.comment) for a in read(book, *rows)] == [
        ("B", None, Reason.NOT_A_SCALE, False)
    ]


@pytest.mark.parametrize(
    ("question", "text", "title"),
    [
        ("Om dig", "Hur nöjd är du med oss?", "Hur nöjd är du med oss?"),
        ("", "Hur nöjd är du med oss?", "Hur nöjd är du med oss?"),
        ("Hur nöjd är du med oss?", "", "Hur nöjd är du med oss?"),
        ("Hur nöjd är du med oss?", "Välj ett alternativ", "Hur nöjd är du med oss?"),
    ],
)
def test_a_heading_is_not_what_was_asked(question, text, title):
    (found,) = read(how(item(question=question, text=text)), ("Nöjd", None, 4))
    assert found.question == title


def test_a_new_customer_in_the_background_dropdown_makes_no_new_version():
    def dropdown(*names):
        return replace(item(names, (None,) * len(names), number=40, kind="DROPDOWN"), background_label=901)

    assert how(item(), dropdown("C-1")).version == how(item(), dropdown("C-1", "C-2")).version
    assert how(item(), dropdown("C-1")).version != how(item(WORDS[:4]), dropdown("C-1")).version
