"""Who pays for a Redis that does not answer: the first to find out, then a probe now and then."""

from __future__ import annotations

import threading

import pytest
from structlog.testing import capture_logs

from service.cache.circuit_breaker import PROBE_AFTER, CircuitBreaker
from service.survey.errors import BadCursorError, StoreAwayError, StorePasswordError, StoreRefusedError
from tests.support.fakes import FakeClock


class Store:
    """Answers or does not; counts who asked."""

    def __init__(self):
        self.away, self.asked = False, 0

    def read(self):
        self.asked += 1
        if self.away:
            raise StoreAwayError("TimeoutError")
        return "found"


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def breaker(clock):
    return CircuitBreaker(clock)


@pytest.fixture
def store():
    return Store()


def refused(breaker, store):
    with pytest.raises(StoreAwayError):
        breaker.call(store.read)


def test_while_it_answers_everybody_asks(breaker, store):
    assert [breaker.call(store.read) for _ in range(3)] == ["found"] * 3
    assert (store.asked, breaker.open) == (3, False)


def test_after_the_first_failure_nobody_asks_but_one_probe_at_a_time(breaker, store, clock):
    store.away = True
    for _ in range(5):
        refused(breaker, store)
    assert (store.asked, breaker.open) == (1, True)
    clock.advance(PROBE_AFTER + 0.01)
    for _ in range(5):
        refused(breaker, store)
    assert store.asked == 2


def test_a_probe_that_succeeds_opens_the_way_for_all(breaker, store, clock):
    store.away = True
    refused(breaker, store)
    store.away = False
    refused(breaker, store)  # not yet time
    clock.advance(PROBE_AFTER + 0.01)
    assert breaker.call(store.read) == "found"
    assert not breaker.open
    assert breaker.call(store.read) == "found"


def test_while_one_probes_others_do_not_wait_for_it(breaker, store, clock):
    store.away = True
    refused(breaker, store)
    clock.advance(PROBE_AFTER + 0.01)
    store.away, begun, go = False, threading.Event(), threading.Event()

    def slow():
        begun.set()
        go.wait(60)
        return store.read()

    probe = threading.Thread(target=lambda: breaker.call(slow))
    probe.start()
    assert begun.wait(60)
    refused(breaker, store)
    go.set()
    probe.join(60)
    assert breaker.call(store.read) == "found"


def test_another_thread_may_close_it_between_two_looks(clock):
    breaker = CircuitBreaker(clock, probe_after=1)
    seen = iter([5.0])

    class Changing(CircuitBreaker):
        """Open at the first look, closed at the next."""

        @property
        def _next_probe(self):
            return next(seen, None)

        @_next_probe.setter
        def _next_probe(self, value):
            pass

    assert Changing(clock).call(lambda: "found") == "found"
    assert breaker.call(lambda: "found") == "found"


def test_a_fault_of_ours_is_no_absence(breaker):
    with pytest.raises(ZeroDivisionError):
        breaker.call(lambda: 1 / 0)
    assert not breaker.open


@pytest.mark.parametrize("error", [StoreRefusedError("memory"), BadCursorError()])
def test_what_redis_has_answered_closes_it_whatever_came_of_it(breaker, store, clock, error):
    store.away = True
    refused(breaker, store)
    store.away = False
    clock.advance(PROBE_AFTER + 0.01)
    with pytest.raises(type(error)):
        breaker.call(lambda: raise_(error))
    assert not breaker.open
    assert breaker.call(store.read) == "found"


def test_a_refusal_of_one_request_is_nobody_elses(breaker, store):
    for _ in range(3):
        with pytest.raises(StoreRefusedError):
            breaker.call(lambda: raise_(StoreRefusedError("wrong_type")))
        assert breaker.call(store.read) == "found"


def test_while_it_is_open_everybody_is_told_the_same_cause(breaker, store):
    with pytest.raises(StorePasswordError):
        breaker.call(lambda: raise_(StorePasswordError("wrong password")))
    with pytest.raises(StorePasswordError, match="wrong password"):
        breaker.call(store.read)
    assert store.asked == 0


def test_its_going_and_coming_are_logged_once_each(breaker, store, clock):
    with capture_logs() as lines:
        store.away = True
        for _ in range(3):
            refused(breaker, store)
            clock.advance(PROBE_AFTER + 0.01)
        store.away = False
        for _ in range(3):
            breaker.call(store.read)
    assert [line["event"] for line in lines] == ["store_away", "store_back"]
    assert lines[0]["cause"] == "TimeoutError"


def raise_(error):
    raise error
