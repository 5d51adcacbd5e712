"""Gunicorn hooks that keep each web worker on one core, where each core gets as many workers as any other.

A worker runs one thread at a time, so a second core gives it nothing, and each handing on of the interpreter between
threads on two cores wakes the other core and starts with a cold cache. Where there are more cores than workers the
machine has other work, of which we know nothing, and the kernel places the threads; so it does with three workers on
two cores, of which two would have to share.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any


def cores() -> list[int]:
    """The cores that this process may use; none where the system does not tell or cannot keep to them."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    with contextlib.suppress(OSError):  # a sandbox may forbid it
        return sorted(os.sched_getaffinity(0))
    return []


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ANN401  (gunicorn's)
    """Choose a core before the worker is made: the master alone knows them all."""
    worker.core = None
    there = cores()
    if there and server.num_workers % len(there) == 0:
        taken = [getattr(other, "core", None) for other in server.WORKERS.values()]
        worker.core = min(there, key=taken.count)


def post_fork(_server: Any, worker: Any) -> None:  # noqa: ANN401  (gunicorn's)
    """Go there. The worker's threads are made later and follow."""
    if worker.core is not None:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {worker.core})
