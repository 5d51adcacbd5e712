"""`alive`: 0 while a worker sweeps or waits, 1 when its loop or a sweep hangs, or when it is gone."""

from __future__ import annotations

import threading

import pytest
from click.testing import CliRunner

from service import cli
from service.process import heartbeat
from service.process.heartbeat import HANG_SECONDS, LOOP_SECONDS, Heartbeat, trouble
from tests.support.fakes import FakeClock


@pytest.fixture
def clock(monkeypatch):
    clock = FakeClock()
    monkeypatch.setattr(heartbeat.time, "monotonic", clock.monotonic)
    return clock


def in_a_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_worker_that_waits_is_alive_and_one_whose_loop_hangs_is_not(tmp_path, clock):
    beating = Heartbeat(tmp_path / "alive")
    clock.advance(LOOP_SECONDS)
    assert trouble(tmp_path / "alive") is None
    clock.advance(1)
    assert trouble(tmp_path / "alive") == "the worker hangs: its loop is 1 s late"
    beating.beat(0)
    assert trouble(tmp_path / "alive") is None


def test_a_long_first_sweep_is_alive_while_it_goes_on_and_a_hanging_call_is_not(tmp_path, clock):
    beating = Heartbeat(tmp_path / "alive")
    watched = beating.watched(clock)
    for _ in range(10):  # each page looks at the clock
        in_a_thread(watched.monotonic)
        clock.advance(HANG_SECONDS - 1)
        watched.monotonic()  # the loop's own looks say nothing of its sweeps
        beating.beat(1)
        assert trouble(tmp_path / "alive") is None
    clock.advance(2)
    beating.beat(1)
    clock.advance(LOOP_SECONDS)
    assert trouble(tmp_path / "alive") is not None


def test_a_dead_workers_file_says_nothing(tmp_path, clock):
    path = tmp_path / "alive"
    assert trouble(path) == "no worker runs here"
    path.write_text(f"{clock.monotonic() + 1000:020.3f}")
    assert trouble(path) == "no worker runs here"


def test_a_file_has_one_worker(tmp_path):
    first = Heartbeat(tmp_path / "alive")
    with pytest.raises(BlockingIOError):
        Heartbeat(tmp_path / "alive")
    first.beat(0)


def test_the_command_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("HEARTBEAT_FILE", str(tmp_path / "alive"))
    told = CliRunner().invoke(cli.main, ["alive"])
    assert (told.exit_code, told.output) == (1, "no worker runs here\n")
    beating = Heartbeat(tmp_path / "alive")
    told = CliRunner().invoke(cli.main, ["alive"])
    assert (told.exit_code, told.output) == (0, "alive\n")
    beating.beat(0)
