"""What the store says of the account, for /metrics."""

from __future__ import annotations

from collections import Counter as Counts
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from prometheus_client.registry import Collector

from service.cache.freshness import age_of
from service.observability import metric_table
from service.store.deployments.survey_lists import ALIVE_SECONDS
from service.survey.errors import StoreError
from service.web.operations.metric_families import counter, gauge, histogram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prometheus_client.metrics_core import Metric as Family

    from service.ports import Clock
    from service.store.alerts.delivery_states import Backlog
    from service.store.stats import Stats


COUNTED: Final = (  # counted in Redis, by the process that does the work
    metric_table.CALLS, metric_table.SWEEPS, metric_table.FILED, metric_table.SET_ASIDE, metric_table.TEXTS_CUT,
    metric_table.DAMAGED, metric_table.FOREIGN, metric_table.ALERTS,
)  # fmt: skip


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
        """`unmapped`: by survey, how many alternatives are not understood. `doubted`: by survey, whether its tree is.

        `met`: `KnownSets.unmapped`.
        """
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
            yield gauge(metric_table.STORE_UP, [((), 0)])
            return
        yield gauge(metric_table.STORE_UP, [((), 1)])
        wait = stats.not_before / 1000 - self._clock.now().timestamp()
        yield gauge(metric_table.BACKOFF, [((), max(0.0, wait))])
        yield gauge(metric_table.REJECTED, [((), float(stats.rejected))])
        yield from self._surveys_of(stats)
        yield gauge(metric_table.UNMAPPED, [((str(survey),), count) for survey, count in unmapped.items()])
        unrecognised = Counts(dict.fromkeys(self._surveys, 0))
        for (survey, _, wording), count in met.items():
            unrecognised[survey] += 0 if wording else count
        yield gauge(metric_table.UNRECOGNISED, [((str(survey),), count) for survey, count in unrecognised.items()])
        yield gauge(metric_table.TREE_DOUBTED, [((str(survey),), float(is_so)) for survey, is_so in doubted.items()])
        yield gauge(metric_table.CUSTOMERS, [((), stats.customers)])
        ages = [age_of(said, self._clock.now()) for said in stats.listed]
        alive = sum(age is not None and age < ALIVE_SECONDS for age in ages)
        yield gauge(metric_table.LISTS, [((), alive)])
        yield gauge(metric_table.FEED, [((), stats.feed)])
        for metric in COUNTED:
            counts = {name[1:]: value for name, value in stats.counts.items() if name[0] == metric.name}
            if metric is metric_table.FOREIGN:  # shown at 0 too, so that an alert rule has a series
                counts = dict.fromkeys(((family,) for family in metric_table.FOREIGN_FAMILIES), 0.0) | counts
            yield counter(metric, counts.items())
        yield _call_seconds(stats)
        yield gauge(metric_table.ALERTS_PARKED, [((alert.destination,), alert.parked) for alert in alerts])
        lags = [((alert.destination,), alert.lag(self._clock.now())) for alert in alerts]
        yield gauge(metric_table.ALERT_LAG, lags)

    def _surveys_of(self, stats: Stats) -> Iterator[Family]:
        now = self._clock.now()
        labels = {survey: (str(survey),) for survey in self._surveys}
        ages = {s: age_of(stats.swept[s], now) for s in self._surveys if s in stats.swept}
        yield gauge(metric_table.SWEEP_AGE, [(labels[s], age) for s, age in ages.items() if age is not None])
        yield gauge(metric_table.IN_FUTURE, [(labels[s], float(age is None)) for s, age in ages.items()])
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
        yield gauge(metric_table.BACKFILL, backfill)
        yield gauge(metric_table.ALARM, alarms)
        yield gauge(metric_table.HELD, held)
        yield gauge(metric_table.UNREADABLE, unreadable)
        yield gauge(metric_table.FILTER_WRONG, wrong)
        yield gauge(metric_table.RECONCILE_AGE, compared)
        yield gauge(metric_table.ANSWER_SETS, [(labels[s], stats.answer_sets[s]) for s in self._surveys])


def _call_seconds(stats: Stats) -> Family:
    buckets: dict[str, Counts[str]] = defaultdict(Counts)
    sums: dict[str, float] = {}
    for name, value in stats.counts.items():
        if name[0] == metric_table.CALL_SECONDS.name:
            if name[2] == "sum":
                sums[name[1]] = value
            else:
                buckets[name[1]][name[2].removeprefix("bucket")] += int(value)
    return histogram(metric_table.CALL_SECONDS, metric_table.CALL_BUCKETS, buckets, sums)
