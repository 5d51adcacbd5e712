"""Makes the parts of every process from the options; adapters are chosen here."""

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
from service.observability.tracing import traced_calls, tracer
from service.store.connection.clients import connect, replicated
from service.store.connection.eviction import EvictionProbe
from service.store.connection.server_time import ServerTime
from service.store.connection.write_probe import WriteProbe
from service.store.deployments.survey_lists import SAY_AGAIN
from service.store.filing.keep_out_file import KeepOutFile
from service.store.keys import Keys, account_name, account_secret
from service.store.limits.concurrency_limit import FleetLimit
from service.store.limits.rate_limit_leases import RateLimitLeases
from service.store.redis_store import RedisStore, redis_store
from service.survey.errors import StoreError
from service.survey.retention import Retention
from service.survey.scoring.overrides import Overrides
from service.survey.scoring.scorer import Scorer
from service.sweeping.change_feed import ChangeFeed, ChangeOptions
from service.sweeping.chores.keep_outs import HOLD_EVERY, Keeper
from service.sweeping.chores.listing import Listing
from service.sweeping.chores.other_accounts import LOOK_EVERY, LOOK_FIRST, OtherAccounts
from service.sweeping.chores.runner import Chore
from service.sweeping.held_surveys import HeldSurveys
from service.sweeping.label_guard import refusal
from service.sweeping.on_demand import RespondentFetch
from service.sweeping.reconciling.expiry import Expiry
from service.sweeping.reconciling.housekeeping import Housekeeping
from service.sweeping.reconciling.reconcile import Reconciler
from service.sweeping.reconciling.reread import Rereader
from service.sweeping.sweep import Sweeper, SweepOptions
from service.sweeping.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.options.settings import Settings
    from service.ports import Clock, Upstream
    from service.store.limits.fetch_leases import Fetched

# A reader waits for READ_BUDGET_SECONDS; a later reply is still stored, if it comes within the fetch's lease.
ON_DEMAND = Policy(connect_timeout=2.0, read_timeout=5.0, budget=8.0, attempts=2, backoff=0.2, longest_backoff=1.0)
SWEEP_REDIS_TIMEOUT = 5.0  # seconds
LEASE_TIMEOUT = 0.1  # seconds; where leases take longer, a process lets its share of the limit through
FAILOVER_SETTLE = 1.0  # seconds; replicas are behind by milliseconds
SWEEP_PATIENCE = 20.0  # seconds over which a sweep rides out a failover


@dataclass(frozen=True, slots=True)
class SweepParts:
    """The parts of sweeping."""

    sweeper: Sweeper
    change_feed: ChangeFeed
    upstream: Upstream


def freshness_rule(settings: Settings) -> FreshnessRule:
    return FreshnessRule(settings.sweep_interval_seconds, settings.fresh_for_seconds, settings.netigate_surveys)


def store_keys(settings: Settings) -> Keys:
    name = settings.netigate_account or settings.netigate_api_key or ""
    url = settings.netigate_base_url
    return Keys(account_name(url, name), account_secret(url, name))


def open_store(
    settings: Settings,
    clock: Clock,
    *,
    timeout: float = SWEEP_REDIS_TIMEOUT,
    patience: float = SWEEP_PATIENCE,
    account: str | None = None,
) -> RedisStore:
    """`account`: the name in the keys of another account, whose data is in this Redis too."""
    url = settings.redis_url or ""
    client = connect(url, timeout=timeout, patience=patience)
    settle = FAILOVER_SETTLE if replicated(url) else 0.0
    # Without patience the store serves readers: then the server's time is fetched in the background.
    time = ServerTime(client, clock, background=patience == 0)
    return redis_store(client, Keys(account) if account else store_keys(settings), time, settle=settle)


def keep_out_file(settings: Settings) -> KeepOutFile | None:
    """Where purges are kept beside Redis; None for the demo, which keeps nothing."""
    return None if settings.demo else KeepOutFile(settings.data_dir.resolve(), store_keys(settings).account)


def keeper(settings: Settings, store: RedisStore) -> Keeper:
    return Keeper(store.eraser.keep_outs, keep_out_file(settings))


def open_leases(settings: Settings) -> RateLimitLeases:
    """Leases of the rate limit, over connections of their own."""
    timeout = min(LEASE_TIMEOUT, settings.redis_timeout_seconds)
    return RateLimitLeases(connect(settings.redis_url or "", timeout=timeout), store_keys(settings))


def store_probes(settings: Settings, clock: Clock) -> tuple[WriteProbe, EvictionProbe]:
    """Probes of the store itself, for operators, over connections of their own."""
    client = connect(settings.redis_url or "", timeout=settings.redis_timeout_seconds)
    return WriteProbe(client, store_keys(settings), clock), EvictionProbe(client, clock)


def retention(settings: Settings) -> Retention:
    return Retention(settings.store_comments, timedelta(days=settings.results_keep_days))


