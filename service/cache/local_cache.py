"""The process's own copies of what it has answered: for a moment while Redis is there, for longer while it is away."""

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
HOT_SECONDS = 1.0  # an entry is given again for so long without asking Redis
LOOK_SECONDS = 0.5  # between two looks for erasures, while anything is held
RECENT_SECONDS = 1.0  # what such a look found of the sweeps is good for so long
ERASURES = 0  # where the count of erasures stands among the sweeps


@dataclass(frozen=True, slots=True)
class CachedDocument:
    """A document as read, with the sweeps that it rests on."""

    body: bytes
    etag: str
    swept: Sweeps
    cursor: str | None = None
    fetched: int | None = None  # start of an on-demand fetch that it rests on as well, Unix milliseconds
    unreadable: bool = False  # nothing of what is stored could be read, so that it says nothing


@dataclass(frozen=True, slots=True)
class _Copy:
    held: CachedDocument
    at: float  # monotonic


class _Copies:
    """The copies themselves, bounded by bytes. Each stands where it was last put, so the first is the oldest."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._held: dict[Hashable, _Copy] = {}
        self._bytes = 0
        self.get = self._held.get

    def put(self, key: Hashable, copy: _Copy) -> None:
        """Let the oldest go for it. A copy that is asked for is read again each second, and so is not among them."""
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
    """Bounded by bytes, those not asked for longest first out; emptied by any erasure. Safe between threads."""

    def __init__(
        self,
        breaker: CircuitBreaker,
        swept: Callable[[], Sweeps],
        clock: Clock,
        *,
        largest: int = LARGEST,
        watch: bool = False,
    ) -> None:
        """`watch`: look for erasures from a thread of its own; so a store that is away is told before anybody asks."""
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
        """The sweeps as lately looked at, so that a read need not ask again; None where that was not lately.

        A body read after them rests on these sweeps or on later ones: its age is never told too low.
        """
        looked = self._looked
        if looked is None or self._clock.monotonic() - looked[0] >= RECENT_SECONDS:
            return None
        return looked[1]

    def read(self, key: Hashable, load: Callable[[], CachedDocument]) -> tuple[CachedDocument, bool]:
        """What `load` gives, or a copy of it; True with a copy of before Redis went away, or what it holds was damaged.

        Raises StoreError where Redis is away, or refuses, and there is no copy.
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
        if held.unreadable and copy is not None:
            return copy.held, True
        if looked is None or held.swept is not looked[1]:
            self._see(held.swept, latest=False)
        self._put(key, _Copy(held, at))
        return held, False

    def _see(self, swept: Sweeps, *, latest: bool) -> None:
        """Drop everything when something was erased since the last look.

        Not `latest`: a slow reader's, who may have read before what was seen meanwhile.
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
