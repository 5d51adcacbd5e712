"""One time for all processes: the Redis server's, kept as an offset to this process's own monotonic clock.

A process's wall clock may be wrong or set back while it runs; the monotonic one is neither. So what processes compare
(who swept when, back-offs, tombstones, retention) is dated by the server, at the cost of one question each 30 seconds.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from service.store.connection.guard import guard
from service.survey.errors import StoreError

if TYPE_CHECKING:
    from service.ports import Clock
    from service.store.connection.clients import Client

log = structlog.get_logger()

ASK_AGAIN = 30.0  # seconds between two looks at the server's clock
AFTER_FAILURE = 1.0  # and after one that failed
LONGEST_TRIP = 1.0  # seconds; a slower answer is too inexact
DIFFERS = 5.0  # seconds between this machine's clock and the server's that are worth a line in the log


class ServerTime:
    """Implements ports.Clock. Until the server has answered once, the given clock is believed."""

    def __init__(self, client: Client, clock: Clock, *, background: bool = False) -> None:
        """`background`: after the first question a thread of its own asks, so that no reader waits."""
        self._client = client
        self._clock = clock
        self.monotonic, self.sleep = clock.monotonic, clock.sleep
        self._background = background
        self._asking = threading.Lock()
        self._offset: timedelta | None = None  # the server's time minus `_at` of the monotonic clock
        self._due = clock.monotonic()
        self._told = False

    def now(self) -> datetime:
        """UTC, aware. Never raises: while Redis is away time goes on from the last answer."""
        if self._clock.monotonic() >= self._due:
            self._refresh()
        offset = self._offset
        return self._clock.now() if offset is None else _at(self._clock.monotonic()) + offset

    def _refresh(self) -> None:
        if self._offset is None:
            with self._asking:
                if self._clock.monotonic() >= self._due:
                    self._ask()
        elif self._asking.acquire(blocking=False):
            if self._background:
                threading.Thread(target=self._ask_and_release, name="server-time", daemon=True).start()
            else:
                self._ask_and_release()

    def _ask_and_release(self) -> None:
        try:
            self._ask()
        finally:
            self._asking.release()

    def _ask(self) -> None:
        started = self._clock.monotonic()
        try:
            with guard():
                seconds, micros = _first(self._client.time())
        except StoreError:
            self._due = self._clock.monotonic() + AFTER_FAILURE
            return
        ended = self._clock.monotonic()
        if self._offset is not None and ended - started > LONGEST_TRIP:
            self._due = ended + AFTER_FAILURE
            return
        server = datetime.fromtimestamp(int(seconds), tz=UTC) + timedelta(microseconds=int(micros))
        self._offset = server - _at((started + ended) / 2)
        self._due = ended + ASK_AGAIN
        self._tell_difference((server - self._clock.now()).total_seconds())

    def _tell_difference(self, seconds: float) -> None:
        differs = abs(seconds) > DIFFERS
        if differs and not self._told:
            log.warning("clocks_differ", server_ahead_seconds=round(seconds, 1))
        self._told = differs


def _at(monotonic: float) -> datetime:
    return datetime.fromtimestamp(0, tz=UTC) + timedelta(seconds=monotonic)


def _first(reply: Any) -> Any:  # noqa: ANN401  (a Cluster answers for each node; its nodes are taken to agree)
    return next(iter(reply.values())) if isinstance(reply, dict) else reply
