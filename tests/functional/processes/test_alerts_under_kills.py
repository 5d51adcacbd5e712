"""Whatever is killed, every change reaches every destination; what comes twice bears the same id."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import threading
import time

import pytest
import requests

from service.alerts.delivery import Tools
from service.alerts.destinations import destinations
from service.alerts.feed_reading import Reading, Wanted
from service.alerts.messages.telling import languages
from service.alerts.sender import Sender
from service.alerts.worker import AlertsWorker
from service.app.parts import FAILOVER_SETTLE
from service.clock import SystemClock
from service.store.connection.clients import connect
from service.store.redis_store import redis_store
from service.survey.changes import ChangeKind
from tests.harness.fleet import Fleet
from tests.harness.http import served
from tests.harness.sentinel import sentinels
from tests.harness.service import account
from tests.harness.simulator import SWEDISH, SimulatorProcess
from tests.harness.valkey import QUICK
from tests.harness.waiting import until
from tests.support import receivers
from tests.support.house import House

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "4"))  # `make chaos` asks for more
PER_ROUND = 15
SEED = 20261130
LIVED = 6.0  # seconds; who is killed sooner than that after its start, again and again, is given up by `run`


@pytest.fixture
def to():
    """The receivers, each slow and now and then failing, and their addresses."""
    found = {"webhook": receivers.webhook(), "slack": receivers.slack(), "teams": receivers.teams()}
    with contextlib.ExitStack() as stack:
        yield found, {name: stack.enter_context(served(to.app)) + "/hook" for name, to in found.items()}


def count_told(receiver):
    """How many changes people were told of, each message counted once: a digest says its number in its title."""
    count = 0
    for identifier, document in dict(receiver.taken).items():
        title = document["text"] if "text" in document else document["attachments"][0]["content"]["body"][0]["text"]
        count += int(re.match(r"\d+", title)[0]) if identifier.startswith("digest-") else 1
    return count


def kill(fleet, what):
    """SIGKILL whatever of the service's processes has this in its command line."""
    for pid in fleet.pids(what):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    fleet.killed.append(what)


def kills():
    """What is killed in each round: alerts in every other one, the rest by chance."""
    chance = random.Random(SEED)
    rest = [chance.choice(["service.cli worker", "service.wsgi", "valkey"]) for _ in range(ROUNDS)]
    return [rest[number] if number % 2 else "service.cli alerts" for number in range(ROUNDS)]


def test_every_change_reaches_every_destination(to):
    found, urls = to
    options = {
        "WEB_CONCURRENCY": "1",
        "NETIGATE_SURVEYS": str(SWEDISH),
        "ALERT_KINDS": ",".join(ChangeKind),
        "ALERT_WEBHOOK_SECRET": receivers.SECRET,
        **{f"ALERT_{name.upper()}_URL": url for name, url in urls.items()},
    }
    with (
        SimulatorProcess(customers=5) as netigate,
        Fleet(sweepers=1, seed=SEED, **account(netigate, **options)) as fleet,
    ):

        def ids():
            """Those in the feed; none while the process or the store that would say so was killed."""
            try:
                return [change["id"] for change in fleet.get("/v1/changes?limit=500").json().get("changes", [])]
            except requests.RequestException:
                return []

        fleet.await_sweep(times=2)
        total = len(ids())
        for number, what in enumerate(kills()):
            begun = time.monotonic()
            netigate.turn_everybody(number, PER_ROUND)
            kill(fleet, what)
            total += PER_ROUND
            until(lambda wanted=total: len(ids()) >= wanted, seconds=120, what="every change in the feed", every=0.2)
            if ROUNDS > 4:  # let it live a little: `run` gives up on what dies again and again at its start
                until(lambda then=begun: time.monotonic() > then + LIVED, what="the next kill")
        until(lambda: set(found["webhook"].told) >= set(ids()), seconds=120, what="every change delivered", every=0.3)
        for name in ("slack", "teams"):
            until(lambda name=name: count_told(found[name]) >= total, seconds=120, what=f"every change to {name}")
            assert count_told(found[name]) == total
        assert set(found["webhook"].told) == set(ids())
        assert not [receiver.refused for receiver in found.values() if receiver.refused]
        assert fleet.killed == kills()
        assert "K-1" not in "".join(line for line in fleet.logs().splitlines() if "alert" in line)
        assert all(url not in fleet.logs() for url in urls.values())


def test_a_failover_loses_none(to):
    found, urls = to
    count = 200
    with sentinels(down_after=QUICK) as nodes:
        house = House(connect(nodes.url, timeout=1, patience=10))
        client = connect(nodes.url, timeout=1, patience=5)
        store = redis_store(client, house.keys, SystemClock(), settle=FAILOVER_SETTLE)
        reading = Reading(store.feed, Wanted((*ChangeKind,)))
        tools = Tools(store.alerts, reading, Sender(SystemClock()), store.counters, SystemClock(), lambda: 0.0)
        sent = destinations(urls, secrets=[receivers.SECRET], speech=languages()["en"], link=lambda _change: None)
        stop = threading.Event()
        worker = threading.Thread(target=AlertsWorker(sent, tools).run, args=(stop,))
        worker.start()
        try:
            house.file_changes(range(count), kill_at=80, kill=nodes.master.kill)
            # What replication may have lost is behind the watermark's overlap: the next sweep reads it again.
            house.file_changes(range(count))
            ids = {change["id"] for change in house.changes()}
            until(lambda: set(found["webhook"].told) >= ids, what="every change")
            until(lambda: count_told(found["slack"]) >= count, what="every change to Slack")
        finally:
            stop.set()
            worker.join(60)
    assert set(found["webhook"].told) == ids
    assert len(ids) == count
