"""Spares requests a Redis that does not answer: the first to find out pays its timeout, then only a probe does.

(pybreaker holds its lock over the call it guards, which would let only one thread at a time read.)
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from service.survey.errors import StoreAwayError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock

T = TypeVar("T")
PROBE_AFTER = 0.5  # seconds between two probes


class CircuitBreaker:
    """Open while Redis is away. Safe between threads."""

    def __init__(self, clock: Clock, *, probe_after: float = PROBE_AFTER) -> None:
        self._clock = clock
        self._probe_after = probe_after
        self._lock = threading.Lock()
        self._next_probe: float | None = None  # None: closed

    @property
    def open(self) -> bool:
        return self._next_probe is not None

    def call(self, read: Callable[[], T]) -> T:
        """Read through the breaker. Raises StoreAwayError at once while it is open, but for one caller as the probe."""
        if not self._may_try():
            raise StoreAwayError("away")
        try:
            found = read()
        except StoreAwayError:
            with self._lock:
                self._next_probe = self._clock.monotonic() + self._probe_after
            raise
        if self._next_probe is not None:
            with self._lock:
                self._next_probe = None
        return found

    def _may_try(self) -> bool:
        if self._next_probe is None:
            return True
        with self._lock:
            now = self._clock.monotonic()
            next_probe: float | None = self._next_probe  # another thread may have closed it meanwhile
            if next_probe is None:
                return True
            if now < next_probe:
                return False
            self._next_probe = now + self._probe_after  # this caller probes, others go on without
            return True
