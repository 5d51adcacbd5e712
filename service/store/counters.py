"""Counts of the account, kept in Redis: whoever does a thing counts it, every web process tells the sum."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

from service.store.connection.clients import guard
from service.survey.errors import StoreAwayError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.store.connection.clients import Client
    from service.store.keys import Keys

Name: TypeAlias = "tuple[str, ...]"  # a metric's name and its labels' values
SEPARATOR = "|"


class Counters:
    """Adds up. While Redis is away counts wait in this process and go with the next one."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._key = keys.control("counters")
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
        except StoreAwayError:
            with self._lock:
                for name, amount in due.items():
                    self._waiting[name] += amount

    def read(self) -> dict[Name, float]:
        """All counts. Raises StoreAwayError."""
        with guard():
            found: Any = self._client.hgetall(self._key)
        return {tuple(name.decode().split(SEPARATOR)): float(value) for name, value in found.items()}
