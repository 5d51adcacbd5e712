"""Sets that are served and that Netigate no longer gives readably: told at once, and not served for ever."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from service.survey.errors import UnavailableError
from service.sweeping.reconciling.reread import Rereader
from tests.support.fakes import START, make_set

HOUR, DAY, WEEK = 3600.0, 86_400.0, 7 * 86_400.0
COUNT = 30


@pytest.fixture
def care(house):
    """Sweeps' housekeeping, over COUNT customers with one set each, that were all compared with the list."""
    house.upstream.put(*(make_set(n, customer=f"C-{n}", respondent=n) for n in range(1, COUNT + 1)))
    reconciler, filer = house.reconciler(), house.sweeper().filer
    rereader = Rereader(house.upstream, house.store, filer, reconciler.unreadable, 7.0, house.clock)
    found = house.housekeeping(reconciler, HOUR, rereader=rereader)
    house.sweep()
    go_on(house, found, HOUR)
    return found


def go_on(house, care, seconds, step=HOUR):
    """Let time pass, with a turn at each step."""
    with house.lease(seconds=seconds + HOUR) as token, capture_logs() as lines:
        while seconds > 0:
            house.clock.advance(min(step, seconds))
            seconds -= step
            care.after_sweep(4711, token)
    return [line["event"] for line in lines if line["log_level"] in {"error", "warning"}]


def served(house, number):
    return bool(house.sets_of(f"C-{number}"))


def unreadable(house):
    return house.store.control.state(4711).unreadable


def spoil(house, *numbers, dated=False):
    """The sets are nonsense from now on; `dated`: and have another Updated."""
    house.upstream.unreadable |= set(numbers)
    if dated:
        moved = house.clock.now()
        house.upstream.put(*(make_set(n, customer=f"C-{n}", respondent=n, updated=moved) for n in numbers))


def test_one_that_changed_and_cannot_be_read_is_told_and_served_for_three_days(house, care):
    spoil(house, 7, dated=True)
    assert "answer_sets_no_longer_readable" in go_on(house, care, 2 * HOUR)
    assert (unreadable(house), served(house, 7)) == (1, True)
    go_on(house, care, 2 * DAY)
    assert (unreadable(house), served(house, 7)) == (1, True)
    assert "answer_sets_withdrawn" in go_on(house, care, DAY)
    assert (unreadable(house), served(house, 7)) == (1, False)
    assert not [change for change in house.changes() if change["customer_id"] == "C-7"]
    assert served(house, 8)


def test_one_without_a_new_date_is_met_by_the_rereading(house, care):
    spoil(house, 7)
    assert "answer_sets_no_longer_readable" in go_on(house, care, WEEK + HOUR)
    assert (unreadable(house), served(house, 7)) == (1, True)
    go_on(house, care, 3 * DAY)
    assert (unreadable(house), served(house, 7)) == (1, False)


@pytest.mark.parametrize("dated", [False, True])
def test_one_that_can_be_read_again_stays_or_comes_back(house, care, dated):
    spoil(house, 7, dated=dated)
    go_on(house, care, WEEK + HOUR if not dated else HOUR)
    assert unreadable(house) == 1
    house.upstream.unreadable.clear()
    go_on(house, care, 4 * DAY)
    assert (unreadable(house), served(house, 7)) == (0, True)
    spoil(house, 7, dated=dated)
    go_on(house, care, WEEK + 4 * DAY)
    assert not served(house, 7)
    house.upstream.unreadable.clear()
    go_on(house, care, WEEK + HOUR)
    assert (unreadable(house), served(house, 7)) == (0, True)


def test_one_that_was_filed_anew_meanwhile_counts_no_longer(house, care):
    spoil(house, 7, dated=True)
    go_on(house, care, HOUR)
    house.upstream.unreadable.clear()
    house.upstream.put(make_set(7, "Missnöjd", customer="C-7", respondent=7, updated=house.clock.now()))
    house.sweep()
    go_on(house, care, HOUR)
    assert (unreadable(house), served(house, 7)) == (0, True)


def test_withdrawn_it_counts_on_and_comes_back_at_once(house, care):
    spoil(house, 7, dated=True)
    while served(house, 7):
        go_on(house, care, HOUR)
    assert unreadable(house) == 1
    house.upstream.unreadable.clear()
    house.upstream.put(make_set(7, customer="C-7", respondent=7, updated=house.clock.now()))
    house.sweep()
    assert served(house, 7)


def test_many_at_once_are_not_believed(house, care):
    spoil(house, *range(1, 12), dated=True)
    told = go_on(house, care, 4 * DAY)
    assert "unreadable_sets_not_believed" in told
    assert unreadable(house) == 11
    assert all(served(house, number) for number in range(1, COUNT + 1))


def test_while_netigate_cannot_be_asked_none_is_withdrawn(house, care):
    spoil(house, 7, dated=True)
    go_on(house, care, HOUR)
    house.upstream.failure, house.upstream.failing = UnavailableError("answer", cause="timeout"), {"set"}
    go_on(house, care, 4 * DAY)
    assert served(house, 7)
    house.upstream.failure = None
    go_on(house, care, 2 * HOUR)
    assert not served(house, 7)


def test_one_that_was_never_served_is_counted_and_there_is_nothing_to_withdraw(house, care):
    house.upstream.put(make_set(99, customer="C-99", updated=START))
    spoil(house, 99)
    told = go_on(house, care, 4 * DAY)
    assert "answer_sets_withdrawn" not in told
    assert unreadable(house) == 1


def test_pages_with_sets_that_do_not_even_name_themselves_are_counted_while_it_is_so(house, care):
    answer_list = house.upstream.answer_list

    def readable(survey_id, **window):
        house.upstream.set_aside, kept = 0, house.upstream.set_aside
        try:
            return answer_list(survey_id, **window)
        finally:
            house.upstream.set_aside = kept

    house.upstream.answer_list = readable
    house.upstream.set_aside = 2
    go_on(house, care, WEEK + HOUR)
    assert unreadable(house) == 2
    house.upstream.set_aside = 0
    go_on(house, care, WEEK + HOUR)
    assert unreadable(house) == 0
