"""Keeps requests from waiting for a Redis that does not answer: the first waits for its timeout, then only a probe.

(pybreaker holds its lock during the guarded call, so only one thread could read at a time.)
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
    """Open while Redis is away; opening and closing are logged. Safe between threads.

    An error reply does not open it: Redis is there, and may answer other requests.
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
        """Call `read`. While the breaker is open, every caller but the probe gets StoreAwayError at once."""
        if not self._may_try():
            raise copy(self._why)
        try:
            found = read()
        except StoreAwayError as error:
            self._opened(error)
            raise
        except Exception:
            self._closed()  # Redis has answered; the error concerns this request alone
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
            self._next_probe = now + self._probe_after  # this caller probes; the others are refused meanwhile
            return True
