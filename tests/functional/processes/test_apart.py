"""`web` and `worker` as processes of their own over a Redis that somebody else runs."""

from __future__ import annotations

import contextlib
import subprocess

import pytest
import requests

from tests.harness import http
from tests.harness.processes import environment, free_port, process
from tests.harness.service import CLI, account
from tests.harness.simulator import SimulatorProcess
from tests.harness.valkey import valkey
from tests.harness.waiting import until


@pytest.fixture
def parts():
    """Starts commands; ends what is left of them."""
    with contextlib.ExitStack() as stack:
        yield lambda command, **options: stack.enter_context(
            process([*CLI, command], environment(**options), stderr=subprocess.DEVNULL)
        )


def answer(port, path):
    """The answer; none while nobody listens."""
    try:
        return http.get(f"http://127.0.0.1:{port}{path}", "full")
    except requests.ConnectionError:
        return None


def test_a_worker_that_waits_for_netigate_ends_when_told_to_and_leaves_its_surveys_free(parts):
    with valkey() as store, SimulatorProcess(customers=5) as netigate:
        netigate.fault("slow", delay=120)
        worker = parts("worker", **account(netigate, REDIS_URL=store.url))
        with store.client as client:
            until(lambda: list(client.scan_iter("*lease*")), what="a lease")
            worker.terminate()
            assert worker.wait(60) == 0
            assert list(client.scan_iter("*lease*")) == []


def test_two_workers_share_the_work_and_web_serves_it(parts):
    with valkey() as store, SimulatorProcess(customers=5) as netigate:
        port = str(free_port())
        options = account(netigate, REDIS_URL=store.url, PORT=port, WEB_CONCURRENCY="1", FRESH_FOR_SECONDS="3")
        web = parts("web", **options)
        until(lambda: answer(port, "/healthz"), what="the web process")
        assert answer(port, "/readyz").status_code == 503
        workers = [parts("worker", **options) for _ in range(2)]

        def answered(customer):
            return answer(port, f"/v1/customers/{customer}/satisfaction").json()["answered"]

        until(lambda: answered("C-1001") == 2, what="the first sweeps")
        until(lambda: answer(port, "/readyz").status_code == 200, what="readiness")
        assert answer(port, "/v1/customers/C-1001/satisfaction").json()["score"] == 0.0
        # One dies at work: the other takes over once its leases have run out.
        workers[0].kill()
        workers[0].wait()
        netigate.add(customer="T-1", answers={31: "Nöjd"})
        until(lambda: answered("T-1") == 1, what="the other worker's sweep")
        assert netigate.violations == []
        workers[1].terminate()
        assert workers[1].wait(60) == 0
        web.terminate()
        assert web.wait(60) == 0


def test_a_worker_that_waits_for_netigate_ends_at_once_and_gives_its_leases_back(parts):
    with valkey() as store, SimulatorProcess(customers=5) as netigate:
        netigate.fault("429", retry_after=600)
        worker = parts("worker", **account(netigate, REDIS_URL=store.url, PORT=str(free_port())))
        with store.client as client:
            until(lambda: list(client.scan_iter("*notbefore*")), what="the fleet being sent back")
            worker.terminate()
            assert worker.wait(60) == 0
            assert list(client.scan_iter("*:lease:*")) == []
