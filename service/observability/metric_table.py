"""Every metric: its name, its sentence, and where it is counted.

Two sorts. What a *process* does (HTTP) is counted in its own memory, shared among gunicorn's processes by files.
What concerns the *account* (calls to Netigate, sweeps) is counted in Redis by the process that does it, so that every
web process reports the same figures for all workers, on any machine, and a restart loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FIGURES_DIR: Final = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client's own name
FIGURES_PREFIX: Final = "netigate-results-figures-"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as documented. `name` is as scraped, without a histogram's endings."""

    name: str
    kind: str  # counter, gauge, histogram
    text: str
    labels: tuple[str, ...] = ()


REQUESTS = Metric(
    "netigate_results_http_requests_total", "counter", "requests answered, by route template, method and status",
    ("route", "method", "status"),
)  # fmt: skip
REQUEST_SECONDS = Metric(
    "netigate_results_http_request_seconds", "histogram", "time to answer a request, by route template", ("route",)
)
CACHE = Metric(
    "netigate_results_cache_outcomes_total", "counter",
    "answers: `fresh`, `stale`, `unswept`, `fetched` on demand, `store_away` (a copy), each also as `…_304`",
    ("outcome",),
)  # fmt: skip
STORE_UP = Metric("netigate_results_store_up", "gauge", "1 while Redis answers; the figures below are missing else")
CALLS = Metric(
    "netigate_results_upstream_calls_total", "counter", "calls to Netigate of every process, by path and outcome",
    ("route", "outcome"),
)  # fmt: skip
CALL_SECONDS = Metric(
    "netigate_results_upstream_call_seconds", "histogram", "time of a call to Netigate, by path template", ("route",)
)
BACKOFF = Metric(
    "netigate_results_upstream_backoff_seconds", "gauge", "how long the fleet will not ask Netigate; 0: it may now"
)
REJECTED = Metric("netigate_results_upstream_rejected", "gauge", "1 while Netigate refuses the account's API key")
SWEEPS = Metric(
    "netigate_results_sweeps_total", "counter", "sweeps that ended, by survey and outcome: `ok` or the kind of error",
    ("survey", "outcome"),
)  # fmt: skip
FILED = Metric("netigate_results_filed_total", "counter", "answer sets filed anew or again, by survey", ("survey",))
SET_ASIDE = Metric(
    "netigate_results_set_aside_total", "counter", "answer sets that could not be understood, by survey", ("survey",)
)
TEXTS_CUT = Metric(
    "netigate_results_texts_cut_total", "counter", "texts beyond 64 KiB that were met and cut, by survey", ("survey",)
)
SWEEP_AGE = Metric(
    "netigate_results_sweep_age_seconds", "gauge",
    "time since the start of a survey's last complete sweep; missing before the first one and where it is unknown",
    ("survey",),
)  # fmt: skip
IN_FUTURE = Metric(
    "netigate_results_sweep_in_future", "gauge",
    "1 while a survey's last sweep is dated in the future, by a clock that was wrong: its age is unknown", ("survey",),
)  # fmt: skip
BACKFILL = Metric(
    "netigate_results_backfill_ratio", "gauge", "how far a survey's first sweep has come: 0 to 1", ("survey",)
)
ALARM = Metric(
    "netigate_results_reconcile_alarm", "gauge", "1 while a survey's reconcile is held because it cannot be believed",
    ("survey",),
)  # fmt: skip
HELD = Metric(
    "netigate_results_survey_held", "gauge", "1 while Netigate refuses a listed survey and gives others", ("survey",)
)
UNREADABLE = Metric(
    "netigate_results_answer_sets_unreadable", "gauge", "answer sets of a survey that cannot be read now", ("survey",)
)
TREE_DOUBTED = Metric(
    "netigate_results_tree_doubted", "gauge", "1 while a survey's newest question tree is not believed", ("survey",)
)
FILTER_WRONG = Metric(
    "netigate_results_filter_wrong", "gauge", "1 while `updated=` does not bring what it should", ("survey",)
)
RECONCILE_AGE = Metric(
    "netigate_results_reconcile_age_seconds", "gauge",
    "time since a survey was last compared with Netigate's list, or since its first sweep", ("survey",),
)  # fmt: skip
UNRECOGNISED = Metric(
    "netigate_results_unrecognised_answers", "gauge",
    "answers met that name no alternative of their question; their text is not told", ("survey",),
)  # fmt: skip
ANSWER_SETS = Metric(
    "netigate_results_answer_sets", "gauge",
    "answer sets known of a survey, with those that are never served (unfinished, anonymous)", ("survey",),
)  # fmt: skip
CUSTOMERS = Metric("netigate_results_customers", "gauge", "customers with a result")
FEED = Metric("netigate_results_feed_length", "gauge", "changes kept in the feed")
LISTS = Metric(
    "netigate_results_survey_lists", "gauge",
    "different lists of surveys that running workers of this account have; more than 1: two deployments disagree",
)  # fmt: skip
UNMAPPED = Metric(
    "netigate_results_unmapped_wordings", "gauge", "alternatives that the scoring does not understand", ("survey",)
)
ALERTS = Metric(
    "netigate_results_alerts_total", "counter",
    "tries to deliver an alert, by destination and outcome: `delivered`, `failed` (tried again), `parked`, `gap`",
    ("destination", "outcome"),
)  # fmt: skip
ALERTS_PARKED = Metric(
    "netigate_results_alerts_parked", "gauge", "alerts that a destination refused and that are not tried again",
    ("destination",),
)  # fmt: skip
ALERT_LAG = Metric(
    "netigate_results_alert_lag_seconds", "gauge", "age of the oldest change that a destination has not got; 0: none",
    ("destination",),
)  # fmt: skip
DAMAGED = Metric(
    "netigate_results_damaged_values_total", "counter",
    "reads of stored values that met damage, by family of keys; the worker repairs it", ("family",),
)  # fmt: skip
FOREIGN = Metric(
    "netigate_results_foreign_answers_total", "counter",
    "bodies that Redis gave for somebody else than was asked for, thrown away, by what they were", ("family",),
)  # fmt: skip
FOREIGN_FAMILIES: Final = ("summary", "result", "partition")
BUILD = Metric("netigate_results_build_info", "gauge", "1, with the version as label", ("version",))

PROCESS_METRICS = (REQUESTS, REQUEST_SECONDS, CACHE, BUILD)
ACCOUNT_METRICS = (
    STORE_UP, CALLS, CALL_SECONDS, BACKOFF, REJECTED, SWEEPS, FILED, SET_ASIDE, TEXTS_CUT, SWEEP_AGE, IN_FUTURE,
    BACKFILL, ALARM, HELD, UNREADABLE, TREE_DOUBTED, FILTER_WRONG, RECONCILE_AGE, UNRECOGNISED,
    ANSWER_SETS, CUSTOMERS, FEED, LISTS, UNMAPPED, DAMAGED, FOREIGN, ALERTS, ALERTS_PARKED, ALERT_LAG,
)  # fmt: skip
METRICS = PROCESS_METRICS + ACCOUNT_METRICS

# Seconds. Reads from the store take about a millisecond; Netigate takes from tenths to half a minute.
REQUEST_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
CALL_BUCKETS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 90.0)
