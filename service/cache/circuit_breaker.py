"""Spares requests a Redis that does not answer: the first to find out pays its timeout, then only a probe does.

(pybreaker holds its lock over the call it guards, which would let only one thread at a time read.)
"""

from __future__ import annotations

import threading
from copy import copy
from typing import TYPE_CHECKING, TypeVar

import structlog

from service.survey.errors import StoreAwayError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock

log = structlog.get_logger()

T = TypeVar("T")
PROBE_AFTER = 0.5  # seconds between two probes


class CircuitBreaker:
    """Open while Redis is away, which is logged when it begins and when it ends. Safe between threads.

    An error reply opens nothing: Redis is there, and others' requests may be answered.
    """

    def __init__(self, clock: Clock, *, probe_after: float = PROBE_AFTER) -> None:
        self._clock = clock
        self._probe_after = probe_after
        self._lock = threading.Lock()
        self._next_probe: float | None = None  # None: closed
        self._why = StoreAwayError("away")

    @property
    def open(self) -> bool:
        return self._next_probe is not None

    def call(self, read: Callable[[], T]) -> T:
        """Read through the breaker. Raises StoreAwayError at once while it is open, but for one caller as the probe."""
        if not self._may_try():
            raise copy(self._why)
        try:
            found = read()
        except StoreAwayError as error:
            self._opened(error)
            raise
        except Exception:
            self._closed()  # Redis has answered; what came of it is this request's own
            raise
        self._closed()
        return found

    def _opened(self, error: StoreAwayError) -> None:
        with self._lock:
            first, self._next_probe = self._next_probe is None, self._clock.monotonic() + self._probe_after
            self._why = type(error)(str(error))
        if first:
            log.error("store_away", error=type(error).__name__, cause=str(error))

    def _closed(self) -> None:
        if self._next_probe is None:
            return
        with self._lock:
            back, self._next_probe = self._next_probe is not None, None
        if back:
            log.info("store_back")

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
