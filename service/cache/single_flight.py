"""Read-through with a single flight, within this process and across the fleet.

One loader for each key; everybody else waits for its mark, never longer than the reader's budget. The loader goes on
after its reader has given up, and what it brings late is stored all the same.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import structlog

from service.store.limits.fetch_leases import Fetched
from service.survey.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock
    from service.store.limits.fetch_leases import Fetches

log = structlog.get_logger()

LOOK_AGAIN = 0.05  # seconds between two looks for another process's mark
LEASE_SECONDS = 15.0
LOADERS = 4  # threads of each process that fetch on demand
MOST_FLIGHTS = 32  # under way or queued in each process; beyond that a respondent is left to the sweep


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Seconds that a mark stands: after a fetch, after one that found nothing, and after one that failed."""

    ok: float
    none: float = 30.0
    failed: float = 3.0

    def of(self, found: int | None) -> float:
        if found is None:
            return self.failed
        return self.ok if found else min(self.ok, self.none)


@dataclass(frozen=True, slots=True)
class _Flight:
    future: Future[Fetched | None]
    started: float  # monotonic


class ReadThrough:
    """Fetches a respondent at most once at a time in the whole fleet."""

    def __init__(
        self,
        fetches: Fetches,
        load: Callable[[int], int | None],
        lifetimes: Lifetimes,
        clock: Clock,
        *,
        look: Callable[[int], Fetched | None] | None = None,
    ) -> None:
        """`load` brings a respondent into the store and counts its answer sets; None where Netigate could not be asked.

        look: how a reader asks for the mark, where it must not wait for Redis as long as a loader may.
        """
        self._fetches = fetches
        self._load = load
        self._lifetimes = lifetimes
        self._clock = clock
        self._look = look or fetches.last
        self._lock = threading.Lock()
        self._flights: dict[int, _Flight] = {}
        self._pool = ThreadPoolExecutor(LOADERS, thread_name_prefix="fetch")

    def fetch(self, respondent_id: int, *, budget: float) -> Fetched | None:
        """Have the respondent fetched unless that was done lately. The last fetch; None where none has ended in time.

        budget: seconds from the fetch's start for which readers wait; 0 starts it and does not wait.
        Raises StoreError.
        """
        last = self._look(respondent_id)
        if last is not None:
            return last
        flight, queued = self._flight(respondent_id)
        if flight is None or queued or budget <= 0:
            return None
        # Counted from the fetch's start, so that requests queueing for our threads do not wait a budget each in turn.
        left = budget - (self._clock.monotonic() - flight.started)
        with contextlib.suppress(FutureTimeoutError):
            return flight.future.result(timeout=max(0.0, left))
        return None

    def _flight(self, respondent_id: int) -> tuple[_Flight | None, bool]:
        """The flight, None where there are too many; and whether it still waits for a loader."""
        with self._lock:
            flight = self._flights.get(respondent_id)
            if flight is None and len(self._flights) < MOST_FLIGHTS:
                started = self._clock.monotonic()
                flight = _Flight(self._pool.submit(self._fly_once, respondent_id), started)
                self._flights[respondent_id] = flight
            queued = respondent_id not in islice(self._flights, LOADERS)
            return flight, queued

    def _fly_once(self, respondent_id: int) -> Fetched | None:
        try:
            return self._fly(respondent_id)
        except ServiceError as error:
            log.warning("fetch_failed", error=type(error).__name__, cause=str(error))
        except Exception:
            # Perhaps nobody waits for the result any more, so it is logged: the place, never data.
            log.exception("fetch_broke")
        finally:
            # Here and not in a callback, which might run in a thread that holds the lock.
            with self._lock:
                del self._flights[respondent_id]
        return None

    def _fly(self, respondent_id: int) -> Fetched | None:
        deadline = self._clock.monotonic() + LEASE_SECONDS
        while self._clock.monotonic() < deadline:
            last = self._fetches.last(respondent_id)
            if last is not None:
                return last
            token = self._fetches.take(respondent_id, LEASE_SECONDS)
            if token is not None:
                return self._lead(respondent_id, token)
            # Another process leads; if it dies its lease ends, and one of us takes over.
            self._clock.sleep(LOOK_AGAIN)
        return None

    def _lead(self, respondent_id: int, token: str) -> Fetched:
        start = int(self._clock.now().timestamp() * 1000)
        try:
            # The previous holder may have finished between our last look and our lease.
            last = self._fetches.last(respondent_id)
            if last is not None:
                return last
            found = self._load(respondent_id)
            fetched = Fetched(start, ok=found is not None)
            self._fetches.done(respondent_id, fetched, self._lifetimes.of(found))
            return fetched
        finally:
            with contextlib.suppress(ServiceError):
                self._fetches.release(respondent_id, token)
