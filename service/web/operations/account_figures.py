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
from service.web.operations.metric_families import family, histogram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prometheus_client.metrics_core import Metric as Family

    from service.observability.metric_table import Metric
    from service.ports import Clock
    from service.store.alerts.delivery_states import Backlog
    from service.store.stats import Stats
    from service.store.survey_state import SurveyState


COUNTED: Final = (  # counted in Redis, by the process that does the work
    metric_table.CALLS, metric_table.SWEEPS, metric_table.FILED, metric_table.SET_ASIDE, metric_table.TEXTS_CUT,
    metric_table.DAMAGED, metric_table.FOREIGN, metric_table.ALERTS,
)  # fmt: skip


def _backfilled(state: SurveyState) -> float:
    if state.filled is not None:
        return 1.0
    return min(state.page / state.pages, 1.0) if state.pages else 0.0


# What is read off one survey's state.
_OF_STATE: Final[dict[Metric, Callable[[SurveyState], float]]] = {
    metric_table.BACKFILL: _backfilled,
    metric_table.ALARM: lambda state: bool(state.alarm),
    metric_table.HELD: lambda state: state.held is not None,
    metric_table.UNREADABLE: lambda state: state.unreadable,
    metric_table.UNMAPPED: lambda state: state.unmapped,
    metric_table.FILTER_WRONG: lambda state: state.filter_wrong is not None,
}


class AccountFigures(Collector):
    """The account's figures, read from the store at each scrape."""

    def __init__(
        self,
        stats: Callable[[Sequence[int]], Stats],
        surveys: Sequence[int],
        clock: Clock,
        *,
        alerts: Callable[[], Sequence[Backlog]] = tuple,
        doubted: Callable[[], dict[int, bool]] = dict,
        met: Callable[[], Mapping[tuple[int, int, str], int]] = dict,
    ) -> None:
        """`doubted`: by survey, whether its question tree is. `met`: `KnownSets.unmapped`."""
        self._facts = stats
        self._surveys = surveys
        self._clock = clock
        self._alerts = alerts
        self._doubted = doubted
        self._met = met

    def collect(self) -> Iterator[Family]:
        try:
            alerts = self._alerts()
            stats, met, doubted = self._facts(self._surveys), self._met(), self._doubted()
        except StoreError:
            yield family(metric_table.STORE_UP, [((), 0)])
            return
        yield family(metric_table.STORE_UP, [((), 1)])
        wait = stats.not_before / 1000 - self._clock.now().timestamp()
        yield family(metric_table.BACKOFF, [((), max(0.0, wait))])
        yield family(metric_table.REJECTED, [((), float(stats.rejected))])
        yield from self._surveys_of(stats)
        unrecognised = Counts(dict.fromkeys(self._surveys, 0))
        for (survey, _, wording), count in met.items():
            unrecognised[survey] += 0 if wording else count
        yield family(metric_table.UNRECOGNISED, [((str(survey),), count) for survey, count in unrecognised.items()])
        yield family(metric_table.TREE_DOUBTED, [((str(survey),), float(is_so)) for survey, is_so in doubted.items()])
        yield family(metric_table.CUSTOMERS, [((), stats.customers)])
        ages = [age_of(said, self._clock.now()) for said in stats.listed]
        alive = sum(age is not None and age < ALIVE_SECONDS for age in ages)
        yield family(metric_table.LISTS, [((), alive)])
        yield family(metric_table.FEED, [((), stats.feed)])
        for metric in COUNTED:
            counts = {name[1:]: value for name, value in stats.counts.items() if name[0] == metric.name}
            if metric is metric_table.FOREIGN:  # shown at 0 too, so that an alert rule has a series
                counts = dict.fromkeys(((family,) for family in metric_table.FOREIGN_FAMILIES), 0.0) | counts
            yield family(metric, counts.items())
        yield _call_seconds(stats)
        yield family(metric_table.ALERTS_PARKED, [((alert.destination,), alert.parked) for alert in alerts])
        lags = [((alert.destination,), alert.lag(self._clock.now())) for alert in alerts]
        yield family(metric_table.ALERT_LAG, lags)

    def _surveys_of(self, stats: Stats) -> Iterator[Family]:
        now = self._clock.now()
        labels = {survey: (str(survey),) for survey in self._surveys}
        ages = {s: age_of(stats.swept[s], now) for s in self._surveys if s in stats.swept}
        yield family(metric_table.SWEEP_AGE, [(labels[s], age) for s, age in ages.items() if age is not None])
        yield family(metric_table.IN_FUTURE, [(labels[s], float(age is None)) for s, age in ages.items()])
        for metric, figure in _OF_STATE.items():
            yield family(metric, [(labels[s], figure(stats.states[s])) for s in self._surveys])
        compared = {s: age_of(stats.states[s].last_compared, now) for s in self._surveys}
        yield family(metric_table.RECONCILE_AGE, [(labels[s], age) for s, age in compared.items() if age is not None])
        yield family(metric_table.ANSWER_SETS, [(labels[s], stats.answer_sets[s]) for s in self._surveys])


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
