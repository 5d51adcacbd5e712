"""/metrics: what this service's processes did, and what the store says of the account."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service import telemetry
from service.survey.errors import StoreAwayError
from service.web.prepared import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from prometheus_client.metrics_core import Metric as Family

    from service.ports import Clock
    from service.store.facts import Facts
    from service.telemetry import Metric

NOT_MODIFIED: Final = 304
# What stands in Cache-Status → the outcome; the first that fits.
CACHE_OUTCOMES: Final = {
    "fwd=miss": "fetched",
    "detail=store-away": "store_away",
    "detail=not-swept-yet": "unswept",
    "ttl=-": "stale",
}


class HttpFigures:
    """What HTTP did in this process. A child of each set of labels is kept: looking it up costs more than counting."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        requests, seconds, cache = telemetry.REQUESTS, telemetry.REQUEST_SECONDS, telemetry.CACHE
        self._requests = Counter(requests.name, requests.text, requests.labels, registry=self.registry)
        self._seconds = Histogram(
            seconds.name, seconds.text, seconds.labels, registry=self.registry, buckets=telemetry.REQUEST_BUCKETS
        )
        self._cache = Counter(cache.name, cache.text, cache.labels, registry=self.registry)
        self._request_children: dict[tuple[str, str, int], Counter] = {}
        self._seconds_children: dict[str, Histogram] = {}
        self._cache_children: dict[str, Counter] = {}

    def measure(self, method: str, route: str, response: Response, seconds: float) -> None:
        """Count one answered request."""
        status = response.status_code
        counted = self._request_children.get((method, route, status))
        if counted is None:
            counted = self._request_children[method, route, status] = self._requests.labels(route, method, str(status))
        counted.inc()
        timed = self._seconds_children.get(route)
        if timed is None:
            timed = self._seconds_children[route] = self._seconds.labels(route)
        timed.observe(seconds)
        if isinstance(response, Prepared):
            outcome = cache_outcome(response.outcome, not_modified=status == NOT_MODIFIED)
            told = self._cache_children.get(outcome)
            if told is None:
                told = self._cache_children[outcome] = self._cache.labels(outcome)
            told.inc()

    def collector(self) -> CollectorRegistry:
        """All processes' figures where they share a folder, else this one's."""
        if not os.environ.get(telemetry.FIGURES_DIR):
            return self.registry
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # untyped in prometheus-client
        return shared


def cache_outcome(cache_status: str, *, not_modified: bool) -> str:
    """RFC 9211's words as one of ours, so that figures cannot differ from what callers were told."""
    outcome = next((word for sign, word in CACHE_OUTCOMES.items() if sign in cache_status), "fresh")
    return f"{outcome}_304" if not_modified else outcome


class AccountFigures(Collector):
    """The account's figures, read from the store at each scrape."""

    def __init__(
        self,
        facts: Callable[[Sequence[int]], Facts],
        surveys: Sequence[int],
        clock: Clock,
        *,
        unmapped: Callable[[], dict[int, int]] = dict,
    ) -> None:
        self._facts = facts
        self._surveys = surveys
        self._clock = clock
        self._unmapped = unmapped

    def collect(self) -> Iterator[Family]:
        try:
            facts, unmapped = self._facts(self._surveys), self._unmapped()
        except StoreAwayError:
            yield _gauge(telemetry.STORE_UP, [((), 0)])
            return
        yield _gauge(telemetry.STORE_UP, [((), 1)])
        wait = facts.not_before / 1000 - self._clock.now().timestamp()
        yield _gauge(telemetry.BACKOFF, [((), max(0.0, wait))])
        yield _gauge(telemetry.REJECTED, [((), float(facts.rejected))])
        yield from self._surveys_of(facts)
        yield _gauge(telemetry.UNMAPPED, [((str(survey),), count) for survey, count in unmapped.items()])
        yield _gauge(telemetry.CUSTOMERS, [((), facts.customers)])
        yield _gauge(telemetry.FEED, [((), facts.feed)])
        for metric in (telemetry.CALLS, telemetry.SWEEPS, telemetry.FILED, telemetry.SET_ASIDE):
            counts = [(name[1:], value) for name, value in facts.counts.items() if name[0] == metric.name]
            yield _counter(metric, counts)
        yield _call_seconds(facts)

    def _surveys_of(self, facts: Facts) -> Iterator[Family]:
        now = self._clock.now().timestamp()
        labels = {survey: (str(survey),) for survey in self._surveys}
        ages = [(labels[s], max(0.0, now - facts.swept[s] / 1000)) for s in self._surveys if s in facts.swept]
        yield _gauge(telemetry.SWEEP_AGE, ages)
        backfill, alarms = [], []
        for survey in self._surveys:
            state = facts.states[survey]
            part = state.page / state.pages if state.pages else 0.0
            backfill.append((labels[survey], 1.0 if state.filled is not None else min(part, 1.0)))
            alarms.append((labels[survey], 1.0 if state.alarm else 0.0))
        yield _gauge(telemetry.BACKFILL, backfill)
        yield _gauge(telemetry.ALARM, alarms)
        yield _gauge(telemetry.ANSWER_SETS, [(labels[s], facts.answer_sets[s]) for s in self._surveys])


def _gauge(metric: Metric, values: Iterable[tuple[Sequence[str], float]]) -> Family:
    family = GaugeMetricFamily(metric.name, metric.text, labels=metric.labels)
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def _counter(metric: Metric, values: Iterable[tuple[Sequence[str], float]]) -> Family:
    family = CounterMetricFamily(metric.name, metric.text, labels=metric.labels)
    for labels, value in values:
        family.add_metric(labels, value)
    return family


def _call_seconds(facts: Facts) -> Family:
    metric = telemetry.CALL_SECONDS
    family = HistogramMetricFamily(metric.name, metric.text, labels=metric.labels)
    routes: dict[str, dict[str, float]] = defaultdict(dict)
    for name, value in facts.counts.items():
        if name[0] == metric.name:
            routes[name[1]][name[2]] = value
    bounds = [*(str(bound) for bound in telemetry.CALL_BUCKETS), "+Inf"]
    for route, cells in routes.items():
        total, buckets = 0.0, []
        for index, bound in enumerate(bounds):
            total += cells.get(f"bucket{index}", 0.0)
            buckets.append((bound, total))
        family.add_metric([route], buckets, cells.get("sum", 0.0))
    return family


def metrics_blueprint(figures: HttpFigures, account: AccountFigures, version: str) -> Blueprint:
    """/metrics, open like the health routes: a balancer keeps it private."""
    routes = Blueprint("metrics", __name__)

    class _Build(Collector):
        def collect(self) -> Iterator[Family]:
            yield _gauge(telemetry.BUILD, [((version,), 1)])

    @routes.get("/metrics")
    def metrics() -> Response:
        # Restricted registries have no way to add: each scrape joins the three sources anew.
        joined = CollectorRegistry()
        for source in (figures.collector(), account, _Build()):
            joined.register(source)  # a registry collects as a collector does
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        response = Response(encode(joined), content_type=content_type)
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes
