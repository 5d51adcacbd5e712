"""The one adapter: everything that is kept in Redis, as one value to pass around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.store.control import Control
from service.store.erasing import Eraser
from service.store.facts import FactReader
from service.store.feed import Feed
from service.store.fetches import Fetches
from service.store.filing import Filer
from service.store.permits import Permits
from service.store.reads import Reads
from service.store.tally import Tally

if TYPE_CHECKING:
    from service.ports import Clock
    from service.store.connection import Client
    from service.store.keys import Keys


@dataclass(frozen=True, slots=True)
class RedisStore:
    """Results of one account, by use: reading, filing, and the sweeps' own marks."""

    reads: Reads
    filer: Filer
    control: Control
    feed: Feed
    eraser: Eraser
    tally: Tally
    facts: FactReader
    permits: Permits
    fetches: Fetches


def redis_store(client: Client, keys: Keys, clock: Clock, *, settle: float = 0.0) -> RedisStore:
    """`settle`: seconds that a change is held back from the feed."""
    control, filer, tally = Control(client, keys), Filer(client, keys, clock), Tally(client, keys)
    return RedisStore(
        Reads(client, keys),
        filer,
        control,
        Feed(client, keys, control, settle=settle),
        Eraser(client, keys, filer),
        tally,
        FactReader(client, keys, tally),
        Permits(client, keys),
        Fetches(client, keys),
    )
