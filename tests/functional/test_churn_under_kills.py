"""Whatever is killed, a reader that follows its cursor is told each change once, each customer's in their order."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

import requests

from tests.support.fleet import Fleet
from tests.support.service import account
from tests.support.simulator import SWEDISH, SimulatorProcess
from tests.support.waiting import until

EVENTS = 2000
ROUNDS = 10
KILLS = {1, 4, 7}  # after these rounds something is killed
SEED = 20261123


def batch(number):
    """One round of answers, each the opposite of its customer's last, so that each is a change."""
    per_round = EVENTS // ROUNDS
    word = "Mycket missnöjd" if number % 2 == 0 else "Mycket nöjd"
    moment = int(time.time()) - 3600 + number * 60
    return [
        {
            "survey": SWEDISH,
            "customer": f"K-{place}",
            "answers": {"31": word},
            "created": moment,
            "completed": moment,
        }
        for place in range(per_round)
    ]


class Reader(threading.Thread):
    """Follows its cursor over HTTP; whatever goes wrong it asks again from where it was."""

    def __init__(self, url):
        super().__init__()
        self.url, self.told, self.done = f"{url}/v1/changes", [], threading.Event()
        self.cursor = self.ask({"since": "now"})["cursor"]

    def ask(self, query):
        reply = requests.get(
            self.url, params={"limit": 100, **query}, headers={"Authorization": "Bearer full"}, timeout=10
        )
        reply.raise_for_status()
        return reply.json()

    def run(self):
        while not self.done.wait(0.1):
            try:
                page = self.ask({"cursor": self.cursor})
            except requests.RequestException:
                continue
            self.told += page["changes"]
            self.cursor = page["cursor"]


def test_each_change_is_told_once_and_in_order(request):
    options = {"WEB_CONCURRENCY": "2", "SWEEP_INTERVAL_SECONDS": "1", "NETIGATE_SURVEYS": str(SWEDISH)}
    with (
        SimulatorProcess(customers=5) as netigate,
        Fleet(sweepers=2, seed=SEED, **account(netigate, **options)) as fleet,
    ):
        fleet.await_sweep()
        fleet.await_sweep()
        reader = Reader(fleet.url)
        reader.start()
        request.addfinalizer(reader.done.set)
        expected = defaultdict(list)
        for number in range(ROUNDS):
            for added in netigate.change(batch(number)):
                expected[added["customer"]].append(added["set"])
            if number in KILLS:
                fleet.kill_something()
        until(lambda: len(reader.told) >= EVENTS, seconds=90, what="every change", every=0.2)
        fleet.await_sweep()  # nothing comes twice with later sweeps either
        reader.done.set()
        reader.join(15)
    told = defaultdict(list)
    for change in reader.told:
        told[change["customer_id"]].append(change["answer_set_id"])
    assert {"sweeper", "web"} <= set(fleet.killed)
    assert told == expected
    assert len({change["id"] for change in reader.told}) == len(reader.told) == EVENTS
