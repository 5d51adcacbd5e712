"""Stopped, killed, started again: what was swept is there at once, and Netigate need not be, nor take the key."""

from __future__ import annotations

import socket
import threading

import pytest

from service.process.supervisor import leash
from tests.harness.processes import running
from tests.harness.service import Service, account, cli
from tests.harness.simulator import SimulatorProcess
from tests.harness.waiting import until


@pytest.fixture(scope="module")
def netigate():
    with SimulatorProcess(customers=5) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def held():
    """A service manager's socket (deploy/netigate-results.socket), over which the service stands."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as opened:
        yield opened


@pytest.fixture(scope="module")
def service(netigate, held, tmp_path_factory):
    data = str(tmp_path_factory.mktemp("data"))
    service = Service(
        **account(netigate, DATA_DIR=data, FRESH_FOR_SECONDS="3", WEB_CONCURRENCY="1", AUTH_PROBE_SECONDS="1")
    )
    service.held = held.fileno()
    with service:
        yield service


def test_a_second_service_is_kept_off_its_data(service):
    told = cli("run", **service.options)
    assert told.returncode == 2
    assert told.stderr.splitlines() == ["DATA_DIR is in use by another netigate-results"]


@pytest.mark.parametrize("kind", ["401", "403"])
def test_a_key_that_is_refused_and_taken_again(netigate, service, kind):
    """What is stored is served on, readers and operators are told, and it passes by itself."""
    before = known(service)
    netigate.fault(kind)
    until(lambda: service.get("/readyz").json()["status"] == "degraded", what="a word that something is wrong")
    assert service.get("/readyz").status_code == 200
    until(lambda: service.summary("C-1001")["freshness"]["state"] == "stale", what="an answer that says that it is old")
    assert known(service) == before
    netigate.lift()
    until(lambda: service.summary("C-1001")["freshness"]["state"] == "fresh", what="a fresh answer")
    until(lambda: service.get("/readyz").json()["status"] == "ready", what="readiness")


def known(service):
    """What it says of the story's customer, whatever the age."""
    return {**service.summary("C-1001"), "freshness": None}


def start_without(netigate, service, before):
    """Start it while Netigate is away: it serves what it knew, says that it is old, and recovers by itself."""
    fault = netigate.fault("down")
    service.start()
    assert known(service) == before
    until(lambda: service.summary("C-1001")["freshness"]["state"] == "stale", what="an answer that says its age")
    assert service.get("/readyz").status_code == 200
    netigate.lift(fault)
    until(lambda: service.summary("C-1001")["freshness"]["state"] == "fresh", what="a fresh answer")


def test_over_a_held_socket_a_restart_loses_no_request_and_a_mistyped_label_costs_nothing(netigate, service, held):
    """Keys are rotated by a restart that nobody notices; a label that nobody has does not start."""
    assert service.url.endswith(f":{held.getsockname()[1]}")
    before, children = known(service), set(service.children)
    assert len(children) >= 4
    changes = [change["id"] for change in service.get("/v1/changes").json()["changes"]]
    assert changes
    assert service.stop() == 0
    assert running(children) == set()
    refused = cli("run", **service.options | {"NETIGATE_CUSTOMER_LABEL": "CRM-IDD"})
    assert refused.returncode == 2, refused.stderr
    said = [line for line in (refused.stdout + refused.stderr).splitlines() if "NETIGATE_CUSTOMER_LABEL" in line]
    assert len(said) == 1
    assert "--yes" in said[0]
    answers = []
    asking = [threading.Thread(target=lambda: answers.append(service.get("/healthz").status_code)) for _ in range(3)]
    for thread in asking:  # while nothing runs
        thread.start()
    start_without(netigate, service, before)
    for thread in asking:
        thread.join(120)
    assert answers == [200] * 3
    assert [change["id"] for change in service.get("/v1/changes").json()["changes"]] == changes


@pytest.mark.skipif(not leash(), reason="no setpriv: children stay")
def test_killed_it_takes_its_children_along_and_starts_with_what_it_knew(netigate, service):
    before, children = known(service), set(service.children)
    service.await_sweep(times=2)  # the store's server writes to its disk once a second
    service.kill()
    assert service.stop() != 0
    until(lambda: not running(children), what="the children's end")
    start_without(netigate, service, before)
