"""Redis freezes, dies and comes back: known customers are answered, others told to wait, nobody restarts anything."""

from __future__ import annotations

import pytest

from tests.harness.processes import free_port
from tests.harness.service import Service, account
from tests.harness.simulator import SimulatorProcess
from tests.harness.valkey import valkey
from tests.harness.waiting import until

KNOWN = "/v1/customers/C-1001/satisfaction"


@pytest.fixture(scope="module")
def netigate():
    with SimulatorProcess(customers=20) as process:
        yield process


@pytest.fixture(scope="module")
def store():
    with valkey(free_port(), appendonly="yes") as node:
        yield node


@pytest.fixture(scope="module")
def service(netigate, store):
    with Service(
        **account(netigate, WEB_CONCURRENCY="1", REDIS_URL=store.url, REDIS_TIMEOUT_SECONDS="0.25")
    ) as running:
        running.await_sweep()
        yield running


DEATHS = {"frozen": ("freeze", "thaw"), "killed": ("kill", "start")}


@pytest.fixture(params=DEATHS)
def away(request, store, service):
    """Redis is away, the story's customer having been read before; calling it brings Redis back."""
    begin, end = DEATHS[request.param]
    assert service.get(KNOWN).status_code == 200
    getattr(store, begin)()
    back = [False]

    def come_back():
        if not back[0]:
            back[0] = True
            getattr(store, end)()

    # Not only stale: on a busy machine a sweep may be late as well.
    until(lambda: "detail=store-away" in service.get(KNOWN).headers["Cache-Status"], what="a store away")
    yield come_back
    come_back()
    until(lambda: service.get("/readyz", None).json()["status"] == "ready", what="a service that is ready again")


def test_who_is_known_is_answered_and_told_the_age(service, away):
    reply = service.get(KNOWN)
    document = reply.json()
    assert reply.status_code == 200
    assert document["latest"]["respondent_id"] == 501
    assert document["freshness"]["state"] == "stale"
    assert reply.headers["Age"] == str(document["freshness"]["age_seconds"])
    assert "detail=store-away" in reply.headers["Cache-Status"]
    again = service.get(KNOWN, If_None_Match=reply.headers["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/v1/customers/never-read/satisfaction", "/v1/changes", "/v1/respondents/502/results"]
)
def test_others_are_told_when_to_ask_again(service, away, path):
    reply = service.get(path)
    assert reply.status_code == 503
    assert reply.json()["type"].endswith("store-unavailable")
    assert int(reply.headers["Retry-After"]) > 0


def test_it_recovers_by_itself_and_nothing_is_missing(netigate, service, away):
    added = netigate.add(customer="C-1001", respondent=501, answers={31: "Mycket nöjd"})
    health = service.get("/readyz", None)
    assert (health.status_code, health.json()["status"]) == (200, "degraded")
    away()

    def newest():
        return service.summary("C-1001")["latest"]["answer_set_id"] == added["set"]

    until(newest, what="the answer given meanwhile")
    until(lambda: service.summary("C-1001")["freshness"]["state"] == "fresh", what="a fresh answer")
