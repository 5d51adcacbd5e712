"""A list that takes long: sweeps go on meanwhile, and it is read and believed window by window."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from service.survey.errors import RateLimitedError, UnavailableError
from service.survey.results import millis
from service.sweeping.reconciling import listing as module
from service.sweeping.reconciling.housekeeping import AGAIN_SECONDS
from tests.harness.waiting import until
from tests.support.fakes import START, make_set

HOUR = timedelta(hours=1)
INTERVAL = 3600.0
COUNT = 80


class SlowList:
    """Stands before the fake's list: refuses what is too much at once, and keeps waiting what it is told to."""

    def __init__(self, upstream):
        self._list = upstream.answer_list
        self.most, self.cause, self.asked = COUNT + 10, "timeout", []
        self.go_on, self.holds = threading.Event(), lambda _since, _until: False
        upstream.answer_list = self

    def __call__(self, survey_id, *, since=None, until=None):
        self.asked.append((since, until))
        if self.holds(since, until):
            assert self.go_on.wait(20)
        page = self._list(survey_id, since=since, until=until)
        if len(page.answer_sets) > self.most:
            raise UnavailableError("answers", cause=self.cause)
        return page


@pytest.fixture
def slow(house):
    """A list of COUNT sets, one each hour, all of which are known; it is due again."""
    house.upstream.put(
        *(make_set(n, customer=f"C-{n}", respondent=n, at=START - (COUNT - n) * HOUR) for n in range(1, COUNT + 1))
    )
    turn(house, house.housekeeping(house.reconciler(), INTERVAL))
    house.clock.advance(INTERVAL)
    found = SlowList(house.upstream)
    yield found
    found.go_on.set()


@pytest.fixture
def care(house):
    return house.housekeeping(house.reconciler(patience=0.0), INTERVAL)


def turn(house, care):
    """One turn of the survey as the worker has it. Returns whether more is due soon."""
    with house.lease() as token:
        house.sweeper().sweep(4711, token)
        return care.after_sweep(4711, token)


def turns(house, care):
    """Turns until nothing is due soon."""
    until(lambda: not turn(house, care), what="the end of the list")


def compared(house):
    """Whether the list that is due was read to its end, and believed."""
    return house.store.control.state(4711).reconciled > millis(START)


def served(house, number):
    return bool(house.sets_of(f"C-{number}"))


def test_sweeps_go_on_while_the_list_is_read(house, care, slow):
    slow.holds = lambda _since, _until: True
    del house.upstream.sets[7]
    assert turn(house, care)
    house.upstream.put(make_set(900, customer="C-900", respondent=900, updated=house.clock.now()))
    assert turn(house, care)
    assert served(house, 900)
    assert not compared(house)
    slow.go_on.set()
    turns(house, care)
    assert not served(house, 7)
    assert served(house, 900), "filed after the listing began, so not gone"
    assert len(slow.asked) == 1


def test_what_was_filed_meanwhile_is_not_fetched_again(house, care, slow):
    slow.holds = lambda _since, _until: True
    assert turn(house, care)
    house.upstream.put(make_set(900, customer="C-900", respondent=900, updated=house.clock.now()))
    assert turn(house, care)
    slow.go_on.set()
    turns(house, care)
    assert not [call for call in house.upstream.asked if call[0] == "set"]


def test_one_that_takes_too_long_is_read_in_windows_and_next_time_at_once_so(house, care, slow):
    slow.most = 5
    del house.upstream.sets[7]
    house.upstream.put(make_set(800, customer="C-800", updated=START - 400 * HOUR, at=START - 50 * HOUR))  # on no page
    with capture_logs():
        turns(house, care)
    assert not served(house, 7)
    assert served(house, 800)
    assert house.store.control.state(4711).alarm is None
    for number in (60, 30):
        slow.asked.clear()
        house.clock.advance(INTERVAL)
        del house.upstream.sets[number]
        turns(house, care)
        assert not served(house, number)
        assert (None, None) not in slow.asked


