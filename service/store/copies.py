"""The process's own copies of what it has answered: for a moment while Redis is there, for longer while it is away."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import LRUCache

from service.survey.errors import StoreAwayError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from service.ports import Clock
    from service.store.breaker import Breaker
    from service.store.reads import Swept

LARGEST = 32 * 2**20  # bytes of bodies in all
OVERHEAD = 600  # bytes that an entry takes beside its body, about
HOT_SECONDS = 1.0  # an entry is given again for so long without asking Redis
LOOK_SECONDS = 0.5  # between two looks for erasures, while anything is held
RECENT_SECONDS = 1.0  # what such a look found of the sweeps is good for so long
ERASURES = 0  # where the count of erasures stands among the sweeps


@dataclass(frozen=True, slots=True)
class Held:
    """A document as read, with the sweeps that it rests on."""

    body: bytes
    etag: str
    swept: Swept
    cursor: str | None = None
    fetched: int | None = None  # start of an on-demand fetch that it rests on as well, Unix milliseconds


@dataclass(frozen=True, slots=True)
class _Copy:
    held: Held
    at: float  # monotonic


class Copies:
    """Bounded by bytes, least recently used first out; emptied by any erasure. Safe between threads."""

    def __init__(
        self, breaker: Breaker, swept: Callable[[], Swept], clock: Clock, *, largest: int = LARGEST, watch: bool = False
    ) -> None:
        """`watch`: look for erasures from a thread of its own, started with the first copy."""
        self._breaker = breaker
        self._swept = swept
        self._clock = clock
        self._lock = threading.Lock()
        self._copies: LRUCache[Hashable, _Copy] = LRUCache(largest, lambda copy: len(copy.held.body) + OVERHEAD)
        self._erasures: int | None = None
        self._watch = watch
        self._watcher: threading.Thread | None = None
        self._looked: tuple[float, Swept] | None = None  # monotonic

    def recent(self) -> Swept | None:
        """The sweeps as lately looked at, so that a read need not ask again; None where that was not lately.

        A body read after them rests on these sweeps or on later ones: its age is never told too low.
        """
        looked = self._looked
        if looked is None or self._clock.monotonic() - looked[0] >= RECENT_SECONDS:
            return None
        return looked[1]

    def read(self, key: Hashable, load: Callable[[], Held]) -> tuple[Held, bool]:
        """What `load` gives, or a copy of it; True with a copy of before Redis went away.

        Raises StoreAwayError where Redis is away and there is no copy.
        """
        with self._lock:
            copy = self._copies.get(key)
        if copy is not None and self._clock.monotonic() - copy.at < HOT_SECONDS and not self._breaker.open:
            return copy.held, False
        at, looked = self._clock.monotonic(), self._looked
        try:
            held = self._breaker.call(load)
        except StoreAwayError:
            if copy is None:
                raise
            return copy.held, True
        if looked is None or held.swept is not looked[1]:
            self.see(held.swept)
        self._put(key, _Copy(held, at))
        return held, False

    def see(self, swept: Swept) -> None:
        """Drop everything when something was erased since the last look."""
        erasures = swept.get(ERASURES, 0)
        with self._lock:
            if self._erasures != erasures:
                self._copies.clear()
                self._erasures = erasures

    def look(self) -> None:
        """Ask Redis for erasures, through the breaker: this is the probe while Redis is away."""
        with contextlib.suppress(StoreAwayError):
            at, swept = self._clock.monotonic(), self._breaker.call(self._swept)
            self.see(swept)
            self._looked = at, swept

    def _put(self, key: Hashable, copy: _Copy) -> None:
        with self._lock:
            if copy.held.swept.get(ERASURES, 0) != self._erasures:
                return  # read before an erasure that has been seen meanwhile
            with contextlib.suppress(ValueError):  # larger than all copies together may be
                self._copies[key] = copy
            if self._watch and self._watcher is None:
                self._watcher = threading.Thread(target=self._keep_looking, name="erasures", daemon=True)
                self._watcher.start()

    def _keep_looking(self) -> None:
        tick = threading.Event()
        while not tick.wait(LOOK_SECONDS):
            self.look()
