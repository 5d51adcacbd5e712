"""A service of several web processes and several sweepers, of which any may be killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from service.process import embedded_server as embedded
from service.process.supervisor import leash
from tests.support.cluster import free_ports
from tests.support.service import ROOT, Service, environment, serves

if TYPE_CHECKING:
    from collections.abc import Callable


class Unready(Service):
    """A service that counts as started when it lives, though no sweep may ever end."""

    def __init__(self, command: str = "run", **options: str) -> None:
        super().__init__(command, **{"PORT": str(free_ports(1)[0]), **options})

    def _address(self) -> str | None:
        assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.logs()}"
        url = f"http://127.0.0.1:{self.options['PORT']}"
        try:
            return url if self._session.get(f"{url}/healthz", timeout=2).ok else None
        except requests.RequestException:
            return None


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
            sweeper.kill()
            sweeper.wait()
        self._sweepers.clear()
        return super().stop()

    def revive(self) -> None:
        """Start sweepers in the place of those that are gone."""
        self._sweepers = [sweeper for sweeper in self._sweepers if sweeper.poll() is None]
        while len(self._sweepers) < self._wanted:
            url = self.options.get("REDIS_URL") or embedded.url(
                embedded.socket_path(Path(self.options["DATA_DIR"]).resolve())
            )
            self._sweepers.append(
                subprocess.Popen(
                    [*leash(), sys.executable, "-m", "service.cli", "worker"],
                    env=environment(**{**self.options, "REDIS_URL": url}),
                    stderr=self._errors,
                    cwd=ROOT,
                )
            )

    def kill_a_sweeper(self) -> None:
        sweeper = self._random.choice(self._sweepers)
        sweeper.kill()
        sweeper.wait()
        self.killed.append("sweeper")
        self.revive()

    def kill_a_web_process(self) -> None:
        """One of the web server's workers; its master starts another."""
        masters = {pid for pid, name in self.children.items() if serves(name) and self._is_child(pid)}
        workers = sorted(pid for pid, name in self.children.items() if serves(name) and pid not in masters)
        os.kill(self._random.choice(workers), signal.SIGKILL)
        self.killed.append("web")

    def kill_something(self) -> None:
        kills: list[Callable[[], Any]] = [self.kill_a_sweeper, self.kill_a_web_process]
        self._random.choice(kills)()

    def _is_child(self, pid: int) -> bool:
        try:
            return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]) == self.process.pid
        except OSError:
            return False
