"""What a cursor of the updates, `since` and `now` promise."""

from __future__ import annotations

import pytest

from service.store.feeds.feed import GoneCursorError, encode_cursor
from service.store.feeds.updates import BEYOND
from service.survey.errors import BadCursorError
from tests.support.fakes import make_set

from .reading import FUTURE, LATER, Reader, follower


def test_who_is_forgotten_after_a_time_makes_older_cursors_gone_and_no_others(three):
    early, late = follower(three), Reader(three)
    three.store.eraser.customer("C-2")
    assert late.look()[-1] == "-C-2"
    filling = Reader(three, limit=1)
    assert filling.page() == (["C-1"], True)
    assert three.store.updates.trim(FUTURE) == 1
    assert three.store.updates.trim(FUTURE) == 0
    with pytest.raises(GoneCursorError):
        early.look()
    assert late.look() == []
    # It stands before what was dropped, but began behind it: it never had that customer.
    assert filling.look() == ["C-3"]
    assert Reader(three).look() == ["C-1", "C-3"]
    three.file(make_set(7, customer="C-1", respondent=501, at=LATER))
    assert late.look() == filling.look() == ["C-1"]


def test_who_is_not_gone_is_never_forgotten(three):
    assert three.store.updates.trim(FUTURE) == 0
    assert Reader(three).look() == ["C-1", "C-2", "C-3"]


def test_numbers_rise_over_what_was_forgotten_and_over_a_clock_that_was_set_back(three):
    reader = follower(three)
    ahead = 10**12 * 3000
    three.client.zadd(three.keys.gone, {"C-0": ahead})
    assert reader.look() == ["-C-0"]
    three.store.updates.trim(ahead // 1000 + 1)
    three.file(make_set(4, customer="C-1", respondent=501, at=LATER))
    assert reader.look() == ["C-1"]


def test_since_a_moment(three):
    updates = three.store.updates
    three.client.zadd(three.keys.updates, {"C-1": 1_700_000_000_000_000})
    page = updates.page(cursor=None, since=1_700_000_000_000, limit=1)
    assert ([u.customer_id for u in page.customers], page.more) == (["C-1"], True)
    page = updates.page(cursor=None, since=1_700_000_000_001, limit=10)
    assert [update.customer_id for update in page.customers] == ["C-2", "C-3"]


@pytest.mark.parametrize("since", [FUTURE, 2**62])
def test_since_a_moment_ahead_hides_nothing_that_comes(three, since):
    page = three.store.updates.page(cursor=None, since=since, limit=10)
    assert page.customers == ()
    reader = Reader(three)
    reader.cursor = page.cursor
    three.file(make_set(4, customer="C-1", respondent=501, at=LATER))
    assert reader.look() == ["C-1"]


def test_now_is_behind_the_newest(three):
    reader = Reader(three)
    reader.cursor = three.store.updates.now().cursor
    assert reader.look() == []
    three.file(make_set(4, customer="C-1", respondent=501, at=LATER))
    assert reader.look() == ["C-1"]


def test_an_empty_store_gives_a_cursor_that_misses_nothing(house):
    reader = follower(house)
    house.file(make_set(1))
    assert reader.look() == ["C-1"]


def test_a_cursor_of_a_store_that_was_lost_is_gone(three):
    reader = follower(three)
    three.store.eraser.everything()
    with pytest.raises(GoneCursorError):
        reader.look()


@pytest.mark.parametrize(
    "cursor",
    ["x", "%%%", "AAAA", encode_cursor("epoch"), encode_cursor("e", "1"), encode_cursor("e", "1", "-1"),
     encode_cursor("e", "1-1", "2"), encode_cursor("e", "", ""), encode_cursor("e", "9" * 40, "1"),
     encode_cursor("e", "١", "1"), encode_cursor("e", "1", "2", "3"), "é", "a" * 2000],
)  # fmt: skip
def test_garbage_is_no_cursor(three, cursor):
    with pytest.raises(BadCursorError):
        three.store.updates.page(cursor=cursor, since=None, limit=10)


def test_a_feeds_cursor_is_none_of_ours(three):
    with pytest.raises(BadCursorError):
        three.store.updates.page(cursor=three.store.feed.now(), since=None, limit=10)


def test_a_number_beyond_all_is_passed_over(three):
    three.client.zadd(three.keys.updates, {"C-1": BEYOND * 10})
    assert Reader(three).look() == ["C-2", "C-3"]
    three.file(make_set(4, customer="C-1", respondent=501, at=LATER))
    assert Reader(three).look() == ["C-2", "C-3", "C-1"]