def test_what_vanished_is_erased_window_by_window_where_netigate_knows_nothing_of_it(house, care, slow):
    slow.most = 20
    slow.holds = lambda since, _until: since is None and slow.asked != [(None, None)]  # the oldest window hangs
    hidden = house.upstream.sets.pop(COUNT - 2)
    for number in (3, COUNT - 1):
        del house.upstream.sets[number]
    listed = slow._list

    def lists(survey_id, **window):
        page = listed(survey_id, **window)
        house.upstream.put(hidden)  # only the list lacks it
        return page

    slow._list = lists
    with capture_logs():
        until(lambda: turn(house, care) and not served(house, COUNT - 1), what="an erasure before the list is whole")
        assert not compared(house)
        assert served(house, COUNT - 2)
        assert served(house, 3), "its window is still being read"
        slow.go_on.set()
        turns(house, care)
    assert compared(house)
    assert served(house, COUNT - 2)
    assert not served(house, 3)


def test_windows_that_lack_much_remove_nothing(house, care, slow):
    slow.most = 20
    slow.holds = lambda since, _until: since is None and slow.asked != [(None, None)]
    for number in range(COUNT - 19, COUNT):
        del house.upstream.sets[number]
    with capture_logs():
        turn(house, care)
        until(lambda: len(slow.asked) == module.PARTS + 1, what="the oldest window")
        turn(house, care)
        assert served(house, COUNT - 1)
        slow.go_on.set()
        turns(house, care)
    assert served(house, COUNT - 1)
    assert "vanished at once" in house.store.control.state(4711).alarm


def test_one_that_fails_otherwise_goes_on_later_with_less_and_where_it_stopped(house, care, slow):
    slow.most, slow.cause = 20, "html"
    with capture_logs() as lines:
        turns(house, care)
        assert [line["event"] for line in lines if "cause" in line] == ["reconcile_cut_short"]
        assert not turn(house, care)
        assert slow.asked == [(None, None)], "not at each sweep"
        house.upstream.failure, house.upstream.failing = RateLimitedError("answers", status=429), {"list"}
        house.clock.advance(AGAIN_SECONDS)
        turns(house, care)
        house.upstream.failure = None
        house.clock.advance(AGAIN_SECONDS)
        turns(house, care)
    assert compared(house)
    assert len(slow.asked) == 1 + 1 + module.PARTS
    assert len(set(slow.asked)) == 1 + module.PARTS


def test_a_window_without_known_sets_is_halved(house, care, slow):
    """As after a first sweep whose pages were capped: most sets are unknown, and of one time."""
    slow.most = 30
    house.upstream.put(
        *(
            make_set(n, customer=f"C-{n}", respondent=n, at=START - n * HOUR, updated=START - n * HOUR)
            for n in range(500, 600)
        )
    )
    with capture_logs():
        turns(house, care)
    assert served(house, 599)
    assert compared(house)


def test_a_window_that_cannot_be_shorter_is_told_and_tried_again(house, care, slow):
    slow.most = -1
    with capture_logs() as lines:
        turns(house, care)
    assert [line["cause"] for line in lines if line["event"] == "reconcile_cut_short"] == ["answers: timeout"]
    assert not compared(house)
    slow.most = COUNT
    house.clock.advance(AGAIN_SECONDS)
    turns(house, care)
    assert compared(house)


def test_a_very_large_survey_is_read_in_windows_from_the_start(house, care, slow, monkeypatch):
    monkeypatch.setattr(module, "SETS_EACH", 30)
    turns(house, care)
    begins = [since for since, _ in slow.asked if since]
    assert begins == sorted(begins, reverse=True)
    assert slow.asked == [*zip([*begins, None], [None, *begins], strict=True)]
    assert len(slow.asked) == 3


def test_a_bug_met_in_the_list_is_not_lost_with_its_thread(house, care, slow):
    slow.holds = lambda _since, _until: 1 / 0
    with pytest.raises(ZeroDivisionError):
        until(lambda: not turn(house, care), what="the error")
