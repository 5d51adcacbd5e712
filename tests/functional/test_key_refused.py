"""Netigate refuses the key: what is stored is served on, readers and operators are told, and it passes by itself."""

from __future__ import annotations

import pytest

from tests.harness.service import Service, account
from tests.harness.simulator import SimulatorProcess
from tests.harness.waiting import until


@pytest.fixture(scope="module")
def netigate():
    with SimulatorProcess(customers=5) as running:
        yield running


@pytest.fixture(scope="module")
def service(netigate):
    options = account(netigate, FRESH_FOR_SECONDS="2", AUTH_PROBE_SECONDS="1", WEB_CONCURRENCY="1")
    with Service(**options) as running:
        yield running


@pytest.mark.parametrize("kind", ["401", "403"])
def test_refused_and_taken_back(netigate, service, kind):
    netigate.fault(kind)
    ready = until(
        lambda: (found := service.get("/readyz")).json()["status"] == "degraded" and found,
        what="a word that something is wrong",
    )
    assert ready.status_code == 200
    stale = until(
        lambda: (found := service.summary("C-1001"))["freshness"]["state"] == "stale" and found,
        what="an answer that says that it is old",
    )
    assert (stale["score"], stale["answered"]) == (0.0, 2)
    netigate.lift()
    until(lambda: service.summary("C-1001")["freshness"]["state"] == "fresh", what="a fresh answer")
    until(lambda: service.get("/readyz").json()["status"] == "ready", what="readiness")
