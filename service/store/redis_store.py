"""The one adapter: everything that is kept in Redis, as one value to pass around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.store.control import Control
from service.store.erasing import Eraser
from service.store.feed import Feed
from service.store.filing import Filer
from service.store.reads import Reads

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


def redis_store(client: Client, keys: Keys, clock: Clock) -> RedisStore:
    control, filer = Control(client, keys), Filer(client, keys, clock)
    return RedisStore(Reads(client, keys), filer, control, Feed(client, keys, control), Eraser(client, keys, filer))
