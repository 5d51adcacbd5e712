"""/metrics: what this service's processes did, and what the store says of the account."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter as Counts
from collections import defaultdict
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service.cache.freshness import age_of
from service.observability import metric_table
from service.store.deployments.survey_lists import ALIVE_SECONDS
from service.survey.errors import StoreError
from service.web.application import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prometheus_client.metrics_core import Metric as Family

    from service.observability.metric_table import Metric
    from service.ports import Clock
    from service.store.alerts.delivery_states import Backlog
    from service.store.stats import Stats

NOT_MODIFIED: Final = 304
COUNTED: Final = (  # in Redis, by whoever does it
    metric_table.CALLS, metric_table.SWEEPS, metric_table.FILED, metric_table.SET_ASIDE, metric_table.TEXTS_CUT,
    metric_table.DAMAGED, metric_table.FOREIGN, metric_table.ALERTS,
)  # fmt: skip
# What a process counts; never scraped as such.
CELLS: Final = "netigate_results_http_cells"
CELL_LABELS: Final = ("route", "method", "status", "outcome", "bucket")
CELL_SECONDS: Final = "netigate_results_http_cell_seconds"
ACCOUNT_COUNTS: Final = (
    metric_table.CALLS, metric_table.SWEEPS, metric_table.FILED, metric_table.SET_ASIDE, metric_table.FOREIGN
)  # fmt: skip
# What stands in Cache-Status → the outcome; the first that fits.
CACHE_OUTCOMES: Final = {
    "fwd=miss": "fetched",
    "detail=store-away": "store_away",
    "detail=not-swept-yet": "unswept",
    "ttl=-": "stale",
}


class HttpFigures(Collector):
    """What HTTP did in this process, and what all of them did where they share a folder.

    A request is counted in one cell of all that is told of it, and its time in another: each costs more than the rest
    of the counting. What is scraped is made of the cells at the scrape.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._cells = Counter(CELLS, "requests answered", CELL_LABELS, registry=self._registry)
        self._seconds = Counter(CELL_SECONDS, "time to answer them", ("route",), registry=self._registry)
        # A child of each set of labels is kept: looking it up costs more than counting.
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
        """All processes' figures where they share a folder, else this one's."""
        source = self._registry
        if os.environ.get(metric_table.FIGURES_DIR):
            source = CollectorRegistry()
            MultiProcessCollector(source)  # type: ignore[no-untyped-call]  # untyped in prometheus-client
        told: dict[Metric, Counts[tuple[str, ...]]] = {
            metric: Counts() for metric in (metric_table.REQUESTS, metric_table.CACHE)
        }
        buckets: dict[str, Counts[str]] = defaultdict(Counts)
        sums: dict[str, float] = {}
        for sample in (sample for family in source.collect() for sample in family.samples):
            if sample.name == f"{CELL_SECONDS}_total":
                sums[sample.labels["route"]] = sample.value
            elif sample.name == f"{CELLS}_total":
                for metric, counts in told.items():
                    counts[tuple(sample.labels[label] for label in metric.labels)] += int(sample.value)
                buckets[sample.labels["route"]][sample.labels["bucket"]] += int(sample.value)
        told[metric_table.CACHE].pop(("",), None)  # what no cache answered
        yield from (_counter(metric, counts.items()) for metric, counts in told.items())
        yield _histogram(metric_table.REQUEST_SECONDS, metric_table.REQUEST_BUCKETS, buckets, sums)


@lru_cache(maxsize=256)
def cache_outcome(cache_status: str, status: int) -> str:
    """RFC 9211's words as one of ours, so that figures cannot differ from what callers were told."""
    outcome = next((word for sign, word in CACHE_OUTCOMES.items() if sign in cache_status), "fresh")
    return f"{outcome}_304" if status == NOT_MODIFIED else outcome


