"""The parts that every process is made of, from the options: where adapters are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.app import lexicon_files as lexicons
from service.app.instrumentation import counted_sweep, upstream_observer
from service.cache.freshness import FreshnessRule
from service.cache.single_flight import Lifetimes, ReadThrough
from service.netigate.client import NetigateClient
from service.netigate.policy import Policy
from service.netigate.transport import Transport, open_session
from service.options import scoring_file
from service.store.concurrency_limit import FleetLimit
from service.store.connection.clients import connect, replicated
from service.store.keys import Keys, account_name
from service.store.redis_store import RedisStore, redis_store
from service.survey.retention import Retention
from service.survey.scoring.overrides import Overrides
from service.survey.scoring.scorer import Scorer
from service.sweeping.change_feed import ChangeFeed, ChangeOptions
from service.sweeping.expiry import Expiry
from service.sweeping.on_demand import RespondentFetch
from service.sweeping.reconcile import Housekeeping, Reconciler
from service.sweeping.sweep import Sweeper, SweepOptions
from service.sweeping.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.options.settings import Settings
    from service.ports import Clock, Upstream
    from service.store.counters import Counters
    from service.store.fetch_leases import Fetched

# A reader waits for READ_BUDGET_SECONDS; what comes later is stored all the same, within the fetch's lease.
ON_DEMAND = Policy(connect_timeout=2.0, read_timeout=5.0, budget=8.0, attempts=2, backoff=0.2, longest_backoff=1.0)
SWEEP_REDIS_TIMEOUT = 5.0  # seconds
FAILOVER_SETTLE = 1.0  # seconds; replicas are behind by milliseconds
SWEEP_PATIENCE = 20.0  # seconds over which a sweep rides out a failover


@dataclass(frozen=True, slots=True)
class SweepParts:
    """What sweeping is made of."""

    store: RedisStore
    sweeper: Sweeper
    change_feed: ChangeFeed
    upstream: Upstream


def freshness_rule(settings: Settings) -> FreshnessRule:
    return FreshnessRule(settings.sweep_interval_seconds, settings.fresh_for_seconds, settings.netigate_surveys)


def store_keys(settings: Settings) -> Keys:
    name = settings.netigate_account or settings.netigate_api_key or ""
    return Keys(account_name(settings.netigate_base_url, name))


def open_store(
    settings: Settings, clock: Clock, *, timeout: float = SWEEP_REDIS_TIMEOUT, patience: float = SWEEP_PATIENCE
) -> RedisStore:
    url = settings.redis_url or ""
    client = connect(url, timeout=timeout, patience=patience)
    settle = FAILOVER_SETTLE if replicated(url) else 0.0
    return redis_store(client, store_keys(settings), clock, settle=settle)


def retention(settings: Settings) -> Retention:
    return Retention(settings.store_comments, timedelta(days=settings.results_keep_days))


def open_upstream(settings: Settings, clock: Clock, counters: Counters, *, on_demand: bool = False) -> NetigateClient:
    """The client, behind the fleet's gate; `on_demand`: for readers, who wait less and go first."""
    transport = Transport(open_session(settings.netigate_api_key or ""), settings.netigate_base_url, clock)
    gate = FleetLimit(
        connect(settings.redis_url or "", timeout=SWEEP_REDIS_TIMEOUT),
        store_keys(settings),
        clock,
        cap=settings.upstream_concurrency,
        auth_probe=settings.auth_probe_seconds,
        on_demand=on_demand,
    )
    policy = ON_DEMAND if on_demand else Policy()
    return NetigateClient(transport, clock, policy=policy, gate=gate, observe=upstream_observer(counters))


def read_through(settings: Settings, clock: Clock, look: Callable[[int], Fetched | None]) -> ReadThrough:
    """Fetches of respondents that the sweep does not cover, with a store of their own that may be slower.

    look: how a reader, who may not wait for that store, looks for a fetch.
    """
    store = open_store(settings, clock, patience=0)
    parts = sweep_parts(settings, store, open_upstream(settings, clock, store.counters, on_demand=True), clock)
    rule = freshness_rule(settings)
    fetch = RespondentFetch(parts.upstream, parts.sweeper, store, rule, clock)
    return ReadThrough(store.fetches, fetch.load, Lifetimes(ok=rule.fresh_for), clock, look=look)


def open_scorer(settings: Settings) -> Scorer:
    """Raises ScoringFileError that names the line."""
    overrides = scoring_file.load(settings.scoring_file) if settings.scoring_file else Overrides()
    return _LateScorer(overrides)


class _LateScorer(Scorer):
    """Reads the vocabularies at the first scoring: most web processes never score, and that is a third of them."""

    def __init__(self, overrides: Overrides) -> None:
        self._given = overrides

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever a scorer keeps)
        if name not in {"_lexicons", "_overrides", "ruleset"}:
            raise AttributeError(name)
        super().__init__(lexicons.load(), self._given)
        return getattr(self, name)


def sweep_parts(
    settings: Settings,
    store: RedisStore,
    upstream: Upstream,
    clock: Clock,
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> SweepParts:
    options = ChangeOptions(settings.drop_points, settings.changes_backfill_days, settings.changes_keep_days)
    changes = ChangeFeed(store, options, settings.netigate_surveys, clock)
    labels = SweepOptions(
        settings.netigate_customer_label,
        settings.netigate_contact_label,
        settings.sweep_overlap_seconds,
        retention(settings),
        settings.netigate_contact_name_label,
    )
    sweeper = Sweeper(upstream, store, open_scorer(settings), changes, labels, clock, stopping=stopping)
    return SweepParts(store, sweeper, changes, upstream)


def worker(settings: Settings, clock: Clock, stopping: Callable[[], bool]) -> Worker:
    """The sweeping process."""
    store = open_store(settings, clock)
    parts = sweep_parts(settings, store, open_upstream(settings, clock, store.counters), clock, stopping=stopping)
    reconciler = Reconciler(parts.upstream, store, parts.sweeper)
    expiry = Expiry(store, retention(settings), clock)
    care = Housekeeping(reconciler, parts.change_feed, store, settings.reconcile_interval_seconds, expiry)
    sweep = counted_sweep(parts.sweeper.sweep, store.counters)
    interval = settings.sweep_interval_seconds
    return Worker(sweep, care, store.control, settings.netigate_surveys, interval, clock)
