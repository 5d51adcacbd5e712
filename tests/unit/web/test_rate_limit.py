"""How much a caller may ask: the limit holds over processes, and Redis's absence neither refuses nor lets loose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import fakeredis
import pytest
from structlog.testing import capture_logs

from service.app.guarded_leases import GuardedLeases
from service.cache.circuit_breaker import CircuitBreaker
from service.store.keys import Keys
from service.store.limits.rate_limit_leases import WINDOW, RateLimitLeases
from service.survey.errors import StoreAwayError, StoreError, StoreRefusedError
from service.web.rate_limit import MOST_WINDOWS, PROBE_SECONDS, RateLimiter, TooManyRequestsError
from tests.support.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = Keys("test")


class Switchable:
    """RateLimitLeases that can be away, and that tell how often they were asked."""

    def __init__(self, leases: RateLimitLeases) -> None:
        self.leases = leases
        self.away = False
        self.error: StoreError = StoreAwayError("down")
        self.asked = 0

    def lease(self, caller: str, wanted: int, limit: int) -> tuple[int, float]:
        self.asked += 1
        if self.away:
            raise self.error
        return self.leases.lease(caller, wanted, limit)


@pytest.fixture
def client() -> Iterator[fakeredis.FakeRedis]:
    client = fakeredis.FakeRedis()
    yield client
    client.close()


@pytest.fixture
def leases(client: fakeredis.FakeRedis) -> Switchable:
    return Switchable(RateLimitLeases(client, KEYS))


def passed(limiter: RateLimiter, count: int, caller: str = "crm") -> int:
    through = 0
    for _ in range(count):
        try:
            limiter.admit(caller)
        except TooManyRequestsError:
            continue
        through += 1
    return through


def end_window(client: fakeredis.FakeRedis, clock: FakeClock, caller: str = "crm") -> None:
    """Time goes by for both clocks: ours, and Redis's own."""
    clock.advance(WINDOW + 1)
    client.delete(KEYS.control(f"ratelimit:{caller}"))


@pytest.mark.parametrize("limit", [1, 2, 5, 17, 100, 6000])
def test_one_process_lets_exactly_the_limit_through(leases: Switchable, limit: int) -> None:
    limiter = RateLimiter(leases, FakeClock(), limit=limit, processes=4)
    assert passed(limiter, limit + 50) == limit


@pytest.mark.parametrize(("limit", "processes"), [(5, 2), (10, 3), (100, 4), (6000, 8)])
def test_processes_that_share_the_load_let_exactly_the_limit_through(
    leases: Switchable, limit: int, processes: int
) -> None:
    limiters = [RateLimiter(leases, FakeClock(), limit=limit, processes=processes) for _ in range(processes)]
    through = sum(passed(limiters[turn % processes], 1) for turn in range(limit * 2))
    assert through == limit


def test_a_process_that_is_seldom_asked_keeps_little_from_the_busy_one(leases: Switchable) -> None:
    idle = [RateLimiter(leases, FakeClock(), limit=6000, processes=16) for _ in range(15)]
    busy = RateLimiter(leases, FakeClock(), limit=6000, processes=16)
    assert sum(passed(limiter, 2) for limiter in idle) == 30
    assert passed(busy, 7000) >= 6000 - 30 - 15


def test_a_busy_caller_costs_few_round_trips_and_one_that_is_refused_costs_none(leases: Switchable) -> None:
    limiter = RateLimiter(leases, FakeClock(), limit=6000, processes=1)
    passed(limiter, 6000)
    assert leases.asked < 6000 * 0.03
    asked = leases.asked
    passed(limiter, 1000)
    assert leases.asked <= asked + 1


def test_a_new_window_lets_through_again(leases: Switchable, client: fakeredis.FakeRedis) -> None:
    clock = FakeClock()
    limiter = RateLimiter(leases, clock, limit=3, processes=1)
    assert passed(limiter, 5) == 3
    end_window(client, clock)
    assert passed(limiter, 5) == 3


def test_the_caller_is_told_how_long_to_wait(leases: Switchable) -> None:
    clock = FakeClock()
    limiter = RateLimiter(leases, clock, limit=1, processes=1)
    limiter.admit("crm")
    clock.advance(20)
    with pytest.raises(TooManyRequestsError) as refused:
        limiter.admit("crm")
    # Redis's window is looked at anew here, and its own clock has hardly moved.
    assert 0 < refused.value.retry_after <= WINDOW
    clock.advance(10)
    with pytest.raises(TooManyRequestsError) as later:
        limiter.admit("crm")
    assert later.value.retry_after == pytest.approx(refused.value.retry_after - 10)


