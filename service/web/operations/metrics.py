"""/metrics: what this service's processes did, and what the store says of the account."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter as Counts
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service.observability import metric_table
from service.web.application import Prepared
from service.web.operations.metric_families import family, histogram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric as Family

    from service.observability.metric_table import Metric
    from service.web.operations.account_figures import AccountFigures

NOT_MODIFIED: Final = 304
# The counters that each process keeps; a scrape shows figures made from them, never the counters themselves.
CELLS: Final = "netigate_results_http_cells"
CELL_LABELS: Final = ("route", "method", "status", "outcome", "bucket")
CELL_SECONDS: Final = "netigate_results_http_cell_seconds"
# A part of Cache-Status → the outcome; the first part that is found decides.
CACHE_OUTCOMES: Final = {
    "fwd=miss": "fetched",
    "detail=store-away": "store_away",
    "detail=not-swept-yet": "unswept",
    "ttl=-": "stale",
}


class HttpFigures(Collector):
    """HTTP figures of this process, or of all processes where they share a folder.

    A request adds to two counters only, one with all its labels and one with its time, because each addition costs more
    than the rest of the counting. The scraped figures are computed from these at the scrape.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._cells = Counter(CELLS, "requests answered", CELL_LABELS, registry=self._registry)
        self._seconds = Counter(CELL_SECONDS, "time to answer them", ("route",), registry=self._registry)
        # The counters of each set of labels, kept because looking them up by labels costs more than counting.
        self._children: dict[tuple[str, str, int, str, int], tuple[Counter, Counter]] = {}

    def measure(self, method: str, route: str, response: Response, seconds: float) -> None:
        """Count one answered request."""
        status = response.status_code
        outcome = cache_outcome(response.outcome, status) if isinstance(response, Prepared) else ""
        cell = route, method, status, outcome, bisect_left(metric_table.REQUEST_BUCKETS, seconds)
        children = self._children.get(cell)
        if children is None:
            labels = [str(label) for label in cell]
            children = self._children[cell] = self._cells.labels(*labels), self._seconds.labels(route)
        counted, timed = children
        counted.inc()
        timed.inc(seconds)

    def collect(self) -> Iterator[Family]:
        """The figures of all processes where they share a folder, else of this one."""
        source = self._registry
        if os.environ.get(metric_table.FIGURES_DIR):
            source = CollectorRegistry()
            MultiProcessCollector(source)  # type: ignore[no-untyped-call]  # untyped in prometheus-client
        told: dict[Metric, Counts[tuple[str, ...]]] = {
            metric: Counts() for metric in (metric_table.REQUESTS, metric_table.CACHE)
        }
        buckets: dict[str, Counts[str]] = defaultdict(Counts)
        sums: dict[str, float] = {}
        for sample in (sample for found in source.collect() for sample in found.samples):
            if sample.name == f"{CELL_SECONDS}_total":
                sums[sample.labels["route"]] = sample.value
            elif sample.name == f"{CELLS}_total":
                for metric, counts in told.items():
                    counts[tuple(sample.labels[label] for label in metric.labels)] += int(sample.value)
                buckets[sample.labels["route"]][sample.labels["bucket"]] += int(sample.value)
        told[metric_table.CACHE].pop(("",), None)  # requests that no cache answered
        yield from (family(metric, counts.items()) for metric, counts in told.items())
        yield histogram(metric_table.REQUEST_SECONDS, metric_table.REQUEST_BUCKETS, buckets, sums)


@lru_cache(maxsize=256)
def cache_outcome(cache_status: str, status: int) -> str:
    """The outcome that a `Cache-Status` (RFC 9211) states, so that metrics agree with what callers were told."""
    outcome = next((word for sign, word in CACHE_OUTCOMES.items() if sign in cache_status), "fresh")
    return f"{outcome}_304" if status == NOT_MODIFIED else outcome


def metrics_blueprint(figures: HttpFigures, account: AccountFigures, version: str) -> Blueprint:
    """/metrics, open like the health routes: a load balancer has to keep it private."""
    routes = Blueprint("metrics", __name__)

    class _Build(Collector):
        def collect(self) -> Iterator[Family]:
            yield family(metric_table.BUILD, [((version,), 1)])

    joined = CollectorRegistry()
    for source in (figures, account, _Build()):
        joined.register(source)

    @routes.get("/metrics")
    def metrics() -> Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        response = Response(encode(joined), content_type=content_type)
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes
