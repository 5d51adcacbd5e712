"""Tries a Redis out, without touching what is stored."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from redis.exceptions import RedisError

from service.store.connection.clients import connect
from service.store.connection.guard import guard
from service.store.keys import PREFIX
from service.survey.errors import StoreAwayError

if TYPE_CHECKING:
    from service.store.connection.clients import Client

TRIES = 20
LIFETIME = 10_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Probe:
    """What a server is. `policy` and `persistent` are None where it does not tell (managed servers)."""

    version: str
    seconds: float  # median round trip
    policy: str | None
    persistent: bool | None

    @property
    def version_tuple(self) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", self.version)[:2])


def probe(url: str, *, timeout: float) -> Probe:
    """Write, read and remove one key, several times; ask what the server is. Raises StoreError."""
    try:
        client = connect(url, timeout=timeout)
    except ValueError as error:
        raise StoreAwayError(str(error)) from None
    try:
        with guard():
            return _probe(client)
    finally:
        client.close()


def _probe(client: Client) -> Probe:
    name, value, times = f"{PREFIX}:check:{secrets.token_hex(4)}", secrets.token_bytes(8), []
    client.set(name, value, px=LIFETIME)
    for _ in range(TRIES):
        started = time.perf_counter()
        found = client.get(name)
        times.append(time.perf_counter() - started)
        if found != value:
            raise StoreAwayError("what was written was not read back")
    client.delete(name)
    told: dict[str, Any] = {}
    for section in ("server", "memory", "persistence"):
        told.update(*info(client, section)[:1])
    saved = told.get("aof_enabled")
    return Probe(
        str(told.get("valkey_version") or told.get("redis_version") or "unknown"),
        median(times),
        told.get("maxmemory_policy"),
        None if saved is None else bool(saved),
    )


def info(client: Client, section: str) -> list[dict[str, Any]]:
    """A section of INFO from each node; empty where this user may not ask."""
    try:
        found: Any = client.info(section)
    except RedisError:
        return []
    by_node = found and all(isinstance(value, dict) for value in found.values())
    return list(found.values()) if by_node else [found]
