"""One fetch at a time in the process and in the fleet, and no reader that waits longer than it may."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.cache.single_flight import LEASE_SECONDS, LOADERS, MOST_FLIGHTS, Lifetimes, ReadThrough
from service.store.keys import Keys
from service.store.limits.fetch_leases import Fetched, Fetches
from service.survey.errors import StoreAwayError
from tests.harness.waiting import until
from tests.support.fakes import FakeClock

LONG = 30.0  # a budget that no test uses up
LIFETIMES = Lifetimes(ok=180, none=20, failed=3)


class Loader:
    """Brings what it is told to, once it may."""

    def __init__(self, found=2):
        self.found, self.asked, self.go = found, [], threading.Event()
        self.go.set()

    def __call__(self, respondent):
        self.asked.append(respondent)
        assert self.go.wait(LONG)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def fetches(fake):
    return Fetches(fake, Keys("test"))


@pytest.fixture
def loader():
    return Loader()


@pytest.fixture
def through(fetches, loader, clock):
    return ReadThrough(fetches, loader, LIFETIMES, clock)


def now(clock):
    return int(clock.now().timestamp() * 1000)


def test_a_fetch_is_made_once_and_remembered(through, loader, clock):
    assert through.fetch(501, budget=LONG) == Fetched(now(clock), ok=True)
    assert through.fetch(501, budget=LONG) == Fetched(now(clock), ok=True)
    assert loader.asked == [501]


@pytest.mark.parametrize(("found", "ok", "seconds"), [(2, True, 180), (0, True, 20), (None, False, 3)])
def test_a_mark_stands_as_long_as_what_was_found_is_worth(fetches, fake, clock, found, ok, seconds):
    through = ReadThrough(fetches, Loader(found), LIFETIMES, clock)
    assert through.fetch(501, budget=LONG).ok is ok
    assert seconds * 700 <= fake.pttl(fetches._mark(501)) <= seconds * 1000
    assert not fetches.held(501)


def test_none_is_never_remembered_longer_than_something():
    assert Lifetimes(ok=5, none=30).of(0) == 5


def test_a_herd_in_one_process_is_one_fetch(through, loader):
    loader.go.clear()
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(through.fetch, 501, budget=LONG) for _ in range(20)]
        until(lambda: loader.asked)
        loader.go.set()
        found = {future.result(LONG) for future in waiting}
    assert len(found) == 1
    assert loader.asked == [501]


def test_a_herd_over_processes_is_one_fetch(fetches, clock):
    loaders = [Loader() for _ in range(4)]
    processes = [ReadThrough(fetches, loader, LIFETIMES, clock) for loader in loaders]
    for loader in loaders:
        loader.go.clear()
    # Their clocks stand while they wait for the one that leads.
    clock.sleep = lambda _: threading.Event().wait(0.005)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(process.fetch, 501, budget=LONG) for process in processes * 2]
        until(lambda: any(loader.asked for loader in loaders))
        for loader in loaders:
            loader.go.set()
        assert {future.result(LONG).ok for future in waiting} == {True}
    assert [respondent for loader in loaders for respondent in loader.asked] == [501]


def test_a_dead_holders_lease_ends_and_another_takes_over(through, fetches, fake, clock):
    fetches.take(501, LEASE_SECONDS)
    looks = []

    def sleep(seconds):
        looks.append(seconds)
        clock.advance(seconds)
        if len(looks) == 3:
            fake.delete(fetches._lease(501))

    clock.sleep = sleep
    assert through.fetch(501, budget=LONG).ok
    assert len(looks) == 3


def test_a_holder_that_neither_ends_nor_dies_is_given_up(through, fetches, loader):
    fetches.take(501, 10 * LEASE_SECONDS)
    assert through.fetch(501, budget=LONG) is None
    assert loader.asked == []


def test_who_took_the_lease_too_late_uses_what_its_last_holder_brought(through, fetches, loader):
    looks = iter([None, Fetched(7, ok=True)])
    fetches.last = lambda _: next(looks)
    assert through.fetch(501, budget=LONG) == Fetched(7, ok=True)
    assert loader.asked == []


def test_without_a_budget_the_fetch_is_begun_and_not_waited_for(through, loader, fetches):
    loader.go.clear()
    assert through.fetch(501, budget=0) is None
    until(lambda: loader.asked)
    loader.go.set()
    assert until(lambda: fetches.last(501)).ok


def test_what_comes_after_the_budget_is_stored_all_the_same(through, loader, fetches):
    loader.go.clear()
    assert through.fetch(501, budget=0.01) is None
    loader.go.set()
    assert until(lambda: fetches.last(501)).ok


def test_a_fetch_that_is_older_than_the_budget_is_waited_for_no_more(through, loader, clock):
    loader.go.clear()
    assert through.fetch(501, budget=0) is None
    clock.advance(LONG)
    assert through.fetch(501, budget=LONG) is None
    loader.go.set()


def test_nobody_waits_for_a_loader_and_no_queue_grows_without_end(through, loader, fetches):
    loader.go.clear()
    for respondent in range(1, LOADERS + 1):
        assert through.fetch(respondent, budget=0) is None
    assert through.fetch(LOADERS + 1, budget=LONG) is None
    for respondent in range(LOADERS + 2, 2 * MOST_FLIGHTS):
        assert through.fetch(respondent, budget=LONG) is None
    loader.go.set()
    until(lambda: len(loader.asked) == MOST_FLIGHTS)
    until(lambda: fetches.last(MOST_FLIGHTS))
    assert sorted(loader.asked) == list(range(1, MOST_FLIGHTS + 1))


@pytest.mark.parametrize("error", [StoreAwayError("away"), ZeroDivisionError()])
def test_a_load_that_fails_costs_its_reader_nothing_and_can_be_tried_again(fetches, clock, error):
    loader = Loader(error)
    through = ReadThrough(fetches, loader, LIFETIMES, clock)
    assert through.fetch(501, budget=LONG) is None
    assert not fetches.held(501)
    loader.found = 1
    assert through.fetch(501, budget=LONG).ok


def test_a_reader_looks_with_its_own_patience(fetches, loader, clock):
    def away(_):
        raise StoreAwayError

    through = ReadThrough(fetches, loader, LIFETIMES, clock, look=away)
    with pytest.raises(StoreAwayError):
        through.fetch(501, budget=LONG)
    assert loader.asked == []
