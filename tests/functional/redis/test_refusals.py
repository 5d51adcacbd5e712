"""Redis answers and refuses writes, on every kind of server: everybody is read to, and the operator is told why."""

from __future__ import annotations

import contextlib
import time

import pytest

from service.app.guarded_leases import GuardedLeases
from service.cache.circuit_breaker import CircuitBreaker
from service.clock import SystemClock
from service.store.connection.clients import connect
from service.store.connection.write_probe import WriteProbe
from service.store.feeds.feed import encode_cursor
from service.store.limits.rate_limit_leases import RateLimitLeases
from service.survey.errors import StorePasswordError
from service.web.rate_limit import RateLimiter
from tests.harness.kinds import KINDS, REFUSALS, ways
from tests.harness.waiting import until
from tests.support.edge import Edge
from tests.support.fakes import make_set
from tests.support.house import House

TIMEOUT = 5
SOON = 0.25  # a write that is paused is given up after that
WORDS = {"memory": "memory", "disk": "disk", "read_only": "read-only", "replicas": "replicas", "paused": "paused"}
READS = [
    "/v1/customers/C-1/satisfaction",
    "/v1/customers/never-asked-before/satisfaction",
    "/v1/customers/satisfaction?id=C-1&id=C-2",
    "/v1/customers/C-1/results",
    "/v1/customers/C-1/results/latest",
    "/v1/respondents/501/results",
    "/v1/changes",
    "/v1/changes?since=now",
    "/v1/customers?band=dissatisfied",
    "/v1/surveys",
    "/v1/unmapped",
    "/metrics",
]


class Place:
    """A web process's parts over a served Redis, wired as the service wires them."""

    def __init__(self, served):
        self.served, self.house = served, House(connect(served.url, timeout=TIMEOUT))
        self.house.upstream.put(make_set(1), make_set(2, customer="C-2", respondent=502))
        self.house.sweep()
        clock, breaker = SystemClock(), CircuitBreaker(self.house.clock)
        leases = GuardedLeases(RateLimitLeases(connect(served.url, timeout=0.1), self.house.keys), breaker)
        limiter = RateLimiter(leases, clock, limit=100_000, processes=1)
        probe = WriteProbe(connect(served.url, timeout=SOON), self.house.keys, self.house.clock)
        self.edge = Edge(self.house, parts={"breaker": breaker, "limiter": limiter, "writes": probe.refused})

    def ready(self):
        self.house.clock.advance(2)
        return self.edge.client.get("/readyz").get_json()


@pytest.fixture(scope="module", params=KINDS)
def place(request):
    with KINDS[request.param]() as served:
        yield Place(served)


def test_reads_go_on_while_writes_are_refused_and_readyz_says_why(place):
    for way in ways(place.served.kind, REFUSALS):
        until(lambda: place.ready() == {"status": "ready", "reasons": []}, what="ready")
        way.begin(place.served)
        try:
            answers = {path: place.edge.get(path).status_code for path in READS}
            assert answers == dict.fromkeys(READS, 200), way.name
            found = place.ready()
            assert found["status"] == "degraded", way.name
            assert WORDS[way.name] in " ".join(found["reasons"])
        finally:
            way.end(place.served)
        until(lambda: place.ready()["status"] == "ready", what=f"writes after {way.name}")
        assert place.house.file(make_set(100 + len(way.name), customer="C-9", respondent=900)) in {0, 1}


def test_one_requests_error_reply_is_nobody_elses(place):
    key = place.house.keys.respondent(777)
    place.house.client.set(key, "not a hash")
    for _ in range(3):
        assert place.edge.get("/v1/respondents/777/results").status_code in {200, 503}
        assert place.edge.get("/v1/customers/C-1/results").status_code == 200
    place.house.client.delete(key)


@pytest.mark.parametrize("at", [f"{2**64}-0", f"0-{2**64}", f"{2**64 - 1}-{2**64 - 1}", f"{10**19 * 9}-0"])
def test_a_cursor_beyond_the_last_that_there_can_be_is_a_400_and_costs_nobody_else(place, at):
    epoch = place.house.store.control.epoch()
    for _ in range(3):
        assert place.edge.get(f"/v1/changes?cursor={encode_cursor(epoch, at)}").status_code == 400
        assert place.edge.get("/v1/customers/C-1/results").status_code == 200


@pytest.fixture
def locked(place):
    """Every node asks for a password that nobody has."""
    with contextlib.ExitStack() as stack:
        for node in place.served.nodes:
            client = stack.enter_context(contextlib.closing(node.client))
            kept = stack.enter_context(contextlib.closing(client.client()))  # one connection, let in before
            kept.config_set("requirepass", "another")
            stack.callback(kept.config_set, "requirepass", "")
        yield


@pytest.mark.parametrize("patience", [0, 60])
def test_a_wrong_password_is_told_at_once_as_such(place, locked, patience):
    begun = time.monotonic()
    house = House(connect(place.served.url, timeout=TIMEOUT, patience=patience))
    with pytest.raises(StorePasswordError):
        house.store.control.swept()
    assert time.monotonic() - begun < 15, "not the whole patience"
    document = Edge(house).client.get("/readyz").get_json()
    assert document["reasons"] == ["the store refuses the password"]
