"""The process's copies of its answers: used for a moment while Redis is there, and for longer while it is away."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.survey.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from service.cache.circuit_breaker import CircuitBreaker
    from service.ports import Clock
    from service.store.wholeness.sweeps import Sweeps

LARGEST = 32 * 2**20  # bytes of bodies in all
OVERHEAD = 600  # bytes that an entry takes beside its body, about
HOT_SECONDS = 1.0  # for so long an entry is served again without asking Redis
LOOK_SECONDS = 0.5  # between two looks for erasures, while anything is held
RECENT_SECONDS = 1.0  # for so long the sweeps that such a look found may be used
ERASURES = 0  # the key of the count of erasures among the sweeps


@dataclass(frozen=True, slots=True)
class CachedDocument:
    """A document as read, with the sweeps that it rests on."""

    body: bytes
    etag: str
    swept: Sweeps
    cursor: str | None = None
    fetched: int | None = None  # start of an on-demand fetch that it rests on as well, Unix milliseconds


@dataclass(frozen=True, slots=True)
class _Copy:
    held: CachedDocument
    at: float  # monotonic


class _Copies:
    """The copies themselves, bounded by bytes. Kept in the order of their last put, so the first is the oldest."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._held: dict[Hashable, _Copy] = {}
        self._bytes = 0
        self.get = self._held.get

    def put(self, key: Hashable, copy: _Copy) -> None:
        """Drop the oldest to make room. A copy in use is read and put again each second, so it is not among them."""
        self._drop(key)
        self._held[key] = copy
        self._bytes += _size(copy)
        while self._bytes > self._largest:
            self._drop(next(iter(self._held)))

    def _drop(self, key: Hashable) -> None:
        before = self._held.pop(key, None)
        if before is not None:
            self._bytes -= _size(before)

    def clear(self) -> None:
        self._held.clear()
        self._bytes = 0


def _size(copy: _Copy) -> int:
    return len(copy.held.body) + OVERHEAD


class LocalCache:
    """Bounded by bytes: copies unused for longest are dropped first. Emptied by any erasure. Safe between threads."""

    def __init__(
        self,
        breaker: CircuitBreaker,
        swept: Callable[[], Sweeps],
        clock: Clock,
        *,
        largest: int = LARGEST,
        watch: bool = False,
    ) -> None:
        """`watch`: a thread of its own looks for erasures, so a store that is away is noticed before anybody asks."""
        self._breaker = breaker
        self._swept = swept
        self._clock = clock
        self._lock = threading.Lock()
        self._copies = _Copies(largest)
        self._erasures: int | None = None
        self._looked: tuple[float, Sweeps] | None = None  # monotonic
        if watch:
            threading.Thread(target=self._keep_looking, name="erasures", daemon=True).start()

    def recent(self) -> Sweeps | None:
        """The sweeps as last looked at, so that a read need not ask again; None after RECENT_SECONDS.

        A body read after that rests on these sweeps or on later ones, so its age is never understated.
        """
        looked = self._looked
        if looked is None or self._clock.monotonic() - looked[0] >= RECENT_SECONDS:
            return None
        return looked[1]

    def read(self, key: Hashable, load: Callable[[], CachedDocument]) -> tuple[CachedDocument, bool]:
        """What `load` gives, or just gave; with True an older copy, where Redis fails or the value is damaged.

        Raises StoreError where Redis is away or refuses, or the value is damaged, and there is no copy.
        """
        copy = self._copies.get(key)
        if copy is not None and self._clock.monotonic() - copy.at < HOT_SECONDS and not self._breaker.open:
            return copy.held, False
        at, looked = self._clock.monotonic(), self._looked
        try:
            held = self._breaker.call(load)
        except StoreError:
            if copy is None:
                raise
            return copy.held, True
        if looked is None or held.swept is not looked[1]:
            self._see(held.swept, latest=False)
        self._put(key, _Copy(held, at))
        return held, False

    def _see(self, swept: Sweeps, *, latest: bool) -> None:
        """Drop everything when something was erased since the last look.

        latest: `swept` was read just now. Otherwise it came with a body that may be older than the last look, so a
        lower count of erasures says nothing.
        """
        erasures = swept.get(ERASURES, 0)
        with self._lock:
            known = self._erasures
            if known is None or (known != erasures if latest else known < erasures):
                self._copies.clear()
                self._erasures = erasures

    def look(self) -> None:
        """Ask Redis for erasures, through the breaker: this is the probe while Redis is away."""
        with contextlib.suppress(StoreError):
            at, swept = self._clock.monotonic(), self._breaker.call(self._swept)
            self._see(swept, latest=True)
            self._looked = at, swept

    def _put(self, key: Hashable, copy: _Copy) -> None:
        with self._lock:
            if copy.held.swept.get(ERASURES, 0) != self._erasures:
                return  # read before an erasure that has been seen meanwhile
            self._copies.put(key, copy)

    def _keep_looking(self) -> None:
        tick = threading.Event()
        self.look()
        while not tick.wait(LOOK_SECONDS):
            self.look()
