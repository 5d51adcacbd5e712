"""Hooks that count calls to Netigate and sweeps, in the account's counters."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from service.observability.metric_table import CALL_BUCKETS, CALL_SECONDS, CALLS, FILED, SET_ASIDE, SWEEPS, TEXTS_CUT
from service.survey.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.netigate.client import Observe
    from service.store.counters import Counters
    from service.sweeping.sweep import SweepReport


def upstream_observer(counters: Counters) -> Observe:
    """Count every call to Netigate, with its time in a bucket."""

    def observe(route: str, outcome: str, seconds: float, /) -> None:
        bucket = bisect_left(CALL_BUCKETS, seconds)
        counters.add({
            (CALLS.name, route, outcome): 1,
            (CALL_SECONDS.name, route, f"bucket{bucket}"): 1,
            (CALL_SECONDS.name, route, "sum"): seconds,
        })  # fmt: skip

    return observe


def counted_sweep(sweep: Callable[[int, str], SweepReport], counters: Counters) -> Callable[[int, str], SweepReport]:
    """The same sweep, counted with its outcome."""

    def counted(survey_id: int, lease: str) -> SweepReport:
        survey = str(survey_id)
        try:
            report = sweep(survey_id, lease)
        except ServiceError as error:
            counters.add({(SWEEPS.name, survey, type(error).__name__.removesuffix("Error").lower()): 1})
            raise
        counters.add({
            (SWEEPS.name, survey, "ok"): 1,
            (FILED.name, survey): report.filed,
            (SET_ASIDE.name, survey): report.set_aside,
            (TEXTS_CUT.name, survey): report.cut,
        })  # fmt: skip
        return report

    return counted
