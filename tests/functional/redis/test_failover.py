"""A master dies while results are filed and the feed is followed: on a real Cluster and behind real Sentinels."""

from __future__ import annotations

import threading
import time

import pytest

from service.app.parts import FAILOVER_SETTLE
from service.clock import SystemClock
from service.store.connection.clients import connect
from service.store.redis_store import redis_store
from service.survey.errors import ServiceError
from tests.harness.cluster import cluster
from tests.harness.processes import free_port
from tests.harness.sentinel import sentinels
from tests.harness.valkey import QUICK, valkey
from tests.harness.waiting import until
from tests.support.fakes import make_set
from tests.support.house import CUSTOMERS, House

COUNT = 400
KILL_AT = 120  # filed when the master dies


@pytest.fixture(params=["cluster", "sentinel"])
def replicated(request):
    """An address, and how the master of the control keys dies."""
    if request.param == "cluster":
        with cluster(replicated=True, down_after=QUICK) as nodes:
            yield nodes.url, lambda keys: nodes.masters[nodes.holder(keys.feed)].kill()
    else:
        with sentinels(down_after=QUICK) as nodes:
            yield nodes.url, lambda _: nodes.master.kill()


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


def test_no_change_is_lost_or_told_twice(replicated, request):
    url, kill = replicated
    house = House(connect(url, timeout=1, patience=10))
    reader, follower = Reader(url, house.keys), Follower(url, house.keys)
    for thread in (reader, follower):
        thread.start()
        request.addfinalizer(thread.done.set)
    house.file_changes(range(COUNT), kill_at=KILL_AT, kill=lambda: kill(house.keys))
    # What replication may have lost is behind the watermark's overlap: the next sweep reads it again.
    house.file_changes(range(COUNT))
    until(lambda: len(reader.told) >= COUNT, what="every change")
    newest = {f"C-{number}": house.stored(f"C-{number}", comments=True).body for number in range(CUSTOMERS)}
    until(lambda: follower.held == newest, what="every customer's newest state")
    for thread in (reader, follower):
        thread.done.set()
        thread.join(60)
    assert sorted(change["answer_set_id"] for change in reader.told) == list(range(1, COUNT + 1))
    assert len({change["id"] for change in reader.told}) == COUNT
    for customer in range(CUSTOMERS):
        told = [c["answer_set_id"] for c in reader.told if c["customer_id"] == f"C-{customer}"]
        assert told == [number + 1 for number in range(COUNT) if number % CUSTOMERS == customer]
        assert sorted(house.sets_of(f"C-{customer}")) == told


def test_a_master_that_nobody_follows_any_more_tells_nothing_new():
    """It may have been deposed without knowing it: what it takes is lost when it is told, and filed again elsewhere."""
    with valkey(free_port()) as master, valkey(free_port(), replicaof=f"127.0.0.1 {master.port}") as replica:
        until(lambda: replica.info("replication")["master_link_status"] == "up", what="replication")
        house = House(connect(master.url, timeout=10))
        store = redis_store(connect(master.url, timeout=10), house.keys, SystemClock(), settle=FAILOVER_SETTLE)

        changes, customers, at = [], [], [None, None]

        def told():
            """Of whom the feed and `updates` have told a reader that follows them."""
            page = store.feed.page(cursor=at[0], since=None, limit=50, wanted=lambda _: True)
            followed = store.updates.page(cursor=at[1], since=None, limit=50)
            at[:] = page.cursor, followed.cursor
            changes.extend(change["customer_id"] for change in page.changes)
            customers.extend(update.customer_id for update in followed.customers)
            return changes, customers

        house.file(make_set(1, "Mycket missnöjd", customer="C-1"))
        until(lambda: told() == (["C-1"], ["C-1"]), what="the change, while a replica follows", seconds=10)
        replica.ask("REPLICAOF", "NO", "ONE")
        until(lambda: master.info("replication")["connected_slaves"] == 0, what="a master alone")
        house.file(make_set(2, "Mycket missnöjd", customer="C-2"))
        ends = time.monotonic() + 3 * FAILOVER_SETTLE
        while time.monotonic() < ends:
            assert told() == (["C-1"], ["C-1"])
