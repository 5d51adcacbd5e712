"""Filing: once, in one place, never backwards, and never by who may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.survey.errors import StaleLeaseError, StoreAwayError
from service.survey.model import Band
from tests.support import stores
from tests.support.fakes import START, make_set
from tests.support.house import House

from .dying import DyingFiler, KilledError

LATER = START + timedelta(hours=1)
GRAVE = 600


def test_filed_twice_is_filed_once(house):
    first = make_set(1, "Mycket missnöjd", contact="P-1", comment="Tack")
    assert house.file(first) == 1
    body, changes = house.stored("C-1", comments=True), house.changes()
    assert house.file(first) == 0
    assert house.stored("C-1", comments=True) == body
    assert house.changes() == changes
    assert [change["kind"] for change in changes] == ["first_low"]


def test_a_page_of_nothing_files_nothing(house):
    assert house.store.filer.file(4711, []) == 0


def test_filed_again_on_demand_with_the_same_content_says_the_same(house):
    given = make_set(1, "Nöjd")
    house.file(given)
    before = house.stored("C-1")
    assert house.file(given, again=True, event=None) == 1
    assert house.stored("C-1") == before
    assert house.changes() == []


@pytest.mark.parametrize("customer", ["C-1", "Müller & Söhne GmbH/7", "{brace}", "客户 1", "a" * 200, "n\x00l", "'\""])
def test_a_customer_of_any_alphabet_has_a_place_of_its_own(house, customer):
    house.file(make_set(1, customer=customer), make_set(2, customer="someone else", respondent=502))
    assert house.sets_of(customer) == [1]
    assert house.summary(customer)["customer_id"] == customer


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"customer": "C-2"}, True),
        ({"customer": None}, True),
        ({"completed": False}, False),
        ({"respondent": -1}, False),
        ({"respondent": 0}, False),
    ],
    ids=["other customer", "no customer", "unfinished", "anonymous", "nobody"],
)
def test_a_set_that_comes_back_differently_leaves_its_place(house, change, left):
    house.file(make_set(1, "Missnöjd"), make_set(2, "Nöjd", at=START - timedelta(days=1)))
    house.file(make_set(1, "Missnöjd", updated=LATER, **change))
    assert house.sets_of("C-1") == [2]
    assert house.summary("C-1")["answered"] == 1
    assert house.summary("C-1")["score"] == 75.0
    assert house.sets_of_respondent(501) == ([1, 2] if left else [2])
    assert house.sets_of("C-2") == ([1] if change.get("customer") == "C-2" else [])
    low, _ = house.store.standing.page([Band.DISSATISFIED], limit=10, max_score=None, before=None, cursor=None)
    assert [found.customer_id for found in low] == (["C-2"] if change.get("customer") == "C-2" else [])


def test_a_customer_whose_last_set_leaves_is_as_if_never_seen(house):
    nobody = house.stored("C-1")
    house.file(make_set(1))
    house.file(make_set(1, customer=None, updated=LATER))
    assert house.stored("C-1").body == nobody.body
    assert house.store.filer.states(["C-1"]) == {"C-1": b""}


def test_a_set_that_moves_to_another_respondent_is_read_there_alone(house):
    house.file(make_set(1))
    house.file(make_set(1, respondent=777, updated=LATER))
    assert house.sets_of_respondent(501) == []
    assert house.sets_of_respondent(777) == [1]
    assert house.sets_of("C-1") == [1]


@pytest.mark.parametrize(("change", "served"), [({"completed": False}, []), ({"respondent": -1}, [])])
def test_what_may_not_be_served_is_known_and_not_served(house, change, served):
    assert house.file(make_set(1, comment="hemligt", **change)) == 1
    assert house.file(make_set(1, comment="hemligt", **change)) == 0
    assert house.sets_of("C-1") == served
    assert house.sets_of_respondent(501) == served
    keys = [key for key in house.client.scan_iter() if house.client.type(key) == b"hash"]
    assert not any(b"hemligt" in value for key in keys for value in house.client.hgetall(key).values())


def test_an_older_reading_never_replaces_a_newer_one(house):
    house.file(make_set(1, "Nöjd", updated=LATER))
    assert house.file(make_set(1, "Missnöjd")) == 0
    assert house.summary("C-1")["score"] == 75.0
    assert house.file(make_set(1, "Missnöjd"), force=True) == 1
    assert house.summary("C-1")["score"] == 25.0


def test_an_edited_answer_replaces_its_own(house):
    house.file(make_set(1, "Nöjd"))
    house.file(make_set(1, "Mycket missnöjd", updated=LATER))
    document = house.summary("C-1")
    assert (document["answered"], document["score"], document["band"]) == (1, 0.0, "very_dissatisfied")
    assert [change["kind"] for change in house.changes()] == ["crossed_below"]


def test_a_lease_that_is_no_longer_the_newest_files_nothing(house):
    control = house.store.control
    old = control.take_lease(4711, 60)
    control.keep_lease(4711, old, 0)
    new = control.take_lease(4711, 60)
    with pytest.raises(StaleLeaseError):
        house.file(make_set(1), lease=old)
    assert house.summary("C-1")["low_respondents"] == 0
    assert house.changes() == []
    assert dict(house.store.reads.revisions(4711)) == {}
    assert house.file(make_set(1), lease=new) == 1
    assert house.sets_of("C-1") == [1]


def test_killed_between_homes_and_commit_makes_one_event_in_the_end(house):
    dying = DyingFiler(house.client, house.keys, house.clock)
    house.file(make_set(1, "Nöjd", at=START - timedelta(days=2)))
    low = house.filings(make_set(2, "Mycket missnöjd"))
    for _ in range(2):
        with pytest.raises(KilledError):
            dying.file(4711, low, event=house.maker())
    assert house.changes() == []
    assert house.store.filer.file(4711, low, event=house.maker()) == 1
    assert house.store.filer.file(4711, low, event=house.maker()) == 0
    (change,) = house.changes()
    assert (change["kind"], change["previous_score"], change["answer_set_id"]) == ("crossed_below", 75.0, 2)
    assert house.summary("C-1")["trend"] == {"previous": 75.0, "change": -75.0, "respondent_id": 501}


def test_what_a_killed_process_left_is_cleaned_away(house):
    dying = DyingFiler(house.client, house.keys, house.clock)
    house.file(make_set(1, "Nöjd"))
    before = house.stored("C-1")
    with pytest.raises(KilledError):
        dying.file(4711, house.filings(make_set(2, "Missnöjd", at=LATER), make_set(3, customer="C-9")))
    assert house.store.filer.clean(4711) == 2
    assert house.stored("C-1") == before
    assert house.sets_of("C-9") == []
    assert house.store.filer.clean(4711) == 0


def test_cleaning_takes_nothing_that_was_committed(house):
    house.file(make_set(1, "Nöjd"))
    dying = DyingFiler(house.client, house.keys, house.clock)
    with pytest.raises(KilledError):
        dying.file(4711, house.filings(make_set(1, "Missnöjd", updated=LATER)))
    house.store.filer.clean(4711)
    assert house.sets_of("C-1") == [1]


def test_changes_come_in_the_order_answered(house):
    words = ["Mycket missnöjd", "Nöjd", "Missnöjd"]
    sets = [make_set(n, word, at=START + timedelta(days=n)) for n, word in enumerate(words, 1)]
    house.file(*reversed(sets))
    assert [change["kind"] for change in house.changes()] == ["first_low", "recovered", "crossed_below"]


def test_a_set_with_no_dates_of_its_own_is_filed(house):
    house.file(replace(make_set(1), updated=None))
    assert house.sets_of("C-1") == [1]


def test_a_change_goes_with_the_set_that_made_it(house):
    house.file(make_set(1, "Missnöjd", comment="arg"), make_set(2, "Missnöjd", customer="C-2", respondent=502))
    house.file(make_set(1, "Missnöjd", comment="arg", customer="C-3", updated=LATER))
    assert [change["customer_id"] for change in house.changes()] == ["C-2", "C-3"]
    house.file(make_set(1, "Missnöjd", completed=False, updated=LATER + timedelta(hours=1)))
    assert [change["customer_id"] for change in house.changes()] == ["C-2"]


def test_a_store_that_is_away_says_so():
    with stores.connected_nowhere() as client:
        away = House(client)
        asking = [
            lambda: away.file(make_set(1)),
            lambda: away.stored("C-1"),
            lambda: away.sets_of("C-1"),
            lambda: away.sets_of_respondent(501),
            away.store.control.swept,
            lambda: away.store.control.take_lease(4711, 60),
            lambda: away.store.eraser.sets(4711, [1]),
            lambda: dict(away.store.reads.revisions(4711)),
        ]
        for ask in asking:
            with pytest.raises(StoreAwayError):
                ask()
