"""The service and what it stands on, in real processes."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from chaos.load import Load
from tests.support.cluster import Cluster, Node, cluster, free_ports
from tests.support.kinds import KINDS, Served
from tests.support.sentinel import Sentinels, sentinels
from tests.support.service import Service, account, serves
from tests.support.simulator import SimulatorProcess
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.simulator import Simulator

SHORT = os.environ.get("CHAOS_SHORT") == "1"
CUSTOMERS = 12 if SHORT else 40  # customers that the load walks over
RESPONDENTS = 4 if SHORT else 8
FRESH_FOR = 3
OPTIONS = {
    "RATE_LIMIT": "0",
    "SWEEP_INTERVAL_SECONDS": "1",
    "FRESH_FOR_SECONDS": str(FRESH_FOR),
    "AUTH_PROBE_SECONDS": "2",
    "WEB_CONCURRENCY": "2",
    "WEB_THREADS": "8",
}
STORE_OPTIONS = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}


@dataclass
class Place:
    """A running service, with hands on each of its processes."""

    service: Service
    netigate: SimulatorProcess
    store: Node | None = None
    cluster: Cluster | None = None
    sentinels: Sentinels | None = None
    served: Served | None = None
    notes: list[str] = field(default_factory=list)

    def web_server(self) -> int:
        """The master's process id."""
        (found,) = self._children("gunicorn", "granian_server")
        return found

    def web_workers(self) -> list[int]:
        master = self.web_server()
        return [pid for pid, name in self.service.children.items() if serves(name) and pid != master]

    def sweeper(self) -> int:
        (found,) = self._children("service.cli worker")
        return found

    def _children(self, *names: str) -> list[int]:
        found = [pid for pid, line in self.service.children.items() if any(name in line for name in names)]
        return [pid for pid in found if _parent(pid) == self.service.process.pid]

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def load(self) -> Load:
        """A load over customers who have answers, and their respondents."""
        truth = [found for found in self.netigate.truth() if found["completed"] and found["respondent"] > 0]
        named = sorted({found["customer"] for found in truth if found["customer"]})[:CUSTOMERS]
        known = [c for c in named if self.service.summary(c)["latest"]]
        respondents = [self.service.summary(customer)["latest"]["respondent_id"] for customer in known[:RESPONDENTS]]
        return Load(self.service.url, "full", known, respondents)

    def cursor(self) -> str:
        """Behind the newest change."""
        return str(self.service.get("/v1/changes?since=now").json()["cursor"])

    def changes(self, cursor: str) -> list[int]:
        """The answer sets of every change told behind a cursor, as often as each was told."""
        found: list[int] = []
        while True:
            page = self.service.get(f"/v1/changes?limit=100&cursor={cursor}").json()
            found += [change["answer_set_id"] for change in page.get("changes", [])]
            if not page.get("changes"):
                return found
            cursor = page["cursor"]

    def is_fresh(self) -> bool:
        """Whether the service says that nothing is wrong, and a customer's answer is fresh."""
        try:
            ready = self.service.get("/readyz", None)
            summary = self.service.get("/v1/customers/C-1001/satisfaction")
        except requests.RequestException:
            return False
        return ready.json().get("status") == "ready" and summary.json().get("freshness", {}).get("state") == "fresh"

    def await_fresh(self, seconds: float = 60.0) -> float:
        """Seconds until the service is fresh again; infinite where it is not."""
        begun = time.monotonic()
        try:
            until(self.is_fresh, seconds=seconds, what="fresh answers", every=0.1)
        except AssertionError:
            return float("inf")
        return time.monotonic() - begun


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


@contextlib.contextmanager
def _service(netigate: Simulator, url: str) -> Iterator[Service]:
    with Service(**account(netigate, **OPTIONS, REDIS_URL=url)) as service:
        service.await_sweep()
        yield service


@contextlib.contextmanager
def plain() -> Iterator[Place]:
    """One Valkey that keeps its data."""
    with tempfile.TemporaryDirectory(prefix="nr-chaos-") as directory, SimulatorProcess(customers=200) as netigate:
        store = Node(Path(directory) / "store", free_ports(1)[0], dict(STORE_OPTIONS))
        try:
            store.start()
            with _service(netigate, f"redis://127.0.0.1:{store.port}") as service:
                yield Place(service, netigate, store=store)
        finally:
            store.thaw() if store.process and store.process.poll() is None else None
            store.stop()


@contextlib.contextmanager
def sentineled() -> Iterator[Place]:
    with sentinels() as found, SimulatorProcess(customers=200) as netigate, _service(netigate, found.url) as service:
        yield Place(service, netigate, sentinels=found)


@contextlib.contextmanager
def clustered() -> Iterator[Place]:
    with (
        cluster(replicated=True) as found,
        SimulatorProcess(customers=200) as netigate,
        _service(netigate, found.url) as service,
    ):
        yield Place(service, netigate, cluster=found)


@contextlib.contextmanager
def served(kind: str) -> Iterator[Place]:
    """A server of this kind, with hands on what it does."""
    with (
        KINDS[kind]() as found,
        SimulatorProcess(customers=200) as netigate,
        _service(netigate, found.url) as service,
    ):
        yield Place(service, netigate, served=found)
