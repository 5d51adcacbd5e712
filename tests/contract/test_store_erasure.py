"""Erasing: gone everywhere, kept out, and let in again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.store.filing.eraser import PURGE_TOMBSTONE_SECONDS
from tests.support.fakes import START, make_set

LATER = START + timedelta(hours=1)
GRAVE = 600


def test_erased_is_gone_everywhere_and_cannot_be_written_back(house):
    given = make_set(1, "Mycket missnöjd", comment="arg")
    house.file(given, make_set(2, "Nöjd", at=START - timedelta(days=1)))
    receipt = house.store.eraser.sets(4711, [1])
    assert (receipt.results, receipt.changes) == (1, 1)
    # A sweep that read it before the erasure files it after.
    assert house.file(given, make_set(3, "Nöjd", respondent=502)) == 1
    assert house.sets_of("C-1") == [3, 2]
    assert house.sets_of_respondent(501) == [2]
    assert house.changes() == []
    assert house.summary("C-1")["score"] == 75.0


def test_a_page_of_nothing_but_erased_sets_is_no_failure(house):
    house.file(make_set(1))
    house.store.eraser.sets(4711, [1])
    assert house.file(make_set(1)) == 0
    assert house.sets_of("C-1") == []


def test_a_grave_does_not_last_for_ever(house):
    house.file(make_set(1))
    house.store.eraser.sets(4711, [1])
    house.clock.advance(GRAVE + 1)
    assert house.file(make_set(1)) == 1
    assert house.sets_of("C-1") == [1]


@pytest.mark.parametrize("what", ["customer", "respondent"])
def test_a_purged_customer_or_respondent_stays_out_until_let_in(house, what):
    identifier = {"customer": "C-1", "respondent": 501}[what]
    house.file(make_set(1), make_set(2, customer="C-2", respondent=502))
    receipt = getattr(house.store.eraser, what)(identifier)
    assert receipt.results == 1
    house.clock.advance(GRAVE + 1)
    house.file(make_set(1, updated=LATER), make_set(3, at=LATER), make_set(4, customer="C-2", respondent=502))
    assert house.sets_of("C-1") == []
    assert house.sets_of_respondent(501) == []
    assert sorted(house.sets_of("C-2")) == [2, 4]
    assert house.store.eraser.keep_outs.lift(what, str(identifier))
    house.file(make_set(5, at=LATER))
    assert house.sets_of("C-1") == [5]


@pytest.mark.parametrize(("what", "identifier"), [("customer", "C-1"), ("respondent", 501), ("survey", 4711)])
def test_what_was_purged_comes_back_soon_once_it_may(house, what, identifier):
    """A survey that is put back on the list, and whoever is let in again, would else read as never answered."""
    house.file(make_set(1))
    assert getattr(house.store.eraser, what)(identifier).results == 1
    if what != "survey":
        assert house.store.eraser.keep_outs.lift(what, str(identifier))
    house.clock.advance(PURGE_TOMBSTONE_SECONDS + 1)
    assert house.file(make_set(1)) == 1
    assert house.sets_of("C-1") == [1]
    assert house.sets_of_respondent(501) == [1]
