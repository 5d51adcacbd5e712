"""Read-through with a single flight, inside the process and over the cluster.

One loader for each key; everybody else waits for its mark, never longer than the reader's budget. The loader goes on
after its reader has given up, and what it brings late is stored all the same.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.store.fetches import Fetched
from service.survey.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock
    from service.store.fetches import Fetches

LOOK_AGAIN = 0.05  # seconds between two looks for another process's mark
LEASE_SECONDS = 15.0
LOADERS = 4  # threads of each process that fetch on demand


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Seconds that a mark stands: after a fetch (also one that found nothing), and after one that failed."""

    ok: float
    failed: float = 3.0


class ReadThrough:
    """Fetches a respondent at most once at a time in the whole fleet."""

    def __init__(self, fetches: Fetches, load: Callable[[int], bool], lifetimes: Lifetimes, clock: Clock) -> None:
        """`load` brings a respondent into the store; False where Netigate could not be asked."""
        self._fetches = fetches
        self._load = load
        self._lifetimes = lifetimes
        self._clock = clock
        self._lock = threading.Lock()
        self._flights: dict[int, Future[Fetched | None]] = {}
        self._pool = ThreadPoolExecutor(LOADERS, thread_name_prefix="fetch")

    def fetch(self, respondent_id: int, *, budget: float) -> Fetched | None:
        """Have the respondent fetched unless it was lately; the last fetch known, None where time ran out first.

        budget: seconds to wait at most; 0 starts the fetch and does not wait. Raises StoreAwayError.
        """
        last = self._fetches.last(respondent_id)
        if last is not None:
            return last
        flight = self._flight(respondent_id)
        if budget <= 0:
            return None
        with contextlib.suppress(FutureTimeoutError):
            return flight.result(timeout=budget)
        return None

    def _flight(self, respondent_id: int) -> Future[Fetched | None]:
        with self._lock:
            flight = self._flights.get(respondent_id)
            if flight is None:
                flight = self._flights[respondent_id] = self._pool.submit(self._fly, respondent_id)
                flight.add_done_callback(lambda _: self._landed(respondent_id))
            return flight

    def _landed(self, respondent_id: int) -> None:
        with self._lock:
            self._flights.pop(respondent_id, None)

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
            # The lease came after the last look: its holder before us may just have finished.
            last = self._fetches.last(respondent_id)
            if last is not None:
                return last
            fetched = Fetched(start, self._load(respondent_id))
            lifetime = self._lifetimes.ok if fetched.ok else self._lifetimes.failed
            self._fetches.done(respondent_id, fetched, lifetime)
            return fetched
        finally:
            with contextlib.suppress(ServiceError):
                self._fetches.release(respondent_id, token)
