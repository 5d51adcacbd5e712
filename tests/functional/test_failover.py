"""A master dies while results are filed and the feed is followed: on a real Cluster and behind real Sentinels."""

from __future__ import annotations

import threading
import time

import pytest

from service.app.parts import FAILOVER_SETTLE
from service.clock import SystemClock
from service.store.connection.clients import connect
from service.store.redis_store import redis_store
from service.survey.errors import ServiceError, StoreAwayError
from tests.harness.cluster import cluster
from tests.harness.sentinel import sentinels
from tests.harness.waiting import until
from tests.support.fakes import make_set
from tests.support.house import House

COUNT, CUSTOMERS = 400, 20
KILL_AT = 120  # filed when the master dies
LOW, HIGH = "Mycket missnöjd", "Mycket nöjd"
ENDS_WITHIN = 60.0  # seconds, whatever happens


@pytest.fixture(params=["cluster", "sentinel"])
def replicated(request):
    """An address, and how the master of the control keys dies."""
    if request.param == "cluster":
        with cluster(replicated=True) as nodes:
            yield nodes.url, lambda keys: nodes.masters[nodes.holder(keys.feed)].kill()
    else:
        with sentinels() as nodes:
            yield nodes.url, lambda _: nodes.master.kill()


def answer(number):
    """Customers by turns, each one's answers low and high by turns: every one is a change."""
    customer, turn = number % CUSTOMERS, number // CUSTOMERS
    return make_set(number + 1, LOW if turn % 2 == 0 else HIGH, customer=f"C-{customer}", respondent=customer + 1)


class Reader(threading.Thread):
    """Follows the feed as a web process of a replicated set-up does."""

    def __init__(self, url, keys):
        super().__init__()
        store = redis_store(connect(url, timeout=0.25), keys, SystemClock(), settle=FAILOVER_SETTLE)
        self.feed, self.done, self.told, self.cursor = store.feed, threading.Event(), [], None

    def run(self):
        while not self.done.wait(0.02):
            try:
                page = self.feed.page(cursor=self.cursor, since=None, limit=50, wanted=lambda _: True)
            except ServiceError:
                continue
            self.told += page.changes
            self.cursor = page.cursor


class Follower(threading.Thread):
    """Follows `updates`, and holds of each customer what it was told last."""

    def __init__(self, url, keys):
        super().__init__()
        self.store = redis_store(connect(url, timeout=0.25), keys, SystemClock(), settle=FAILOVER_SETTLE)
        self.done, self.held, self.cursor = threading.Event(), {}, None

    def run(self):
        while not self.done.wait(0.02):
            try:
                page = self.store.updates.page(cursor=self.cursor, since=None, limit=50)
                names = [update.customer_id for update in page.customers]
                found, _ = self.store.reads.summaries(names, comments=True)
            except ServiceError:
                continue
            self.held |= {name: summary.body for name, summary in zip(names, found, strict=True)}
            self.cursor = page.cursor


def file_all(house, numbers, kill):
    """File one by one, as sweeps do: what fails is tried again, all of it is read again."""
    ends = time.monotonic() + ENDS_WITHIN
    for number in numbers:
        if number == KILL_AT:
            kill(house.keys)
        while True:
            try:
                house.file(answer(number))
                break
            except StoreAwayError:
                assert time.monotonic() < ends, "the store did not come back"


def test_no_change_is_lost_or_told_twice(replicated, request):
    url, kill = replicated
    house = House(connect(url, timeout=1, patience=10))
    reader, follower = Reader(url, house.keys), Follower(url, house.keys)
    for thread in (reader, follower):
        thread.start()
        request.addfinalizer(thread.done.set)
    file_all(house, range(COUNT), kill)
    # What replication may have lost is behind the watermark's overlap: the next sweep reads it again.
    file_all(house, range(COUNT), lambda _: None)
    until(lambda: len(reader.told) >= COUNT, seconds=30, what="every change")
    newest = {f"C-{number}": house.stored(f"C-{number}", comments=True).body for number in range(CUSTOMERS)}
    until(lambda: follower.held == newest, seconds=30, what="every customer's newest state")
    for thread in (reader, follower):
        thread.done.set()
        thread.join(10)
    assert sorted(change["answer_set_id"] for change in reader.told) == list(range(1, COUNT + 1))
    assert len({change["id"] for change in reader.told}) == COUNT
    for customer in range(CUSTOMERS):
        told = [c["answer_set_id"] for c in reader.told if c["customer_id"] == f"C-{customer}"]
        assert told == [number + 1 for number in range(COUNT) if number % CUSTOMERS == customer]
        assert sorted(house.sets_of(f"C-{customer}")) == told
