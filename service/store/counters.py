"""Counts of the account, kept in Redis: the process that does a thing counts it, every web process reports the sum."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

from service.observability.metric_table import ACCOUNT_METRICS
from service.store.connection.guard import guard
from service.store.wholeness.envelope import readable, reading
from service.survey.errors import DamagedValueError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.store.connection.clients import Client
    from service.store.keys import Keys

Name: TypeAlias = "tuple[str, ...]"  # a metric's name and its labels' values
SEPARATOR = "|"
# A histogram has one more: which of its figures this is.
_LABELS = {metric.name: len(metric.labels) + (metric.kind == "histogram") for metric in ACCOUNT_METRICS}


class Counters:
    """Adds up. While Redis is away, or takes no writes, counts wait in this process and go with the next one."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._key = keys.counters
        self._waiting: defaultdict[Name, float] = defaultdict(float)
        self._lock = threading.Lock()

    def add(self, counts: Mapping[Name, float]) -> None:
        """Add to counts. Never raises: a count is worth no failure."""
        with self._lock:
            for name, amount in counts.items():
                self._waiting[name] += amount
            due, self._waiting = self._waiting, defaultdict(float)
        try:
            with guard():
                pipe = self._client.pipeline(transaction=False)
                for name, amount in due.items():
                    if amount:
                        pipe.hincrbyfloat(self._key, SEPARATOR.join(name), amount)
                pipe.execute()
        except DamagedValueError:
            return  # some may not be counted, which is worth no failure; the repair finds the damage
        except StoreError:
            with self._lock:
                for name, amount in due.items():
                    self._waiting[name] += amount

    def read(self) -> dict[Name, float]:
        """All counts. Raises StoreError."""
        try:
            with guard():
                found: Any = self._client.hgetall(self._key)
        except DamagedValueError:
            return {}
        counts = (readable(decode_count, pair) for pair in found.items())
        return dict(count for count in counts if count)


@reading
def decode_count(pair: tuple[bytes, bytes]) -> tuple[Name, float]:
    """A count and its name. Raises DamagedValueError."""
    name, count = tuple(pair[0].decode().split(SEPARATOR)), float(pair[1])
    if not math.isfinite(count) or len(name) != 1 + _LABELS.get(name[0], len(name) - 1):
        raise DamagedValueError("value")
    return name, count