def test_callers_have_limits_of_their_own(leases: Switchable) -> None:
    limiter = RateLimiter(leases, FakeClock(), limit=3, processes=1)
    assert passed(limiter, 10, "greedy") == 3
    assert passed(limiter, 3, "modest") == 3


def test_zero_is_off_and_asks_redis_nothing(leases: Switchable) -> None:
    limiter = RateLimiter(leases, FakeClock(), limit=0, processes=1)
    assert passed(limiter, 1000) == 1000
    assert leases.asked == 0


def test_without_redis_each_process_lets_its_share_through(leases: Switchable) -> None:
    leases.away = True
    clocks = [FakeClock() for _ in range(4)]
    limiters = [RateLimiter(leases, clock, limit=400, processes=4) for clock in clocks]
    assert [passed(limiter, 300) for limiter in limiters] == [100] * 4


def test_without_redis_only_a_probe_now_and_then_pays_for_it(leases: Switchable) -> None:
    leases.away = True
    clock = FakeClock()
    limiter = RateLimiter(leases, clock, limit=6000, processes=1)
    passed(limiter, 500)
    assert leases.asked == 1
    clock.advance(PROBE_SECONDS)
    passed(limiter, 500)
    assert leases.asked == 2


def test_once_redis_is_back_it_decides_again(leases: Switchable) -> None:
    clock = FakeClock()
    limiter = RateLimiter(leases, clock, limit=100, processes=50)
    leases.away = True
    assert passed(limiter, 10) == 2
    leases.away = False
    clock.advance(PROBE_SECONDS)
    assert passed(limiter, 200) == 100


def test_a_process_without_redis_starts_a_window_of_its_own_anew(leases: Switchable) -> None:
    leases.away = True
    clock = FakeClock()
    limiter = RateLimiter(leases, clock, limit=10, processes=1)
    assert passed(limiter, 20) == 10
    clock.advance(WINDOW)
    assert passed(limiter, 20) == 10


def test_threads_never_get_more_than_the_limit(leases: Switchable) -> None:
    limiter = RateLimiter(leases, FakeClock(), limit=500, processes=1)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: passed(limiter, 100), range(8))) == 500


def test_callers_beyond_what_a_process_remembers_are_still_limited(leases: Switchable) -> None:
    limiter = RateLimiter(leases, FakeClock(), limit=2, processes=1)
    assert passed(limiter, 1, "first") == 1
    for number in range(MOST_WINDOWS):
        limiter.admit(f"card.{number}")
    assert passed(limiter, 5, "first") == 1  # what was leased before is still counted


def test_a_counter_that_lost_its_lifetime_gets_one_again(client: fakeredis.FakeRedis) -> None:
    name = KEYS.control("ratelimit:crm")
    client.set(name, 5)
    granted, seconds = RateLimitLeases(client, KEYS).lease("crm", 1, 5)
    assert (granted, seconds) == (0, WINDOW)
    assert client.pttl(name) > 0


def test_leases_that_are_refused_are_told_and_taken_from_the_process_share(leases: Switchable) -> None:
    clock = FakeClock()
    limiter = RateLimiter(leases, clock, limit=120, processes=2)
    with capture_logs() as lines:
        leases.away, leases.error = True, StoreRefusedError("memory")
        assert passed(limiter, 30) == 30
        leases.away = False
        clock.advance(WINDOW)
        assert passed(limiter, 30) == 30
    told = [(line["event"], line.get("cause")) for line in lines]
    assert told == [("rate_limit_by_share", "memory"), ("rate_limit_leased", None)]


def test_leases_are_not_asked_for_while_the_reads_redis_is_away(leases: Switchable) -> None:
    breaker = CircuitBreaker(FakeClock())
    guarded = GuardedLeases(leases.leases, breaker)
    assert guarded.lease("crm", 1, 10)[0] == 1

    def away() -> None:
        raise StoreAwayError("TimeoutError")

    with pytest.raises(StoreAwayError):
        breaker.call(away)
    with pytest.raises(StoreAwayError):
        guarded.lease("crm", 1, 10)
