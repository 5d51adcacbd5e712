"""The service and all that it needs, in real processes."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import requests

from chaos.answers import asks, judge
from chaos.load import Ask, Load
from service.store.keys import Keys, account_name
from tests.harness.cluster import Cluster, cluster
from tests.harness.kinds import KINDS, Served
from tests.harness.processes import free_port
from tests.harness.sentinel import Sentinels, sentinels
from tests.harness.service import Service, account
from tests.harness.simulator import SimulatorProcess
from tests.harness.valkey import QUICK, Node, valkey
from tests.harness.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHORT = os.environ.get("CHAOS_SHORT") == "1"
CUSTOMERS = 12 if SHORT else 40  # customers that the load walks over
RESPONDENTS = 4 if SHORT else 8
FRESH_FOR = 3
OPTIONS = {
    "RATE_LIMIT": "0",
    "SWEEP_INTERVAL_SECONDS": "1",
    "FRESH_FOR_SECONDS": str(FRESH_FOR),
    "AUTH_PROBE_SECONDS": "2",
    "WEB_SERVER": "granian",  # as `run` starts it by default
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
        named = [quote(customer, safe="") for customer in self.known]
        paths: list[tuple[str, str | int]] = [
            (f"/v1/customers/{name}/satisfaction", customer) for name, customer in zip(named, self.known, strict=True)
        ]
        for customer in self.known[:RESPONDENTS]:
            number = self.service.summary(customer)["latest"]["respondent_id"]
            paths.append((f"/v1/respondents/{number}/results/latest", number))
        paths += [(f"/v1/customers/{name}/results?limit=2", "") for name in named[::8]]
        paths += [
            ("/v1/customers/satisfaction?" + "&".join(f"id={name}" for name in named[at::8]), "") for at in (0, 4)
        ]
        known = [Ask(path, owner, self.service.get(path).headers["ETag"]) for path, owner in paths]
        return Load(self.service.url, "full", asks(known), judge)

    @cached_property
    def known(self) -> list[str]:
        """Customers who have answered."""
        truth = [found for found in self.netigate.truth() if found["completed"] and found["respondent"] > 0]
        named = sorted({found["customer"] for found in truth if found["customer"]})[:CUSTOMERS]
        return [customer for customer in named if self.service.summary(customer)["latest"]]

    @property
    def keys(self) -> Keys:
        """The names of what the service stores."""
        return Keys(account_name(self.netigate.base_url, self.netigate.key))

    def is_fresh(self) -> bool:
        """Whether the service says that nothing is wrong, and the answer of each known customer is there and fresh."""
        try:
            ready = self.service.get("/readyz", None)
            found = self.service.get("/v1/customers/satisfaction?" + urlencode([("id", name) for name in self.known]))
        except requests.RequestException:
            return False
        summaries = found.json().get("customers", [])
        fresh = [one for one in summaries if one["latest"] and one["freshness"]["state"] == "fresh"]
        return ready.json().get("status") == "ready" and len(fresh) == len(self.known)

    def await_fresh(self, seconds: float = 60.0) -> float:
        """Seconds until the service is fresh again; infinite if it is not in time."""
        begun = time.monotonic()
        try:
            until(self.is_fresh, seconds=seconds, what="fresh answers", every=0.1)
        except AssertionError:
            return float("inf")
        return time.monotonic() - begun


@contextlib.contextmanager
def _place(url: str, options: Mapping[str, str] = OPTIONS, **hands: object) -> Iterator[Place]:
    with SimulatorProcess(customers=200) as netigate, Service(**account(netigate, **options, REDIS_URL=url)) as service:
        service.await_sweep()
        yield Place(service, netigate, **hands)


@contextlib.contextmanager
def plain() -> Iterator[Place]:
    """One Valkey that keeps its data."""
    with valkey(free_port(), appendonly="yes") as found, _place(found.url, store=found) as place:
        yield place


@contextlib.contextmanager
def on_gunicorn() -> Iterator[Place]:
    """The same with the other web server."""
    options = {**OPTIONS, "WEB_SERVER": "gunicorn"}
    with valkey(free_port(), appendonly="yes") as found, _place(found.url, options, store=found) as place:
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
