"""Whether the sweeping process works: a file that its own loop renews, and that `netigate-results alive` reads.

The file is locked for as long as the process lives. So a dead process is noticed at once, even after a restart of the
machine, or where another process has its id. No shell, port or Redis is needed: a worker must not be restarted because
Redis is away.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.ports import Clock

LOOP_SECONDS = 60.0  # the loop runs twice a second; a store that is away may delay it by some 20 seconds
HANG_SECONDS = 300.0  # a sweep reads its clock more often than this; one call to Netigate ends after 90 seconds


def default_path() -> Path:
    return Path(tempfile.gettempdir()) / f"netigate-results-{os.getuid()}.alive"


class Heartbeat:
    """The worker's side. Raises OSError if another process holds the file."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._seen: dict[int, float] = {}
        self.beat(0)

    def watched(self, clock: Clock) -> Clock:
        """The same clock; each use of it marks the calling thread as going on."""
        return _WatchedClock(clock, self)

    def mark(self) -> None:
        """Note that the calling thread is making progress."""
        self._seen[threading.get_ident()] = time.monotonic()

    def beat(self, sweeping: int) -> None:
        """Renew the file, unless one of the `sweeping` sweeps under way has made no progress for HANG_SECONDS."""
        now, own = time.monotonic(), threading.get_ident()
        going_on = sum(now - seen < HANG_SECONDS for thread, seen in list(self._seen.items()) if thread != own)
        if going_on >= sweeping:
            os.pwrite(self._file, f"{now + LOOP_SECONDS:020.3f}".encode(), 0)


class _WatchedClock:
    """Implements ports.Clock."""

    def __init__(self, clock: Clock, heartbeat: Heartbeat) -> None:
        self._clock, self._heartbeat = clock, heartbeat
        self.now = clock.now

    def monotonic(self) -> float:
        self._heartbeat.mark()
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self._heartbeat.mark()
        self._clock.sleep(seconds)
        self._heartbeat.mark()


def trouble(path: Path) -> str | None:
    """What is wrong with the worker that holds the file; None while it sweeps or waits."""
    try:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                late = time.monotonic() - float(file.read() or 0)
                return f"the worker hangs: its loop is {late:.0f} s late" if late > 0 else None
    except (OSError, ValueError):
        pass
    return "no worker runs here"
