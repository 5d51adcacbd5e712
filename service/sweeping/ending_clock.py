"""A clock whose sleepers wake when the process is to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.sweeping.paging import StoppedError

if TYPE_CHECKING:
    import threading

    from service.ports import Clock


class EndingClock:
    """A clock whose sleepers wake, with StoppedError, when the process is to end. Implements ports.Clock.

    Otherwise a sweep that waits until it may ask Netigate, at times a minute, would be killed while it holds its lease.
    """

    def __init__(self, clock: Clock, stop: threading.Event) -> None:
        self._stop = stop
        self.now, self.monotonic = clock.now, clock.monotonic

    def sleep(self, seconds: float) -> None:
        """Raises StoppedError."""
        if self._stop.wait(seconds):
            raise StoppedError
