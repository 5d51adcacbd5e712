"""A clock that was wrong, or is set while the service runs: nothing waits for it, and readers are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from service.cache.circuit_breaker import CircuitBreaker
from service.netigate.client import CallLimit  # noqa: TC001  (says what the fixture is)
from service.store.limits.concurrency_limit import FleetLimit
from service.survey.errors import UnavailableError
from service.survey.retention import Retention
from service.sweeping.reconciling.expiry import Expiry
from service.sweeping.reconciling.reconcile import Reconciler
from service.sweeping.worker import Worker
from service.web.operations.health import Readiness
from tests.support.fakes import START, make_set

HOUR = timedelta(hours=1)
MILLIS = 3_600_000


@pytest.fixture
def worker(house):
    reconciler = Reconciler(house.upstream, house.store, house.sweeper(), house.clock)
    expiry = Expiry(house.store, Retention(), house.clock)
    care = house.housekeeping(reconciler, 3600.0, expiry=expiry)
    return Worker(house.sweeper().sweep, care, house.store.control, house.surveys, 60.0, house.clock)


def readyz(house):
    rule, control = house.rule, house.store.control
    return Readiness(control, rule, house.clock, CircuitBreaker(house.clock), house.store.lists).look()


@pytest.mark.parametrize("step", [-HOUR, -timedelta(seconds=30), HOUR])
def test_after_a_step_the_next_sweep_is_due_at_once_and_brings_all_right(house, worker, step):
    house.upstream.put(make_set(1, "Missnöjd"))
    with capture_logs():
        worker.sweep_one(4711)
    assert worker.due() == []
    house.clock.moment += step
    assert worker.due() == [4711]
    house.upstream.put(make_set(2, "Nöjd", at=START + timedelta(minutes=1)))
    with capture_logs():
        worker.sweep_one(4711)
    assert house.sets_of("C-1") == [2, 1]
    assert worker.due() == []
    assert house.summary("C-1")["freshness"]["state"] == "fresh"


def test_an_age_in_the_future_is_told_as_unknown(house, worker):
    house.upstream.put(make_set(1, "Missnöjd"))
    with capture_logs():
        worker.sweep_one(4711)
    assert readyz(house) == (200, {"status": "ready", "reasons": []})
    house.clock.moment -= HOUR
    freshness = house.summary("C-1")["freshness"]
    assert (freshness["state"], freshness["age_seconds"], freshness["as_of"]) == ("stale", None, None)
    status, document = readyz(house)
    assert (status, document["status"]) == (200, "degraded")
    assert "future" in document["reasons"][0]


def test_marks_of_a_clock_that_was_ahead_hold_nothing_up(house, worker):
    """Reconcile, question tree and the settling of changes are due as if they had never been."""
    house.upstream.put(make_set(1, "Missnöjd"))
    with capture_logs():
        worker.sweep_one(4711)
        state = house.store.control.state(4711)
        house.store.control.set_state(4711, replace(state, reconciled=state.filled + MILLIS))
        house.clock.moment -= HOUR
        del house.upstream.sets[1]
        house.upstream.put(make_set(2, "Nöjd", customer="C-2"))
        house.upstream.asked.clear()
        house.clock.ticks += 3600
        worker.sweep_one(4711)
    asked = {name for name, *_ in house.upstream.asked}
    assert {"list", "survey"} <= asked
    assert house.sets_of("C-1") == []


def test_a_back_off_said_by_a_clock_that_was_ahead_is_over(house):
    gate: CallLimit = FleetLimit(house.client, house.keys, house.clock, cap=1, auth_probe=60.0)
    gate.report(UnavailableError("surveys", cause="timeout", retry_after=20.0))
    with pytest.raises(UnavailableError), gate.slot(house.clock.monotonic() + 5):
        pass
    house.clock.moment -= HOUR
    with gate.slot(house.clock.monotonic() + 5):
        pass
    gate.report(UnavailableError("surveys", cause="timeout", retry_after=20.0))
    with pytest.raises(UnavailableError), gate.slot(house.clock.monotonic() + 5):
        pass


def test_places_of_the_dead_do_not_outlast_a_clock_that_is_set_back(house):
    gate = FleetLimit(house.client, house.keys, house.clock, cap=1, auth_probe=60.0)
    with gate.slot(house.clock.monotonic() + 5):
        house.clock.moment -= HOUR  # as if this holder had died
        with gate.slot(house.clock.monotonic() + 1):
            pass


def test_a_lease_that_would_outlast_any_is_not_believed(house):
    """Redis counts lifetimes by its wall clock: set back an hour, a dead holder's lease would stand for an hour."""
    control = house.store.control
    assert control.take_lease(4711, 10)
    assert control.take_lease(4711, 10) is None
    house.client.pexpire(house.keys.lease(4711), MILLIS)
    assert control.take_lease(4711, 10)
