"""One time for all processes: the server's, whatever their own clocks say or do."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import redis
from structlog.testing import capture_logs

from service.store.connection.server_time import AFTER_FAILURE, ASK_AGAIN, DIFFERS, ServerTime
from service.store.keys import Keys
from service.store.redis_store import redis_store
from tests.harness.waiting import until
from tests.support.fakes import START, FakeClock

HOUR = timedelta(hours=1)


class Server:
    """A Redis server's clock, with the processes that read it: all run on as fast."""

    def __init__(self, *clocks: FakeClock) -> None:
        self.moment = START
        self.clocks = clocks
        self.asked = 0
        self.away = False
        self.answer = threading.Event()
        self.answer.set()

    def time(self) -> tuple[int, int]:
        self.asked += 1
        self.answer.wait(10)
        if self.away:
            raise redis.ConnectionError
        return int(self.moment.timestamp()), self.moment.microsecond

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        for clock in self.clocks:
            clock.advance(seconds)


def close(left, right):
    return abs((left - right).total_seconds()) < 0.01


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, timedelta(days=400), timedelta(0)])
def test_a_process_with_a_wrong_clock_tells_the_servers_time(ahead):
    clock = FakeClock(START + ahead)
    server = Server(clock)
    with capture_logs() as lines:
        time = ServerTime(server, clock)
        assert close(time.now(), START)
        server.advance(10)
        assert close(time.now(), START + timedelta(seconds=10))
    told = [line["event"] for line in lines]
    assert told == (["clocks_differ"] if abs(ahead.total_seconds()) > DIFFERS else [])


def test_a_clock_that_is_set_while_it_runs_changes_nothing():
    clock = FakeClock()
    server = Server(clock)
    time = ServerTime(server, clock)
    first = time.now()
    with capture_logs():
        for step in (-HOUR, 3 * HOUR):
            clock.moment += step
            assert close(time.now(), first)
            server.advance(ASK_AGAIN + 1)
            first += timedelta(seconds=ASK_AGAIN + 1)
            assert close(time.now(), first)


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_a_servers_clock_that_is_set_is_followed_soon(step):
    clock = FakeClock()
    server = Server(clock)
    time = ServerTime(server, clock)
    time.now()
    server.moment += step
    server.advance(ASK_AGAIN)
    with capture_logs():
        assert close(time.now(), server.moment)


def test_the_time_costs_no_question_each():
    clock = FakeClock()
    server = Server(clock)
    time = ServerTime(server, clock)
    for _ in range(1000):
        time.now()
    assert server.asked == 1


def test_with_the_server_away_time_goes_on():
    clock = FakeClock(START + HOUR)
    server = Server(clock)
    server.away = True
    time = ServerTime(server, clock)
    assert time.now() == clock.now()  # nothing better is known
    time.now()
    assert server.asked == 1
    server.away = False
    server.advance(AFTER_FAILURE)
    with capture_logs():
        assert close(time.now(), server.moment)
    server.away = True
    server.advance(ASK_AGAIN + 5)
    assert close(time.now(), server.moment)


def test_a_reader_never_waits_for_a_server_that_hangs():
    clock = FakeClock(START + HOUR)
    server = Server(clock)
    time = ServerTime(server, clock, background=True)
    with capture_logs():
        time.now()
        server.answer.clear()
        server.advance(ASK_AGAIN + 1)
        assert close(time.now(), server.moment)  # at once, from the last answer
        until(lambda: server.asked == 2, what="the question behind the reader's back")
        server.answer.set()


def test_processes_with_different_clocks_agree_on_what_is_due_and_on_tombstones(fake):
    keys, clocks = Keys("test"), [FakeClock(START - HOUR), FakeClock(START + HOUR)]
    server = Server(*clocks)
    with capture_logs():
        slow, fast = (redis_store(fake, keys, ServerTime(server, clock)) for clock in clocks)
        assert abs(slow.filer.now() - fast.filer.now()) < 10
        fast.control.set_swept(1, fast.filer.now())
        server.advance(30)
        assert abs(slow.filer.now() - slow.control.swept()[1] - 30_000) < 10
