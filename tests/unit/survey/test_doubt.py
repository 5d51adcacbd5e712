"""What is believed at once, and what is asked for again first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.survey import doubt
from service.survey.model import UNREADABLE, Alternative, Survey
from tests.support.fakes import CUSTOMER, SATISFACTION, make_survey


def changed(survey: Survey, number: int, **how) -> Survey:
    return replace(survey, items=tuple(replace(i, **how) if i.id == number else i for i in survey.items))


def without(survey: Survey, *numbers: int) -> Survey:
    return replace(survey, items=tuple(item for item in survey.items if item.id not in numbers))


def words(*texts: str) -> tuple[Alternative, ...]:
    return tuple(Alternative(order, text) for order, text in enumerate(texts, 1))


SURVEY = make_survey()
OLD = next(item for item in SURVEY.items if item.id == SATISFACTION).alternatives


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (SURVEY, None),
        (without(SURVEY, CUSTOMER), doubt.NO_CUSTOMER_ITEM),
        (without(SURVEY, SATISFACTION), doubt.QUESTIONS_GONE),
        (without(SURVEY, *(item.id for item in SURVEY.items)), doubt.NO_CUSTOMER_ITEM),
        (changed(SURVEY, SATISFACTION, alternatives=()), doubt.ALTERNATIVES_GONE),
        (changed(SURVEY, SATISFACTION, alternatives=words("A", "B", "C", "D", "E", "F")), doubt.ALTERNATIVES_GONE),
        (changed(SURVEY, SATISFACTION, alternatives=(*OLD[:4], *words("Helnöjd", "Vet inte"))), None),
        (changed(SURVEY, SATISFACTION, alternatives=(*OLD, *words("Annat"))), None),
        (changed(SURVEY, SATISFACTION, type="CHECKBOX"), doubt.ANOTHER_TYPE),
        (changed(SURVEY, SATISFACTION, alternatives=(*OLD[:5], *words(UNREADABLE))), doubt.ALTERNATIVES_GONE),
        (changed(SURVEY, SATISFACTION, alternatives=tuple(replace(a, text=a.text.upper()) for a in OLD)), None),
        (changed(SURVEY, SATISFACTION, alternatives=tuple(replace(a, weight=9 - a.order) for a in OLD)), None),
    ],
)  # fmt: skip
def test_a_tree_that_takes_much_away_is_doubted(after, reason):
    nobodys = all(item.id != CUSTOMER for item in after.items)
    assert doubt.doubt_of_tree(SURVEY, after, nobodys=nobodys) == reason


def test_a_survey_that_never_had_a_customer_item_lacks_none():
    assert doubt.doubt_of_tree(without(SURVEY, CUSTOMER), without(SURVEY, CUSTOMER), nobodys=False) is None


@pytest.mark.parametrize(
    ("stored", "listed", "vanished", "doubted"),
    [
        (0, 0, 0, False), (5, 0, 5, True), (100, 80, 20, False),
        (100, 79, 21, True), (20, 10, 10, False), (12, 1, 11, True),
    ],
)  # fmt: skip
def test_a_list_that_takes_much_away_is_doubted(stored, listed, vanished, doubted):
    assert (doubt.doubt_of_list(stored, listed, vanished) is not None) is doubted


def test_a_suspicion_is_confirmed_once_it_has_stayed_the_same_for_long_enough():
    first = doubt.suspect(None, "tree-1", doubt.QUESTIONS_GONE, 1_000)
    assert not first.confirmed(300_999, 300)
    again = doubt.suspect(first, "tree-1", doubt.QUESTIONS_GONE, 301_000)
    assert again.confirmed(301_000, 300)
    other = doubt.suspect(again, "tree-2", doubt.QUESTIONS_GONE, 301_000)
    assert not other.confirmed(301_000, 300)
