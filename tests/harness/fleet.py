"""A service of several web processes and several sweepers, of which any may be killed at any moment."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from service.process import embedded_server as embedded
from tests.harness.processes import environment, start, stop
from tests.harness.service import CLI, Service
from tests.harness.waiting import until

if TYPE_CHECKING:
    import subprocess


class Fleet(Service):
    """`with Fleet(sweepers=2, …)` starts a service and more sweepers on its store."""

    def __init__(self, *, sweepers: int, seed: int, **options: str) -> None:
        super().__init__("run", **options)
        self._wanted = sweepers
        self._sweepers: list[subprocess.Popen[bytes]] = []
        self._random = random.Random(seed)
        self.killed: list[str] = []

    def start(self) -> None:
        super().start()
        self.revive()

    def stop(self) -> int:
        for sweeper in self._sweepers:
            stop(sweeper, signal.SIGKILL)
        self._sweepers.clear()
        return super().stop()

    def revive(self) -> None:
        """Start sweepers to replace those that have ended."""
        self._sweepers = [sweeper for sweeper in self._sweepers if sweeper.poll() is None]
        while len(self._sweepers) < self._wanted:
            url = self.options.get("REDIS_URL") or embedded.url(
                embedded.socket_path(Path(self.options["DATA_DIR"]).resolve())
            )
            options = environment(**{**self.options, "REDIS_URL": url})
            self._sweepers.append(start([*CLI, "worker"], options, stderr=self._errors))

    def kill_something(self) -> None:
        """Kill a sweeper, and start another; or a web worker, which its server replaces."""
        self.killed.append(self._random.choice(("sweeper", "web")))
        if self.killed[-1] == "sweeper":
            stop(self._random.choice(self._sweepers), signal.SIGKILL)
            self.revive()
        else:
            workers = until(lambda: self.web_workers, what="a web worker")
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.kill(self._random.choice(workers), signal.SIGKILL)
