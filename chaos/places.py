"""The service and all that it needs, in real processes."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import requests

from chaos.answers import asks, judge
from chaos.load import Load
from tests.harness.cluster import Cluster, cluster
from tests.harness.kinds import KINDS, Served
from tests.harness.processes import free_port
from tests.harness.sentinel import Sentinels, sentinels
from tests.harness.service import Service, account
from tests.harness.simulator import SimulatorProcess
from tests.harness.valkey import QUICK, Node, valkey
from tests.harness.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@dataclass
class Place:
    """A running service, with access to each of its processes."""

    service: Service
    netigate: SimulatorProcess
    store: Node | None = None
    cluster: Cluster | None = None
    sentinels: Sentinels | None = None
    served: Served | None = None
    notes: list[str] = field(default_factory=list)

    def load(self) -> Load:
        """A load over customers who have answers, and their respondents."""
        truth = [found for found in self.netigate.truth() if found["completed"] and found["respondent"] > 0]
        named = sorted({found["customer"] for found in truth if found["customer"]})[:CUSTOMERS]
        known = [c for c in named if self.service.summary(c)["latest"]]
        respondents = [self.service.summary(customer)["latest"]["respondent_id"] for customer in known[:RESPONDENTS]]
        return Load(self.service.url, "full", asks(known, respondents), judge)

    def cursor(self) -> str:
        """The cursor after the newest change."""
        return str(self.service.get("/v1/changes?since=now").json()["cursor"])

    def changes(self, cursor: str) -> list[int]:
        """The answer sets of all changes after a cursor, each as often as it was reported."""
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
        """Seconds until the service is fresh again; infinite if it is not in time."""
        begun = time.monotonic()
        try:
            until(self.is_fresh, seconds=seconds, what="fresh answers", every=0.1)
        except AssertionError:
            return float("inf")
        return time.monotonic() - begun


@contextlib.contextmanager
def _place(url: str, **hands: object) -> Iterator[Place]:
    with SimulatorProcess(customers=200) as netigate, Service(**account(netigate, **OPTIONS, REDIS_URL=url)) as service:
        service.await_sweep()
        yield Place(service, netigate, **hands)


@contextlib.contextmanager
def plain() -> Iterator[Place]:
    """One Valkey that keeps its data."""
    with valkey(free_port(), appendonly="yes") as found, _place(found.url, store=found) as place:
        yield place


@contextlib.contextmanager
def sentineled() -> Iterator[Place]:
    with sentinels(down_after=QUICK) as found, _place(found.url, sentinels=found) as place:
        yield place


@contextlib.contextmanager
def clustered() -> Iterator[Place]:
    with cluster(replicated=True, down_after=QUICK) as found, _place(found.url, cluster=found) as place:
        yield place


@contextlib.contextmanager
def served(kind: str) -> Iterator[Place]:
    """A service over a server of this kind."""
    with KINDS[kind](down_after=QUICK) as found, _place(found.url, served=found) as place:
        yield place
