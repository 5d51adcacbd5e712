"""Whatever is killed, a reader that follows its cursor is told each change once, each customer's in their order; and
one that follows `updates` holds in the end what every customer's summary says."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from urllib.parse import urlencode

import requests

from tests.harness import http
from tests.harness.fleet import Fleet
from tests.harness.service import account
from tests.harness.simulator import SWEDISH, SimulatorProcess
from tests.harness.waiting import until

EVENTS = 2000
# `make chaos` asks for more kills; each then waits until the answers before it are told.
MORE = int(os.environ.get("CHAOS_ROUNDS", "0"))
ROUNDS = MORE or 10
KILLS = range(MORE) if MORE else {1, 4, 7}  # after these rounds something is killed
SEED = 20261123
UPDATES = "/v1/customers/updates"


class Reader(threading.Thread):
    """Follows its cursor over HTTP; whatever goes wrong it asks again from where it was."""

    def __init__(self, url, path, told):
        super().__init__()
        self.url, self.of, self.told, self.done = url + path, told, [], threading.Event()
        self.cursor = self.ask({"since": "now"})["cursor"]

    def ask(self, query):
        reply = http.get(f"{self.url}?{urlencode({'limit': 100, **query})}", "full", timeout=30)
        reply.raise_for_status()
        return reply.json()

    def run(self):
        while not self.done.wait(0.1):
            try:
                page = self.ask({"cursor": self.cursor})
            except requests.RequestException:
                continue
            self.told += page[self.of]
            self.cursor = page["cursor"]


def summaries(url, customers):
    names, found = list(customers), []
    for at in range(0, len(names), 100):
        query = urlencode({"id": names[at : at + 100]}, doseq=True)
        reply = http.get(f"{url}/v1/customers/satisfaction?{query}", "full")
        reply.raise_for_status()
        found += reply.json()["customers"]
    return {customer["customer_id"]: customer for customer in found}


def without_age(summary):
    return {name: value for name, value in summary.items() if name != "freshness"}


def test_each_change_is_told_once_and_in_order(request):
    options = {"WEB_CONCURRENCY": "2", "SWEEP_INTERVAL_SECONDS": "1", "NETIGATE_SURVEYS": str(SWEDISH)}
    with (
        SimulatorProcess(customers=5) as netigate,
        Fleet(sweepers=2, seed=SEED, **account(netigate, **options)) as fleet,
    ):
        fleet.await_sweep(times=2)
        reader, follower = Reader(fleet.url, "/v1/changes", "changes"), Reader(fleet.url, UPDATES, "customers")
        for thread in (reader, follower):
            thread.start()
            request.addfinalizer(thread.done.set)
        expected = defaultdict(list)
        for number in range(ROUNDS):
            for added in netigate.turn_everybody(number, EVENTS // ROUNDS):
                expected[added["customer"]].append(added["set"])
            if number in KILLS:
                if MORE:
                    before = number * (EVENTS // ROUNDS)
                    until(lambda count=before: len(reader.told) >= count, seconds=120, what="the changes before")
                fleet.kill_something()
        until(lambda: len(reader.told) >= EVENTS, seconds=180, what="every change", every=0.2)
        fleet.await_sweep()  # nothing comes twice with later sweeps either
        reader.done.set()
        reader.join(60)
        assert follower.ask({"cursor": follower.cursor})["customers"] == [], "nobody moves without a change"
        follower.done.set()
        follower.join(60)
        held = {customer["customer_id"]: without_age(customer) for customer in follower.told}
        assert held == {customer: without_age(summary) for customer, summary in summaries(fleet.url, expected).items()}
    told = defaultdict(list)
    for change in reader.told:
        told[change["customer_id"]].append(change["answer_set_id"])
    assert {"sweeper", "web"} <= set(fleet.killed)
    assert told == expected
    seen = defaultdict(list)
    for customer in follower.told:
        seen[customer["customer_id"]].append(customer["answered"])
    assert all(answered == sorted(answered) for answered in seen.values()), "never back to an older state"
    assert len({change["id"] for change in reader.told}) == len(reader.told) == EVENTS
