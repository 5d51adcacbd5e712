"""The one way in which tests wait for another process or thread: poll a condition until a deadline."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
# A bound for what comes at once on an idle machine and late on a busy one; only a test that fails waits as long.
PATIENCE = 60.0  # seconds
_PAUSE = threading.Event()  # never set: waiting on it lets the other side run


def until(
    condition: Callable[[], T], *, seconds: float = PATIENCE, what: str = "the condition", every: float = 0.05
) -> T:
    """The condition's first true value; AssertionError where there is none in time."""
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, f"{what} did not come about within {seconds:g} s"
        _PAUSE.wait(every)
    return found
