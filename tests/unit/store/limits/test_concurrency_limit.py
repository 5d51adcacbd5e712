"""One budget for the upstream, over all processes: places, back-off, and who goes first."""

from __future__ import annotations

import pytest

from service.store.control import REJECTED
from service.store.keys import Keys
from service.store.limits.concurrency_limit import FIRST_STEP, LONGEST_STEP, PLACE_SECONDS, FleetLimit
from service.survey.errors import (
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    StoreAwayError,
    UnavailableError,
)
from tests.harness.waiting import until
from tests.support import stores
from tests.support.fakes import FakeClock

KEYS = Keys("test")
PLACES, NOT_BEFORE = KEYS.control("places"), KEYS.control("notbefore")
CAP, PROBE = 2, 60.0
FAILED, ROUTE = UnavailableError("/surveys", cause="timeout"), "/surveys"


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def make(fake, clock):
    def gate(**more):
        return FleetLimit(fake, KEYS, clock, **{"cap": CAP, "auth_probe": PROBE, **more})

    return gate


def soon(clock, seconds=1.0):
    return clock.monotonic() + seconds


def wait_of(gate, clock):
    """How long the fleet is held back, in seconds."""
    value = gate._client.get(NOT_BEFORE)
    return max(0.0, int((value or b"0").split()[0]) / 1000 - clock.now().timestamp())


def test_so_many_at_once_over_all_processes(make, clock):
    one, other = make(), make()
    with one.slot(soon(clock)), other.slot(soon(clock)), pytest.raises(UnavailableError), one.slot(soon(clock)):
        pass
    with one.slot(soon(clock)), one.slot(soon(clock)):
        pass


def test_a_place_is_given_back_whatever_happens(make, clock, fake):
    with pytest.raises(ZeroDivisionError), make().slot(soon(clock)):
        raise ZeroDivisionError
    assert fake.zcard(PLACES) == 0


def test_who_waits_gets_the_place_that_comes_free(make, clock, fake):
    gate = make(cap=1)
    fake.zadd(PLACES, {"another": int((clock.now().timestamp() + 0.2) * 1000)})
    with gate.slot(soon(clock)):
        assert clock.monotonic() >= 0.2


def test_a_dead_process_frees_its_places(make, clock, fake):
    gate = make(cap=1)
    fake.zadd(PLACES, {"dead": int((clock.now().timestamp() + PLACE_SECONDS) * 1000)})
    with pytest.raises(UnavailableError), gate.slot(soon(clock, PLACE_SECONDS / 2)):
        pass
    with gate.slot(soon(clock, PLACE_SECONDS)):
        pass


def test_a_living_process_keeps_its_place(make, clock, fake, monkeypatch):
    monkeypatch.setattr("service.store.limits.concurrency_limit.PLACE_SECONDS", 0.3)
    gate = make()
    with gate.slot(soon(clock)):
        (first,) = [score for _, score in fake.zrange(PLACES, 0, -1, withscores=True)]
        clock.advance(0.1)
        until(lambda: fake.zrange(PLACES, 0, -1, withscores=True)[0][1] > first, what="a longer place")
    with gate.slot(soon(clock)):  # one thread keeps all of a process's
        pass


def test_readers_go_before_sweeps(make, clock, fake):
    sweep, reader = make(cap=1), make(cap=1, on_demand=True)
    with sweep.slot(soon(clock)), pytest.raises(UnavailableError), reader.slot(soon(clock, 0.05)):
        pass
    # Somebody is waiting: a sweep that comes now leaves the place to that reader.
    with pytest.raises(UnavailableError), sweep.slot(soon(clock, 0.01)):
        pass
    with reader.slot(soon(clock)):
        pass
    clock.advance(1)
    with sweep.slot(soon(clock)):
        pass


def test_a_failure_sends_the_whole_fleet_back_each_time_twice_as_long(make, clock):
    one, other, waits = make(), make(), []
    for _ in range(8):
        one.report(FAILED)
        waits.append(wait_of(one, clock))
        with pytest.raises(UnavailableError) as refused, other.slot(soon(clock, 0.1)):
            pass
        assert refused.value.retry_after > 0
        clock.advance(LONGEST_STEP + 1)
    for number, wait in enumerate(waits):
        step = min(LONGEST_STEP, FIRST_STEP * 2**number)
        assert 0.79 * step <= wait <= step


def test_calls_that_fail_together_count_once(make, clock):
    gate = make()
    for _ in range(6):
        gate.report(FAILED)
    assert wait_of(gate, clock) <= FIRST_STEP


@pytest.mark.parametrize("asked", [7.0, 120.0])
def test_what_netigate_asks_for_is_kept_at_least(make, clock, asked):
    gate = make()
    gate.report(RateLimitedError(ROUTE, status=429, retry_after=asked))
    assert wait_of(gate, clock) >= asked
    gate.report(FAILED)  # a shorter wait never replaces a longer one
    assert wait_of(gate, clock) >= asked


@pytest.mark.parametrize("answer", [None, NotFoundError(ROUTE, status=404), MalformedError(ROUTE, cause="shape")])
def test_whatever_netigate_answered_starts_over(make, clock, answer):
    gate = make()
    for _ in range(4):
        gate.report(FAILED)
        clock.advance(LONGEST_STEP + 1)
    gate.report(answer)
    gate.report(FAILED)
    assert wait_of(gate, clock) <= FIRST_STEP


def test_a_refused_key_is_probed_by_one_call_now_and_then(make, clock, fake):
    gate = make()
    gate.report(RejectedError(ROUTE, status=401))
    assert fake.get(KEYS.trouble).decode() == REJECTED
    assert wait_of(gate, clock) >= PROBE
    clock.advance(PROBE + 1)
    with gate.slot(soon(clock)), pytest.raises(UnavailableError), make().slot(soon(clock)):
        pass
    gate.report(None)
    assert fake.get(KEYS.trouble) is None
    with gate.slot(soon(clock)), gate.slot(soon(clock)):
        pass


@pytest.mark.parametrize("route", ["/surveys/{survey}/sendouts", "/bgdata/bgdocuments", "/x/labels"])
def test_a_side_read_that_is_refused_says_nothing_of_the_key(make, clock, fake, route):
    gate = make()
    gate.report(RejectedError(route, status=403))
    assert fake.get(KEYS.trouble) is None
    assert wait_of(gate, clock) == 0


def test_without_redis_nobody_asks_netigate_and_reports_are_lost_without_a_word(clock):
    with stores.connected_nowhere() as client:
        gate = FleetLimit(client, KEYS, clock, cap=CAP, auth_probe=PROBE)
        with pytest.raises(StoreAwayError), gate.slot(soon(clock)):
            pass
        for outcome in (None, FAILED, RejectedError(ROUTE, status=401)):
            gate.report(outcome)
