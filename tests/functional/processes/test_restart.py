"""Stopped, killed, started again: what was swept is there at once, and Netigate need not be."""

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
    service = Service(**account(netigate, DATA_DIR=data, FRESH_FOR_SECONDS="3", WEB_CONCURRENCY="1"))
    service.held = held.fileno()
    with service:
        yield service


def test_a_second_service_is_kept_off_its_data(service):
    told = cli("run", **service.options)
    assert told.returncode == 2
    assert told.stderr.splitlines() == ["DATA_DIR is in use by another netigate-results"]


def test_over_a_held_socket_a_restart_loses_no_request_and_a_mistyped_label_costs_nothing(service, held):
    """Keys are rotated by a restart that nobody notices; a label that nobody has does not start."""
    assert service.url.endswith(f":{held.getsockname()[1]}")
    before = service.get("/v1/customers/C-1001/satisfaction").json()["score"]
    changes = [change["id"] for change in service.get("/v1/changes").json()["changes"]]
    assert changes
    service.stop()
    refused = cli("run", **service.options | {"NETIGATE_CUSTOMER_LABEL": "CRM-IDD"})
    assert refused.returncode == 2, refused.stderr
    said = [line for line in (refused.stdout + refused.stderr).splitlines() if "NETIGATE_CUSTOMER_LABEL" in line]
    assert len(said) == 1
    assert "--yes" in said[0]
    answers = []
    asking = [threading.Thread(target=lambda: answers.append(service.get("/healthz").status_code)) for _ in range(3)]
    for thread in asking:  # while nothing runs
        thread.start()
    service.start()
    for thread in asking:
        thread.join(120)
    assert answers == [200] * 3
    assert service.get("/v1/customers/C-1001/satisfaction").json()["score"] == before
    assert [change["id"] for change in service.get("/v1/changes").json()["changes"]] == changes


@pytest.mark.parametrize(
    "end", ["stop", pytest.param("kill", marks=pytest.mark.skipif(not leash(), reason="no setpriv: children stay"))]
)
def test_started_again_without_netigate_it_serves_what_it_knows(netigate, service, end):
    before = service.summary("C-1001")
    children = set(service.children)
    # The server writes what it holds once a second.
    service.await_sweep(times=2)
    assert len(children) >= 4
    getattr(service, end)()
    if service.stop() == 0:
        assert running(children) == set()
    until(lambda: not running(children), what="the children's end")
    assert (service.process.returncode == 0) is (end == "stop")
    fault = netigate.fault("down")
    service.start()
    after = service.summary("C-1001")
    assert {**after, "freshness": None} == {**before, "freshness": None}
    until(lambda: service.summary("C-1001")["freshness"]["state"] == "stale", what="an answer that says its age")
    assert service.get("/readyz").status_code == 200
    netigate.lift(fault)
    until(lambda: service.summary("C-1001")["freshness"]["state"] == "fresh", what="a fresh answer")
