"""Which answers make a result's own score."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.survey.model import Alternative, Band, Kind
from service.survey.normalise import normalise
from service.survey.scoring.overrides import ItemOverride, Overrides
from tests.support.fakes import (
    RECOMMEND,
    SATISFACTION,
    make_set,
    make_survey,
)

from .answering import answered, item, read, shown

MATRIX = item(60, "MATRIX", "Hur nöjd är du med", statements=("Priset", "Leveransen"))


def test_a_matrix_is_shown_row_by_row():
    result = normalise(answered((60, "Nöjd", None, "Priset"), (60, "Missnöjd", None, "Leveransen")), read(MATRIX))
    assert [(answer.question, answer.score) for answer in result.answers] == [("Priset", 75.0), ("Leveransen", 25.0)]
    assert (result.score, result.band, result.basis.items) == (50.0, Band.NEUTRAL, 2)


def test_an_item_that_stands_alone_goes_before_a_matrix():
    result = normalise(answered((60, "Mycket missnöjd", None, "Priset"), (SATISFACTION, "Nöjd")), read(MATRIX))
    assert (result.score, result.basis.items) == (75.0, 1)


def test_the_band_is_that_of_the_answer_which_made_the_score():
    """Both answers score 25, but "ganska nöjd" is a positive label and so never low."""
    words = ("Missnöjd", "Ganska nöjd", "Nöjd", "Mycket nöjd", "Extremt nöjd")
    lifted = replace(MATRIX, alternatives=tuple(Alternative(n, text) for n, text in enumerate(words, 1)))
    result = normalise(answered((60, "Ganska nöjd", None, "Priset"), (SATISFACTION, "Missnöjd")), read(lifted))
    bands = [(answer.score, answer.band) for answer in result.answers]
    assert bands == [(25.0, Band.NEUTRAL), (25.0, Band.DISSATISFIED)]
    assert (result.score, result.band) == (25.0, Band.DISSATISFIED)


def test_satisfaction_goes_before_nps_and_kinds_are_never_mixed():
    assert normalise(make_set(1, "Missnöjd", recommend=10), read()).score == 25.0
    result = normalise(make_set(1, "Vet ej", recommend=9), read())
    assert (result.score, result.band, result.basis.kind) == (90.0, Band.VERY_SATISFIED, Kind.NPS)


def test_the_mean_over_items_of_one_kind_keeps_its_fraction():
    how = read(item(50), item(51))
    result = normalise(answered((SATISFACTION, "Nöjd"), (50, "Mycket nöjd"), (51, "Mycket nöjd")), how)
    assert result.score == pytest.approx(275 / 3)
    assert (result.band, result.basis.items) == (Band.VERY_SATISFIED, 3)


@pytest.mark.parametrize(
    ("points", "band"), [((6, 6), Band.DISSATISFIED), ((6, 8), Band.NEUTRAL), ((9, 9), Band.VERY_SATISFIED)]
)
def test_the_mean_of_several_recommend_items_has_an_nps_band(points, band):
    tree = make_survey()
    second = replace(next(i for i in tree.items if i.id == RECOMMEND), id=50, question_id=500)
    result = normalise(answered(*[(n, str(p), p) for n, p in zip((RECOMMEND, 50), points, strict=True)]), read(second))
    assert (result.band, result.basis.items) == (band, 2)


AGREEMENT = item(
    70,
    question="Leveransen kom i tid",
    alternatives=tuple(
        Alternative(n, text)
        for n, text in enumerate(
            ("Instämmer inte alls", "Instämmer delvis inte", "Varken eller", "Instämmer delvis", "Instämmer helt"), 1
        )
    ),
)


def test_agreement_makes_a_score_only_where_the_operator_names_the_item():
    given = answered((70, "Instämmer helt"), (SATISFACTION, "Nöjd"))
    result = normalise(given, read(AGREEMENT))
    assert (shown(result)[70].score, result.basis.kind) == (100.0, Kind.SATISFACTION)
    only = normalise(answered((70, "Instämmer helt")), read(AGREEMENT))
    assert (only.score, only.band, only.basis) == (None, None, None)
    named = Overrides(items={(4711, 70): ItemOverride(headline=True)})
    result = normalise(given, read(AGREEMENT, overrides=named))
    assert (result.score, result.basis.kind) == (100.0, Kind.AGREEMENT)