def open_upstream(settings: Settings, clock: Clock, store: RedisStore, *, on_demand: bool = False) -> NetigateClient:
    """The client, behind the fleet's gate; `on_demand`: for readers, who wait less and go first."""
    transport = Transport(open_session(settings.netigate_api_key or ""), settings.netigate_base_url, clock)
    gate = FleetLimit(
        connect(settings.redis_url or "", timeout=SWEEP_REDIS_TIMEOUT),
        store_keys(settings),
        store.time,
        cap=settings.upstream_concurrency,
        auth_probe=settings.auth_probe_seconds,
        on_demand=on_demand,
    )
    policy = ON_DEMAND if on_demand else Policy()
    observe = traced_calls(upstream_observer(store.counters), tracer())
    return NetigateClient(transport, clock, policy=policy, gate=gate, observe=observe)


def read_through(settings: Settings, clock: Clock, look: Callable[[int], Fetched | None]) -> ReadThrough:
    """Fetches of respondents that no sweep has brought yet, over a store connection with a longer timeout.

    look: how a reader, who must not wait that long, looks for the result of a fetch.
    """
    store = open_store(settings, clock, patience=0)
    parts = sweep_parts(settings, store, open_upstream(settings, clock, store, on_demand=True))
    rule = freshness_rule(settings)
    fetch = RespondentFetch(parts.upstream, parts.sweeper, store, rule, clock)
    return ReadThrough(store.fetches, fetch.load, Lifetimes(ok=rule.fresh_for), store.time, look=look)


def open_scorer(settings: Settings) -> Scorer:
    return _LateScorer(settings.scoring_file or Overrides())


class _LateScorer(Scorer):
    """Reads the lexicons, which take much memory, at the first scoring: most web processes never score."""

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
    *,
    stopping: Callable[[], bool] = lambda: False,
    accept_label: bool = False,
) -> SweepParts:
    options = ChangeOptions(settings.drop_points, settings.changes_backfill_days, settings.changes_keep_days)
    changes = ChangeFeed(store, options, settings.netigate_surveys, store.time)
    labels = SweepOptions(
        settings.netigate_customer_label,
        settings.netigate_contact_label,
        settings.sweep_overlap_seconds,
        retention(settings),
        tree_interval=settings.catalogue_interval_seconds,
        tree_confirm=settings.tree_confirm_seconds,
        accept_label=accept_label,
        contact_name_label=settings.netigate_contact_name_label,
    )
    sweeper = Sweeper(upstream, store, open_scorer(settings), changes, labels, store.time, stopping=stopping)
    return SweepParts(sweeper, changes, upstream)


def label_refusal(settings: Settings, clock: Clock) -> str | None:
    """Why a worker may not start with this customer label; None if it may, or if the store cannot say."""
    store = open_store(settings, clock, patience=0)
    upstream = open_upstream(settings, clock, store, on_demand=True)
    try:
        return refusal(store, upstream, settings.netigate_surveys, settings.netigate_customer_label)
    except StoreError:
        return None


def housekeeping(settings: Settings, store: RedisStore, parts: SweepParts) -> Housekeeping:
    """The work that follows each sweep."""
    recent = 3 * settings.sweep_interval_seconds
    filer, time = parts.sweeper.filer, store.time
    reconciler = Reconciler(parts.upstream, store, parts.sweeper, time, gone_days=settings.gone_days)
    return Housekeeping(
        reconciler,
        parts.change_feed,
        store,
        settings.reconcile_interval_seconds,
        held=HeldSurveys(parts.upstream, store, recent=recent, gone_days=settings.gone_days),
        rereader=Rereader(parts.upstream, store, filer, reconciler.unreadable, settings.reread_days, time),
        expiry=Expiry(store, retention(settings), time),
    )


def worker(settings: Settings, clock: Clock, stopping: Callable[[], bool], *, accept_label: bool = False) -> Worker:
    """The sweeping process. accept_label: use the customer label even if customers lose their answers by it."""
    store = open_store(settings, clock)
    parts = sweep_parts(
        settings, store, open_upstream(settings, clock, store), stopping=stopping, accept_label=accept_label
    )
    care = housekeeping(settings, store, parts)
    sweep = counted_sweep(parts.sweeper.sweep, store.counters)
    listing = Listing(store.lists, settings.netigate_surveys)
    hold = keeper(settings, store).hold
    others = OtherAccounts(
        store,
        lambda name: open_store(settings, clock, account=name),
        retention(settings),
        settings.changes_keep_days,
    )
    chores = [
        Chore("list", SAY_AGAIN, listing.renew),
        Chore("keep_outs", HOLD_EVERY, hold),
        Chore("other_accounts", LOOK_EVERY, others.look, first=LOOK_FIRST),
    ]
    interval = settings.sweep_interval_seconds
    return Worker(sweep, care, store.control, settings.netigate_surveys, interval, store.time, chores, hold)
