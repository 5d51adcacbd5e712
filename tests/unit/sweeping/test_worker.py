"""The sweeping process: what is due, who may, and how long it waits after a failure."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from service.clock import SystemClock
from service.survey.errors import (
    MalformedError,
    RateLimitedError,
    RejectedError,
    StaleLeaseError,
    StoreAwayError,
    StorePasswordError,
    StoreRefusedError,
    UnavailableError,
)
from service.sweeping.ending_clock import EndingClock
from service.sweeping.paging import StoppedError
from service.sweeping.sweep import SweepReport
from service.sweeping.worker import Worker
from tests.harness.waiting import until
from tests.support import stores
from tests.support.house import House

SURVEYS = (1, 2, 3)
REPORT = SweepReport(pages=1, seen=1, filed=1, set_aside=0, first=False)


class Care:
    """Implements worker.Care."""

    damaged = False
    more = False
    interval = 3600.0

    def __init__(self, known=()):
        self.known = list(known)
        self.cared, self.forgotten, self.told = [], [], []

    def after_sweep(self, survey_id, lease):
        self.cared.append((survey_id, lease))
        return self.more

    def refused(self, survey_id, error):
        self.told.append((survey_id, type(error)))

    def unlisted(self, listed):
        return [survey for survey in self.known if survey not in listed]

    def damage_met(self):
        self.damaged = True

    def is_damaged(self):
        return self.damaged

    def heal(self):
        self.damaged = False

    def forget(self, survey_id):
        self.known.remove(survey_id)
        self.forgotten.append(survey_id)
        return 1


class Sweeps:
    """Stands for the sweeps: what was asked, and the error to raise if any."""

    def __init__(self, house):
        self.house, self.done, self.error = house, [], None

    def __call__(self, survey_id, lease):
        self.done.append(survey_id)
        assert self.house.store.control.take_lease(survey_id, 1) is None, "a sweep holds its survey's lease"
        if self.error:
            raise self.error
        self.house.store.control.set_swept(survey_id, self.house.store.filer.now())
        return REPORT


@pytest.fixture
def sweeps(house):
    return Sweeps(house)


@pytest.fixture
def care():
    return Care()


@pytest.fixture
def worker(house, sweeps, care):
    return Worker(sweeps, care, house.store.control, SURVEYS, 60.0, house.clock)


def free(house, survey=1):
    """Whether nobody holds the survey's lease."""
    token = house.store.control.take_lease(survey, 1)
    return token is not None and house.store.control.keep_lease(survey, token, 0)


def test_never_swept_is_due_and_the_oldest_goes_first(house, worker):
    now = house.store.filer.now()
    house.store.control.set_swept(2, now - 60_000)
    house.store.control.set_swept(3, now - 90_000)
    assert worker.due() == [1, 3, 2]
    house.store.control.set_swept(3, now - 59_000)
    assert worker.due() == [1, 2]


def test_a_sweep_gives_its_lease_back_and_is_not_due_again(house, worker, sweeps, care):
    worker.sweep_one(1)
    worker.sweep_one(1)
    assert sweeps.done == [1]
    assert [survey for survey, _ in care.cared] == [1]
    assert worker.due() == [2, 3]
    assert free(house)


def test_a_survey_with_more_to_do_is_swept_again_soon_and_goes_on(house, worker, sweeps, care):
    care.more = True
    worker.sweep_one(1)
    assert 1 not in worker.due()
    house.clock.advance(5)
    assert 1 in worker.due()
    care.more = False
    worker.sweep_one(1)
    assert sweeps.done == [1, 1]
    house.clock.advance(5)
    assert 1 not in worker.due()


def test_a_process_that_must_end_gives_back_what_it_holds(house, worker):
    with worker._lease(1) as token:
        assert token is not None
        assert not free(house)
        worker.let_go()
        assert free(house)


def test_another_process_holding_the_lease_is_left_alone(house, worker, sweeps):
    assert house.store.control.take_lease(1, 60)
    worker.sweep_one(1)
    assert sweeps.done == []
    assert worker.due() == [2, 3]
    house.clock.advance(2)
    assert worker.due() == [1, 2, 3]


WAITS = [
    (UnavailableError("r", cause="timeout"), 1, 0.8, 1.0),
    (UnavailableError("r", cause="timeout"), 4, 6.4, 8.0),
    (UnavailableError("r", cause="timeout"), 30, 48.0, 60.0),
    (MalformedError("r"), 1, 0.8, 1.0),
    (StoreAwayError("x"), 1, 0.8, 1.0),
    (StoreRefusedError("memory"), 1, 0.8, 1.0),
    (StoreRefusedError("memory"), 30, 48.0, 60.0),
    (RateLimitedError("r", status=429), 1, 0.8, 1.0),
    # Retry-After is a floor that no jitter goes under.
    (RateLimitedError("r", status=429, retry_after=17.0), 1, 17.0, 17.0),
    (UnavailableError("r", status=503, retry_after=600.0), 1, 600.0, 600.0),
    (RejectedError("r", status=401), 1, 48.0, 60.0),
    (ZeroDivisionError(), 1, 0.8, 1.0),
]


