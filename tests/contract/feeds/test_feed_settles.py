"""With replicas a change is held back until none of them can be without it."""

from __future__ import annotations

import pytest

from service.store.feeds.feed import Feed
from tests.harness.waiting import until
from tests.support.fakes import make_set

LOW = "Mycket missnöjd"


@pytest.fixture
def houses(house):
    """Three readers of one feed: at once, after a moment, and never within a test."""
    store, slow = house.store, {"quick": 0.0, "settled": 0.02, "patient": 600.0}
    return {
        name: Feed(house.client, house.keys, store.control, store.tolerance, settle=settle)
        for name, settle in slow.items()
    }


def read(feed, cursor=None):
    page = feed.page(cursor=cursor, since=None, limit=10, wanted=lambda _: True)
    return [change["customer_id"] for change in page.changes], page.cursor


def test_a_change_is_held_back_and_then_told_once(house, houses):
    house.file(make_set(1, LOW, customer="C-1"))
    assert read(houses["quick"])[0] == ["C-1"]
    told, cursor = read(houses["patient"])
    assert told == []
    # The cursor of an empty page lies before what was held back.
    assert read(houses["quick"], cursor)[0] == ["C-1"]
    assert until(lambda: read(houses["settled"])[0]) == ["C-1"]
    told, cursor = read(houses["settled"])
    assert read(houses["settled"], cursor) == ([], cursor)


def test_a_cursor_stays_where_it_is_while_more_is_held_back(house, houses):
    start = houses["quick"].now()
    house.file(make_set(1, LOW, customer="C-1"))
    assert read(houses["patient"], start) == ([], start)
    assert read(houses["quick"], start)[0] == ["C-1"]
