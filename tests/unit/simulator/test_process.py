"""The command, in this process and in one of its own."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import redirect_stdout

import pytest
import requests

from service.simulator.command import simulate
from service.simulator.server import Options, serve
from tests.harness.simulator import SimulatorProcess
from tests.harness.waiting import until


def test_the_command_says_where_it_is_and_ends_at_sigterm():
    reading, writing = os.pipe()
    said = []

    def ask_and_end():
        with os.fdopen(reading) as output:
            said.append(output.readline())
            said.append(requests.get(f"{said[0].split()[-1]}/surveys", timeout=10).status_code)
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    asking = threading.Thread(target=ask_and_end)
    asking.start()
    with os.fdopen(writing, "w") as output, redirect_stdout(output):
        simulate.main(["--customers=3", "--now=2026-11-23T12:00:00Z"], standalone_mode=False)
    asking.join()
    assert said[0].startswith("simulator on http://127.0.0.1:")
    assert said[0].endswith("/api/v1.2\n")
    assert said[1] == 401
    assert signal.getsignal(signal.SIGTERM) is before


def test_serving_off_the_main_thread_ends_when_told():
    stop, addresses = threading.Event(), []
    thread = threading.Thread(target=serve, args=(Options(customers=2), addresses.append, stop))
    stop.set()
    thread.start()
    thread.join(20)
    assert len(addresses) == 1
    with pytest.raises(requests.ConnectionError):
        requests.get(addresses[0], timeout=1)


def test_a_process_of_its_own_starts_and_ends_at_once():
    started = time.monotonic()
    with SimulatorProcess() as netigate:
        start = time.monotonic() - started
        assert netigate.get("/surveys").status_code == 200
        netigate.fault("slow", delay=60)
        waiting = threading.Thread(target=lambda: requests.get(netigate.base_url + "/surveys", timeout=60))
        waiting.start()
        until(lambda: netigate.requests()["in_flight"], what="the request")
        stopped = time.monotonic()
        assert netigate.stop() == 0
        assert time.monotonic() - stopped < 30, (
            "a twentieth of a second on an idle machine, and never the fault's minute"
        )
        waiting.join(20)
        assert start < 30, "a fifth of a second on an idle machine"
        with pytest.raises(requests.ConnectionError):
            netigate.get("/surveys")


def test_a_restart_brings_the_same_data_on_the_same_port():
    with SimulatorProcess(customers=10, now="2026-11-23T12:00:00Z") as netigate:
        before, address = netigate.truth(), netigate.base_url
        netigate.erase(9001)
        netigate.restart()
        assert (netigate.truth(), netigate.base_url) == (before, address)


def test_a_process_that_cannot_start_is_told(capfd):
    with pytest.raises(AssertionError, match="it ended with 2"):
        SimulatorProcess(customers=-1).start()
    assert "customers" in capfd.readouterr().err


def test_a_hundred_thousand_customers():
    started = time.monotonic()
    with SimulatorProcess(customers=100_000) as netigate:
        assert time.monotonic() - started < 60
        first = netigate.get("/surveys/4711/answersWithData").json()
        assert first["TotalPages"] > 900
        seconds = []
        for page in (1, first["TotalPages"] // 2, first["TotalPages"]):
            asked = time.monotonic()
            assert netigate.get("/surveys/4711/answersWithData", page=page).json()["AnswerSets"]
            seconds.append(time.monotonic() - asked)
        assert max(seconds) < 10, "no page costs what all of them do"
