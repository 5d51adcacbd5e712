"""The feed of changes: each once, in order, from where a reader left off; gone when it cannot be trusted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.store.feeds.cursors import encode_cursor
from service.store.feeds.feed import GoneCursorError
from service.survey.errors import BadCursorError
from tests.support.fakes import START, make_set

MINUTE = timedelta(minutes=1)
LOW, HIGH = "Mycket missnöjd", "Mycket nöjd"


def every(_change):
    return True


def page(house, cursor=None, *, since=None, limit=10, wanted=every):
    return house.store.feed.page(cursor=cursor, since=since, limit=limit, wanted=wanted)


def unhappy(house, number, *, customer=None):
    """One customer turns unhappy; it makes one change."""
    return house.file(make_set(number, LOW, customer=customer or f"C-{number}", at=START + number * MINUTE))


def customers(found):
    return [change["customer_id"] for change in found.changes]


def test_pages_give_each_change_once_in_order(house):
    for number in range(7):
        unhappy(house, number)
    seen, cursor = [], None
    for _ in range(4):
        found = page(house, cursor, limit=3)
        seen += customers(found)
        cursor = found.cursor
    assert seen == [f"C-{number}" for number in range(7)]
    assert page(house, cursor).changes == ()
    assert page(house, cursor).cursor == cursor
    unhappy(house, 7)
    assert customers(page(house, cursor)) == ["C-7"]


def test_an_empty_feed_gives_a_cursor_that_misses_nothing(house):
    cursor = page(house).cursor
    unhappy(house, 1)
    assert customers(page(house, cursor)) == ["C-1"]


def test_now_is_behind_the_newest(house):
    unhappy(house, 1)
    cursor = house.store.feed.now()
    assert page(house, cursor).changes == ()
    unhappy(house, 2)
    assert customers(page(house, cursor)) == ["C-2"]


def test_since_a_moment_ahead_hides_nothing_that_comes(house):
    unhappy(house, 1)
    found = page(house, since=2**44)
    assert found.changes == ()
    unhappy(house, 2)
    assert customers(page(house, found.cursor)) == ["C-2"]


def test_since_the_beginning_is_everything(house):
    unhappy(house, 1)
    assert customers(page(house, since=1)) == ["C-1"]


def test_a_filter_passes_over_and_does_not_come_back(house):
    for number in range(6):
        unhappy(house, number)
    found = page(house, limit=2, wanted=lambda change: change["customer_id"] in {"C-1", "C-4"})
    assert customers(found) == ["C-1", "C-4"]
    assert customers(page(house, found.cursor)) == ["C-5"]


@pytest.mark.parametrize(("limit", "more"), [(1, True), (5, True), (6, False), (7, False), (60, False)])
def test_a_page_knows_whether_there_is_more(house, limit, more):
    for number in range(6):
        unhappy(house, number)
    assert page(house, limit=limit).more == more


def test_more_is_more_of_what_is_wanted(house):
    for number in range(6):
        unhappy(house, number)
    wanted = {"C-1", "C-4"}
    first = page(house, limit=1, wanted=lambda change: change["customer_id"] in wanted)
    assert (customers(first), first.more) == (["C-1"], True)
    second = page(house, first.cursor, limit=1, wanted=lambda change: change["customer_id"] in wanted)
    assert (customers(second), second.more) == (["C-4"], False)


def test_exactly_a_round_of_looking_is_a_whole_page(house):
    for number in range(50):
        unhappy(house, number)
    assert not page(house, limit=50).more


def test_a_filter_that_finds_nothing_ends_a_page_and_moves_on(house, monkeypatch):
    monkeypatch.setattr("service.store.feeds.feed.LOOK_AT", 4)
    for number in range(10):
        unhappy(house, number)
    cursor, seen = None, []
    for _ in range(4):
        found = page(house, cursor, wanted=lambda change: change["customer_id"] == "C-9")
        cursor = found.cursor
        seen += customers(found)
    assert seen == ["C-9"]


def test_dropped_for_age_a_cursor_from_before_is_gone_and_a_later_one_is_not(house):
    for number in range(3):
        unhappy(house, number)
    first = page(house, limit=1).cursor
    last = page(house, limit=3).cursor
    assert house.store.feed.trim(2**44) == 3
    assert house.store.feed.trim(2**44) == 0
    with pytest.raises(GoneCursorError):
        page(house, first)
    assert page(house, last).changes == ()
    unhappy(house, 9)
    assert customers(page(house, last)) == ["C-9"]
    assert customers(page(house)) == ["C-9"]


def test_a_feed_emptied_by_age_gives_a_cursor_that_holds(house):
    unhappy(house, 1)
    house.store.feed.trim(2**44)
    cursor = page(house).cursor
    assert page(house, cursor).changes == ()


def test_a_cursor_of_a_store_that_was_lost_is_gone(house):
    unhappy(house, 1)
    cursor = page(house).cursor
    house.store.eraser.everything()
    with pytest.raises(GoneCursorError):
        page(house, cursor)


@pytest.mark.parametrize(
    "cursor",
    ["x", "%%%", "", "AAAA", encode_cursor("epoch"), encode_cursor("e", "1"), encode_cursor("e", "1-x"),
     encode_cursor("e", "99999999999999999999-0"), "é", "a" * 5000],
)  # fmt: skip
def test_garbage_is_no_cursor(house, cursor):
    with pytest.raises((BadCursorError, GoneCursorError)) as caught:
        page(house, cursor or "-")
    assert caught.type is BadCursorError


def test_the_same_revision_gives_the_same_id_and_another_one_another(house):
    first = make_set(1, LOW)
    house.file(first)
    (told,) = house.changes()
    house.store.eraser.everything()
    house.file(first)
    assert house.changes()[0]["id"] == told["id"]
    house.store.eraser.everything()
    house.file(make_set(1, LOW, updated=START + MINUTE))
    assert house.changes()[0]["id"] != told["id"]
