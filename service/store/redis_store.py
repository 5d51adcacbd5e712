"""The one adapter: everything that is kept in Redis, as one value to pass around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.store.alerts.delivery_states import DeliveryStates
from service.store.connection.append_only import AppendOnlyFile
from service.store.control import Control
from service.store.counters import Counters
from service.store.deployments.accounts import Accounts
from service.store.deployments.survey_lists import SurveyLists
from service.store.feeds.feed import Feed
from service.store.feeds.standing_order import StandingOrder
from service.store.feeds.updates import Updates
from service.store.filing.eraser import Eraser
from service.store.filing.filer import Filer
from service.store.filing.keep_outs import KeepOuts
from service.store.limits.fetch_leases import Fetches
from service.store.limits.rate_limit_leases import RateLimitLeases
from service.store.losses import Losses
from service.store.reads import Reads
from service.store.repair.repair import Repair
from service.store.stats import StatsReader
from service.store.wholeness.tolerance import Tolerance

if TYPE_CHECKING:
    from service.ports import Clock
    from service.store.connection.clients import Client
    from service.store.keys import Keys


@dataclass(frozen=True, slots=True)
class RedisStore:
    """Results of one account, by use: reading, filing, and the sweeps' own marks."""

    reads: Reads
    filer: Filer
    control: Control
    feed: Feed
    standing: StandingOrder
    eraser: Eraser
    counters: Counters
    stats: StatsReader
    rate_limit: RateLimitLeases
    fetches: Fetches
    lists: SurveyLists
    accounts: Accounts
    append_only: AppendOnlyFile
    keys: Keys
    time: Clock
    tolerance: Tolerance
    losses: Losses
    repair: Repair
    updates: Updates
    alerts: DeliveryStates


def redis_store(client: Client, keys: Keys, time: Clock, *, settle: float = 0.0) -> RedisStore:
    """`time` dates what processes compare. `settle`: seconds that a change is held back from the feed."""
    counters = Counters(client, keys)
    filer, tolerance = Filer(client, keys, time, counters), Tolerance(client, keys, counters.add)
    control, losses = Control(client, keys, tolerance), Losses(client, keys, tolerance, filer.now)
    return RedisStore(
        Reads(client, keys, counters, tolerance, losses),
        filer,
        control,
        Feed(client, keys, control, tolerance, settle=settle),
        StandingOrder(client, keys, tolerance, losses),
        Eraser(client, keys, filer, KeepOuts(client, keys, time)),
        counters,
        StatsReader(client, keys, counters, tolerance),
        RateLimitLeases(client, keys),
        Fetches(client, keys),
        SurveyLists(client, keys, time),
        Accounts(client, keys, time),
        AppendOnlyFile(client, time),
        keys,
        time,
        tolerance,
        losses,
        Repair(client, keys, tolerance, losses, filer),
        Updates(client, keys, control, tolerance, settle=settle),
        DeliveryStates(client, keys, tolerance),
    )
