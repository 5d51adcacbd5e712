"""Who stands low: worst band first, then score, then longest ago; pages stay right while others move."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.survey.errors import BadCursorError
from service.survey.model import Band
from tests.support.fakes import START, WORDS, make_set

DAY = timedelta(days=1)
LOW = (Band.VERY_DISSATISFIED, Band.DISSATISFIED)
EVERY = (*Band, None)


def listed(house, bands=LOW, *, limit=100, cursor=None, max_score=None, before=None):
    return house.store.standing.page(bands, limit=limit, max_score=max_score, before=before, cursor=cursor)


def names(found):
    return [standing.customer_id for standing in found[0]]


def all_pages(house, bands=LOW, limit=1, between=lambda: None, **more):
    seen, cursor = [], None
    for _ in range(50):
        found, cursor = listed(house, bands, limit=limit, cursor=cursor, **more)
        seen += [standing.customer_id for standing in found]
        if cursor is None:
            return seen
        between()
    raise AssertionError("the list does not end")


@pytest.fixture
def filled(house):
    """A to E: 0 points long ago, 0 points lately, 25, 50, 100; F has no score."""
    for number, (customer, word, days) in enumerate(
        [("B", 0, 1), ("A", 0, 9), ("C", 1, 3), ("D", 2, 5), ("E", 4, 2), ("F", 5, 7)], 1
    ):
        house.file(make_set(number, WORDS[word], customer=customer, respondent=number, at=START - days * DAY))
    return house


def test_worst_first_then_longest_ago(filled):
    assert names(listed(filled)) == ["A", "B", "C"]
    assert names(listed(filled, EVERY)) == ["A", "B", "C", "D", "E", "F"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 6, 100])
@pytest.mark.parametrize("bands", [LOW, EVERY, (Band.NEUTRAL, None)])
def test_pages_give_each_customer_once(filled, bands, limit):
    assert all_pages(filled, bands, limit) == names(listed(filled, bands))


def test_a_page_that_ends_with_its_band_goes_on_in_the_next(filled):
    found, cursor = listed(filled, limit=2)
    assert [s.customer_id for s in found] == ["A", "B"]
    assert names(listed(filled, limit=2, cursor=cursor)) == ["C"]


def test_what_is_told_of_a_customer(filled):
    filled.file(make_set(77, "Missnöjd", customer="A", respondent=99, at=START))
    (found,) = (standing for standing in listed(filled)[0] if standing.customer_id == "A")
    assert (found.newest.score, found.newest.band, found.low_respondents) == (25.0, Band.DISSATISFIED, 2)
    assert max(found.rows).answered_at == START


def test_narrowed_by_score_and_by_silence(filled):
    assert names(listed(filled, max_score=10)) == ["A", "B"]
    before = int((START - 4 * DAY).timestamp())
    assert names(listed(filled, EVERY, before=before)) == ["A", "D", "F"]
    assert all_pages(filled, EVERY, before=before) == ["A", "D", "F"]


def test_many_at_the_same_place_are_each_listed_once(house):
    customers = [f"K-{number:02}" for number in range(23)]
    house.file(*(make_set(n, WORDS[0], customer=c, respondent=n + 1) for n, c in enumerate(customers)))
    assert all_pages(house, limit=4) == customers


def test_while_customers_move_nobody_else_is_missed_or_doubled(house):
    customers = [f"K-{number:02}" for number in range(20)]
    house.file(*(make_set(n, WORDS[n % 2], customer=c, respondent=n + 1) for n, c in enumerate(customers)))
    movers = iter([f"K-{number:02}" for number in (3, 8, 1, 16, 11)])

    def move():
        customer = next(movers, None)
        if customer:
            number = int(customer[2:])
            house.file(
                make_set(100 + number, "Mycket nöjd", customer=customer, respondent=500 + number, at=START + DAY)
            )

    seen = all_pages(house, limit=3, between=move)
    still = {c for c in customers if c not in {"K-03", "K-08", "K-01", "K-16", "K-11"}}
    assert len(seen) == len(set(seen))
    assert still <= set(seen)


def test_a_page_that_looks_at_too_many_ends_early_and_goes_on(house, monkeypatch):
    monkeypatch.setattr("service.store.feeds.standing_order.LOOK_AT", 5)
    house.file(*(make_set(n, WORDS[0], customer=f"K-{n:02}", respondent=n + 1) for n in range(12)))
    house.file(make_set(50, WORDS[1], customer="Z", respondent=99, at=START - 30 * DAY))
    before = int((START - 10 * DAY).timestamp())
    assert all_pages(house, limit=10, before=before) == ["Z"]


@pytest.mark.parametrize("cursor", ["x", "%%", "AAAA"])
def test_garbage_is_no_cursor(filled, cursor):
    with pytest.raises(BadCursorError):
        listed(filled, cursor=cursor)


def test_nobody(house):
    assert listed(house, EVERY) == ([], None)
