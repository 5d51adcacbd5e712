"""Metrics of the table as prometheus-client's families."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from prometheus_client.metrics_core import Metric as Family

    from service.observability.metric_table import Metric


_KINDS: Final[dict[str, type[CounterMetricFamily | GaugeMetricFamily]]] = {
    "counter": CounterMetricFamily,
    "gauge": GaugeMetricFamily,
}


def family(metric: Metric, values: Iterable[tuple[Sequence[str], float]]) -> Family:
    """A counter or gauge, as the table has it."""
    made = _KINDS[metric.kind](metric.name, metric.text, labels=metric.labels)
    for labels, value in values:
        made.add_metric(labels, value)
    return made


def histogram(
    metric: Metric, bounds: Sequence[float], routes: Mapping[str, Mapping[str, float]], sums: Mapping[str, float]
) -> Family:
    """`routes`: by route, the count of each bucket by the index of its upper bound, as text; not cumulative."""
    family = HistogramMetricFamily(metric.name, metric.text, labels=metric.labels)
    names = [*(str(bound) for bound in bounds), "+Inf"]
    for route, counts in routes.items():
        upto = accumulate(counts.get(str(index), 0.0) for index in range(len(names)))
        family.add_metric([route], list(zip(names, upto, strict=True)), sums.get(route, 0.0))
    return family