class AccountFigures(Collector):
    """The account's figures, read from the store at each scrape."""

    def __init__(
        self,
        stats: Callable[[Sequence[int]], Stats],
        surveys: Sequence[int],
        clock: Clock,
        *,
        unmapped: Callable[[], dict[int, int]] = dict,
        alerts: Callable[[], Sequence[Backlog]] = tuple,
        doubted: Callable[[], dict[int, bool]] = dict,
        met: Callable[[], Mapping[tuple[int, int, str], int]] = dict,
    ) -> None:
        """By survey: alternatives not understood, and whether its tree is doubted. `met`: `KnownSets.unmapped`."""
        self._facts = stats
        self._surveys = surveys
        self._clock = clock
        self._unmapped = unmapped
        self._alerts = alerts
        self._doubted = doubted
        self._met = met

    def collect(self) -> Iterator[Family]:
        try:
            alerts = self._alerts()
            stats, unmapped, met, doubted = self._facts(self._surveys), self._unmapped(), self._met(), self._doubted()
        except StoreError:
            yield _gauge(metric_table.STORE_UP, [((), 0)])
            return
        yield _gauge(metric_table.STORE_UP, [((), 1)])
        wait = stats.not_before / 1000 - self._clock.now().timestamp()
        yield _gauge(metric_table.BACKOFF, [((), max(0.0, wait))])
        yield _gauge(metric_table.REJECTED, [((), float(stats.rejected))])
        yield from self._surveys_of(stats)
        yield _gauge(metric_table.UNMAPPED, [((str(survey),), count) for survey, count in unmapped.items()])
        unrecognised = Counts(dict.fromkeys(self._surveys, 0))
        for (survey, _, wording), count in met.items():
            unrecognised[survey] += 0 if wording else count
        yield _gauge(metric_table.UNRECOGNISED, [((str(survey),), count) for survey, count in unrecognised.items()])
        yield _gauge(metric_table.TREE_DOUBTED, [((str(survey),), float(is_so)) for survey, is_so in doubted.items()])
        yield _gauge(metric_table.CUSTOMERS, [((), stats.customers)])
        ages = [age_of(said, self._clock.now()) for said in stats.listed]
        alive = sum(age is not None and age < ALIVE_SECONDS for age in ages)
        yield _gauge(metric_table.LISTS, [((), alive)])
        yield _gauge(metric_table.FEED, [((), stats.feed)])
        for metric in COUNTED:
            counts = {name[1:]: value for name, value in stats.counts.items() if name[0] == metric.name}
            if metric is metric_table.FOREIGN:  # told while it is 0, so that an alarm has something to look at
                counts = dict.fromkeys(((family,) for family in metric_table.FOREIGN_FAMILIES), 0.0) | counts
            yield _counter(metric, counts.items())
        yield _call_seconds(stats)
        yield _gauge(metric_table.ALERTS_PARKED, [((alert.destination,), alert.parked) for alert in alerts])
        lags = [((alert.destination,), alert.lag(self._clock.now())) for alert in alerts]
        yield _gauge(metric_table.ALERT_LAG, lags)

    def _surveys_of(self, stats: Stats) -> Iterator[Family]:
        now = self._clock.now()
        labels = {survey: (str(survey),) for survey in self._surveys}
        ages = {s: age_of(stats.swept[s], now) for s in self._surveys if s in stats.swept}
        yield _gauge(metric_table.SWEEP_AGE, [(labels[s], age) for s, age in ages.items() if age is not None])
        yield _gauge(metric_table.IN_FUTURE, [(labels[s], float(age is None)) for s, age in ages.items()])
        backfill, alarms, held, unreadable, wrong = [], [], [], [], []
        compared: list[tuple[tuple[str], float]] = []
        for survey in self._surveys:
            state = stats.states[survey]
            part = state.page / state.pages if state.pages else 0.0
            backfill.append((labels[survey], 1.0 if state.filled is not None else min(part, 1.0)))
            alarms.append((labels[survey], 1.0 if state.alarm else 0.0))
            held.append((labels[survey], float(state.held is not None)))
            unreadable.append((labels[survey], float(state.unreadable)))
            wrong.append((labels[survey], float(state.filter_wrong is not None)))
            if (age := age_of(max(state.reconciled or 0, state.filled or 0) or None, now)) is not None:
                compared.append((labels[survey], age))
        yield _gauge(metric_table.BACKFILL, backfill)
        yield _gauge(metric_table.ALARM, alarms)
        yield _gauge(metric_table.HELD, held)
        yield _gauge(metric_table.UNREADABLE, unreadable)
        yield _gauge(metric_table.FILTER_WRONG, wrong)
        yield _gauge(metric_table.RECONCILE_AGE, compared)
        yield _gauge(metric_table.ANSWER_SETS, [(labels[s], stats.answer_sets[s]) for s in self._surveys])


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


def _call_seconds(stats: Stats) -> Family:
    buckets: dict[str, Counts[str]] = defaultdict(Counts)
    sums: dict[str, float] = {}
    for name, value in stats.counts.items():
        if name[0] == metric_table.CALL_SECONDS.name:
            if name[2] == "sum":
                sums[name[1]] = value
            else:
                buckets[name[1]][name[2].removeprefix("bucket")] += int(value)
    return _histogram(metric_table.CALL_SECONDS, metric_table.CALL_BUCKETS, buckets, sums)


def _histogram(
    metric: Metric, bounds: Sequence[float], routes: Mapping[str, Mapping[str, float]], sums: Mapping[str, float]
) -> Family:
    """`routes`: by route, how many fell between each bound, by its number, and the one before."""
    family = HistogramMetricFamily(metric.name, metric.text, labels=metric.labels)
    names = [*(str(bound) for bound in bounds), "+Inf"]
    for route, counts in routes.items():
        upto = accumulate(counts.get(str(index), 0.0) for index in range(len(names)))
        family.add_metric([route], list(zip(names, upto, strict=True)), sums.get(route, 0.0))
    return family


def metrics_blueprint(figures: HttpFigures, account: AccountFigures, version: str) -> Blueprint:
    """/metrics, open like the health routes: a balancer keeps it private."""
    routes = Blueprint("metrics", __name__)

    class _Build(Collector):
        def collect(self) -> Iterator[Family]:
            yield _gauge(metric_table.BUILD, [((version,), 1)])

    @routes.get("/metrics")
    def metrics() -> Response:
        # Restricted registries have no way to add: each scrape joins the three sources anew.
        joined = CollectorRegistry()
        for source in (figures, account, _Build()):
            joined.register(source)
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        response = Response(encode(joined), content_type=content_type)
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes
