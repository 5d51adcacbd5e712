"""The one adapter: everything that is kept in Redis, as one value to pass around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.store.control import Control
from service.store.counters import Counters
from service.store.feed import Feed
from service.store.fetch_leases import Fetches
from service.store.filing.eraser import Eraser
from service.store.filing.filer import Filer
from service.store.rate_limit_leases import RateLimitLeases
from service.store.reads import Reads
from service.store.stats import StatsReader

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
    eraser: Eraser
    counters: Counters
    stats: StatsReader
    rate_limit: RateLimitLeases
    fetches: Fetches


def redis_store(client: Client, keys: Keys, clock: Clock, *, settle: float = 0.0) -> RedisStore:
    """`settle`: seconds that a change is held back from the feed."""
    control, filer, counters = Control(client, keys), Filer(client, keys, clock), Counters(client, keys)
    return RedisStore(
        Reads(client, keys),
        filer,
        control,
        Feed(client, keys, control, settle=settle),
        Eraser(client, keys, filer),
        counters,
        StatsReader(client, keys, counters),
        RateLimitLeases(client, keys),
        Fetches(client, keys),
    )
