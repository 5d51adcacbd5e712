"""/metrics: what is counted, and that nothing personal is."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from service.app.instrumentation import counted_sweep, upstream_observer
from service.observability import metric_table
from service.store.alerts.delivery_states import Backlog
from service.sweeping.sweep import SweepReport
from service.web.operations.metrics import cache_outcome
from tests.support.edge import HEADERS, Edge
from tests.support.fakes import make_set
from tests.support.house import SURVEY, House

if TYPE_CHECKING:
    import fakeredis

REQUESTS = "netigate_results_http_requests_total"
CUSTOMER = "Kund-Geheim-77"


def test_requests_are_counted_by_template_method_and_status(edge: Edge) -> None:
    for customer in ("C-1", CUSTOMER):
        edge.get(f"/v1/customers/{customer}/satisfaction")
    edge.get("/v1/customers/C-1/satisfaction", headers={})
    edge.get("/no/such/place")
    edge.client.open("/healthz", method="PROPFIND")
    found = edge.metrics()
    route = 'route="/v1/customers/{id}/satisfaction"'
    assert found[f'{REQUESTS}{{method="GET",{route},status="200"}}'] == 2
    assert found[f'{REQUESTS}{{method="GET",{route},status="401"}}'] == 1
    assert found[f'{REQUESTS}{{method="GET",route="none",status="404"}}'] == 1
    assert found[f'{REQUESTS}{{method="OTHER",route="none",status="405"}}'] == 1
    assert found[f"netigate_results_http_request_seconds_count{{{route}}}"] == 3


def test_a_slow_answer_is_in_the_buckets_from_its_time_on(house: House) -> None:
    class SlowClock(type(house.clock)):
        def monotonic(self) -> float:
            self.ticks += 0.02
            return self.ticks

    house.clock = SlowClock()
    edge = Edge(house)
    edge.get("/healthz")
    found = edge.metrics()
    name = "netigate_results_http_request_seconds_bucket"
    assert found[f'{name}{{le="0.01",route="/healthz"}}'] == 0
    assert found[f'{name}{{le="0.025",route="/healthz"}}'] == 1


@pytest.mark.parametrize(
    ("said", "status", "outcome"),
    [
        ("netigate-results; hit; ttl=120", 200, "fresh"),
        ("netigate-results; hit; ttl=0", 200, "fresh"),
        ("netigate-results; hit; ttl=-5", 200, "stale"),
        ("netigate-results; hit; detail=not-swept-yet", 200, "unswept"),
        ("netigate-results; fwd=miss; stored; ttl=-3", 200, "fetched"),
        ("netigate-results; hit; ttl=-3; detail=store-away", 200, "store_away"),
        ("netigate-results; hit; ttl=120", 304, "fresh_304"),
        ("netigate-results; hit; ttl=-1", 304, "stale_304"),
    ],
)
def test_cache_outcomes_are_what_callers_are_told(said: str, status: int, outcome: str) -> None:
    assert cache_outcome(said, status) == outcome


def test_cache_outcomes_over_the_life_of_an_answer(house: House, edge: Edge) -> None:
    path = "/v1/customers/C-1/satisfaction"
    edge.get(path)
    house.upstream.put(make_set(1))
    house.sweep()
    house.clock.advance(2)
    etag = edge.get(path).headers["ETag"]
    edge.get(path, headers={**HEADERS, "If-None-Match": etag})
    house.clock.advance(3600)
    edge.get(path)
    found = edge.metrics()
    name = "netigate_results_cache_outcomes_total"
    counted = {o: found.get(f'{name}{{outcome="{o}"}}') for o in ("unswept", "fresh", "fresh_304", "stale")}
    assert counted == {"unswept": 1, "fresh": 1, "fresh_304": 1, "stale": 1}


def test_with_the_store_away_it_says_so_and_still_tells_of_http(edge: Edge, server: fakeredis.FakeServer) -> None:
    edge.get("/healthz")
    server.connected = False
    found = edge.metrics()
    assert found["netigate_results_store_up"] == 0
    assert found[f'{REQUESTS}{{method="GET",route="/healthz",status="200"}}'] == 1
    assert not [name for name in found if name.startswith("netigate_results_customers")]


def test_no_customer_contact_answer_or_key_is_in_any_label(house: House, edge: Edge) -> None:
    house.upstream.put(make_set(1, customer=CUSTOMER, contact="P-Geheim", comment="Streng vertraulich"))
    house.sweep()
    for path in (f"/v1/customers/{CUSTOMER}/satisfaction", f"/v1/customers/satisfaction?id={CUSTOMER}"):
        assert CUSTOMER in edge.get(path).get_data(as_text=True)
    edge.get(f"/{CUSTOMER}?token={CUSTOMER}")
    text = edge.client.get("/metrics").get_data(as_text=True)
    for secret in (CUSTOMER, "Geheim", "vertraulich", "missnöjd", HEADERS["Authorization"][-10:]):
        assert secret not in text


def test_every_metric_that_is_documented_is_told_and_every_one_told_is_documented(house: House) -> None:
    house.upstream.put(make_set(1))
    house.sweep()
    upstream_observer(house.store.counters)("/surveys", "ok", 1.0)
    counted_sweep(lambda *_: SweepReport(1, 1, 1, 1, first=False, cut=1), house.store.counters)(SURVEY, "")
    house.store.tolerance.note("partition")
    house.store.counters.add({(metric_table.ALERTS.name, "slack", "delivered"): 1})
    edge = Edge(house, {"alerts": lambda: [Backlog("slack", None, 0, "")]})
    edge.get("/v1/customers/C-1/satisfaction")
    text = edge.client.get("/metrics").get_data(as_text=True)
    typed = dict(line.split()[2:4] for line in text.splitlines() if line.startswith("# TYPE "))
    typed = {name: kind for name, kind in typed.items() if not name.endswith("_created")}
    assert typed == {metric.name: metric.kind for metric in metric_table.METRICS}
    for metric in metric_table.METRICS:
        assert [line for line in text.splitlines() if line.startswith(metric.name)], metric.name


def test_gunicorns_processes_tell_one_sum(tmp_path) -> None:
    """Two processes count into the shared folder; a third, which counted nothing, tells both."""
    environment = {**os.environ, metric_table.FIGURES_DIR: str(tmp_path)}
    count = (
        "from flask import Response; from service.web.operations.metrics import HttpFigures; f = HttpFigures();"
        "[f.measure('GET', '/healthz', Response(), 0.001) for _ in range(%d)]"
    )
    for amount in (3, 4):
        subprocess.run([sys.executable, "-c", count % amount], env=environment, check=True)
    tell = (
        "from prometheus_client import generate_latest; from service.web.operations.metrics import HttpFigures;"
        "print(generate_latest(HttpFigures()).decode())"
    )
    told = subprocess.run([sys.executable, "-c", tell], env=environment, check=True, capture_output=True, text=True)
    assert f'{REQUESTS}{{method="GET",route="/healthz",status="200"}} 7.0' in told.stdout
