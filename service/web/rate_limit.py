"""How many requests a minute each caller may make, over all processes together.

Permits are leased from Redis in blocks that grow with what a process uses. So a busy caller costs a round trip every
hundred requests or so, and a process that is seldom asked withholds hardly any permits from the others.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Protocol

import structlog

from service.store.limits.rate_limit_leases import WINDOW
from service.survey.errors import ServiceError, StoreError

if TYPE_CHECKING:
    from service.ports import Clock

log = structlog.get_logger()

BLOCK_SHARE = 4  # a block is a quarter of what this process has used of the window
MOST_WINDOWS = 10_000  # callers remembered by a process
PROBE_SECONDS = 1.0  # a Redis that is away is tried again this often
REFUSALS = 300  # 401s a minute for each address and process; then it gets 429
IPV6_NETWORK = 64  # bits; a caller with one address of such a network has all of them


class TooManyRequestsError(ServiceError):
    """The caller is over its limit."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("over the limit")
        self.retry_after = retry_after  # seconds


class Lease(Protocol):
    """Where leases come from."""

    def lease(self, caller: str, wanted: int, limit: int) -> tuple[int, float]:
        """Permits granted (0: none of `limit` is left) and seconds left of the window. Raises StoreError."""


class RefusalLimit:
    """Counts refused credentials by the address that they came from, in this process. Safe for threads.

    Only requests that are refused anyway are limited: a good key passes whatever its address did, since many callers
    share a proxy's address.
    """

    def __init__(self, clock: Clock, *, limit: int = REFUSALS) -> None:
        self._clock = clock
        self._limit = limit
        self._counts: dict[str, tuple[float, int]] = {}  # when the window ends, and how many it saw
        self._lock = threading.Lock()

    def refused(self, address: str) -> None:
        """Count one refusal. Raises TooManyRequestsError."""
        source, now = _source(address), self._clock.monotonic()
        with self._lock:
            ends, count = self._counts.get(source, (0.0, 0))
            if now >= ends:
                self._counts.pop(source, None)  # so that it is inserted anew, as the last one to be dropped
                ends, count = now + WINDOW, 0
            if source not in self._counts and len(self._counts) >= MOST_WINDOWS:
                self._counts.pop(next(iter(self._counts)))
            self._counts[source] = ends, count + 1
        if count >= self._limit:
            raise TooManyRequestsError(ends - now)


def _source(address: str) -> str:
    """An IPv4 address as it is; of an IPv6 address its network; anything else (a socket file has none) as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004
        return address
    return str(ip_network((found, IPV6_NETWORK), strict=False))


@dataclass(slots=True)
class _Window:
    """One caller's leases in this process. Times are the clock's monotonic."""

    left: int = 0
    used: int = 0
    ends: float = 0.0
    exhausted: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class RateLimiter:
    """Lets callers through while they have permits. Safe for threads.

    While Redis is away, or takes no writes, each process lets its share of the limit through, so that callers are
    neither all refused nor unlimited.
    """

    def __init__(self, leases: Lease, clock: Clock, *, limit: int, processes: int) -> None:
        self._permits = leases
        self._clock = clock
        self._limit = limit
        self._share = max(1, limit // processes) if limit else 0
        self._windows: dict[str, _Window] = {}
        self._away_until = 0.0

    def admit(self, caller: str) -> None:
        """Take one permit. Raises TooManyRequestsError."""
        if not self._share:
            return
        window = self._windows.get(caller) or self._open(caller)
        with window.lock:
            now = self._clock.monotonic()
            if now >= window.ends:
                window.left, window.used, window.exhausted = 0, 0, False
            if window.left < 1 and not window.exhausted:
                self._lease(caller, window, now)
            if window.left < 1:
                raise TooManyRequestsError(window.ends - now)
            window.left -= 1
            window.used += 1

    def _open(self, caller: str) -> _Window:
        if len(self._windows) >= MOST_WINDOWS:  # cards come and go; one that is dropped early only leases anew
            self._windows.pop(next(iter(self._windows)), None)
        return self._windows.setdefault(caller, _Window())

    def _lease(self, caller: str, window: _Window, now: float) -> None:
        if now >= self._away_until:
            try:
                granted, seconds = self._permits.lease(caller, max(1, window.used // BLOCK_SHARE), self._limit)
            except StoreError as error:
                self._without(error, now)
            else:
                self._with()
                window.left, window.ends, window.exhausted = granted, now + seconds, granted < 1
                return
        self._lend(window, now)

    def _without(self, error: StoreError, now: float) -> None:
        if not self._away_until:
            log.warning("rate_limit_by_share", error=type(error).__name__, cause=str(error))
        self._away_until = now + PROBE_SECONDS

    def _with(self) -> None:
        if self._away_until:
            log.info("rate_limit_leased")
        self._away_until = 0.0

    def _lend(self, window: _Window, now: float) -> None:
        """Give permits out of this process's own share, a few at a time, so that Redis is soon used again."""
        if now >= window.ends:
            window.ends = now + WINDOW
        block = min(max(1, self._share // 64), self._share - window.used)
        window.left = max(0, block)  # `exhausted` stays False: Redis is asked again at the next probe