@pytest.mark.parametrize(("error", "failures", "low", "high"), WAITS)
def test_a_failed_sweep_is_tried_again_after_a_while(house, worker, sweeps, error, failures, low, high):
    sweeps.error = error
    with capture_logs():
        for _ in range(failures):
            house.clock.advance(1000)
            worker.sweep_one(1)
    assert len(sweeps.done) == failures
    assert free(house)
    house.clock.advance(low - 0.01)
    assert 1 not in worker.due()
    house.clock.advance(high - low + 0.02)
    assert 1 in worker.due()


def test_one_success_forgets_the_failures(house, worker, sweeps):
    with capture_logs():
        for error in (*[UnavailableError("r")] * 5, None, UnavailableError("r")):
            sweeps.error = error
            house.clock.advance(1000)
            worker.sweep_one(1)
    house.clock.advance(61)
    assert 1 in worker.due()


@pytest.mark.parametrize("error", [StoppedError(), StaleLeaseError()])
def test_being_stopped_or_fenced_off_is_no_failure(worker, sweeps, error):
    sweeps.error = error
    with capture_logs():
        worker.sweep_one(1)
    assert 1 in worker.due()


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("C-1001 said"), UnavailableError("surveys/{survey}", cause="timeout")]
)
def test_a_failure_is_told_without_anybodys_words(worker, sweeps, error):
    sweeps.error = error
    with capture_logs() as lines:
        worker.sweep_one(1)
    told = [line for line in lines if line["event"] == "sweep_failed"]
    assert [(line["survey_id"], line["failures"]) for line in told] == [(1, 1)]
    assert "C-1001" not in repr([{k: v for k, v in line.items() if k != "exc_info"} for line in lines])


def test_with_the_store_away_nothing_is_due():
    with stores.connected_nowhere() as client:
        away = House(client)
        worker = Worker(Sweeps(away), Care(), away.store.control, SURVEYS, 60.0, away.clock)
        with capture_logs() as lines:
            assert worker.due() == []
            worker.sweep_one(1)
    assert {line["event"] for line in lines} == {"store_away", "sweep_failed"}


def test_what_is_no_longer_listed_is_forgotten_once_its_lease_is_free(house, worker, care):
    care.known = [1, 9, 10]
    token = house.store.control.take_lease(10, 60)
    with capture_logs():
        worker.forget_unlisted()
        assert care.forgotten == [9]
        house.store.control.keep_lease(10, token, 0)
        worker.forget_unlisted()
    assert care.forgotten == [9, 10]
    assert free(house, 9)


def test_it_sweeps_all_that_is_due_and_stops_when_told(house, care):
    stop, sweeps = threading.Event(), Sweeps(house)

    def sweep(survey_id, lease):
        report = sweeps(survey_id, lease)
        if len(set(sweeps.done)) == len(SURVEYS):
            stop.set()
        return report

    with capture_logs():
        worker = Worker(sweep, care, house.store.control, SURVEYS, 60.0, house.clock)
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        thread.join(20)
    assert not thread.is_alive()
    assert sorted(sweeps.done) == [1, 2, 3]
    assert worker.due() == []


def test_a_long_sweep_keeps_its_lease(house, care, monkeypatch):
    """The lease outlives its first term while the sweep goes on."""
    monkeypatch.setattr("service.sweeping.worker.LEASE_SECONDS", 1.5)

    def left():
        return house.client.pttl(house.keys.lease(1))

    def sweep(survey_id, lease):
        for _ in range(3):
            until(lambda: 0 < left() < 1250, every=0.01, what="the lease running down")
            until(lambda: left() > 1250, every=0.01, what="the lease being prolonged")
        assert house.client.get(house.keys.lease(1)).decode() == lease
        house.store.control.set_swept(survey_id, house.store.filer.now())
        return REPORT

    with capture_logs() as lines:
        Worker(sweep, care, house.store.control, SURVEYS, 60.0, house.clock).sweep_one(1)
    assert [line["event"] for line in lines] == ["swept"]


def test_whoever_sleeps_wakes_when_the_process_is_to_end():
    stop = threading.Event()
    clock = EndingClock(SystemClock(), stop)
    clock.sleep(0.001)
    assert clock.monotonic() <= time.monotonic()
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 60
    stop.set()
    with pytest.raises(StoppedError):
        clock.sleep(600)


def test_a_sweep_whose_writes_are_refused_tells_why(worker, sweeps):
    sweeps.error = StoreRefusedError("disk")
    with capture_logs() as lines:
        worker.sweep_one(1)
    assert [(line["error"], line["cause"]) for line in lines if line["event"] == "sweep_failed"] == [
        ("StoreRefusedError", "disk")
    ]


def test_the_stores_going_and_coming_are_told_once_with_each_cause(house, care, sweeps, monkeypatch):
    worker = Worker(sweeps, care, house.store.control, SURVEYS, 60.0, house.clock)
    causes = [StorePasswordError("wrong password")] * 3 + [StoreAwayError("TimeoutError")] * 3 + [None] * 3

    def swept(_control):
        if error := causes.pop(0):
            raise error
        return {}

    monkeypatch.setattr(type(house.store.control), "swept", swept)
    with capture_logs() as lines:
        while causes:
            worker.due()
    assert [(line["event"], line.get("cause")) for line in lines] == [
        ("store_away", "wrong password"),
        ("store_away", "TimeoutError"),
        ("store_back", None),
    ]
