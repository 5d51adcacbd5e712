"""Redis hangs, or a network delays, cuts and truncates, on every kind of server: nobody gets another's answer."""

from __future__ import annotations

import itertools
import threading
import time

import orjson
import pytest

from service.observability.metric_table import FOREIGN
from service.store.connection.clients import connect
from service.store.connection.guard import guard
from service.survey.errors import StoreAwayError, StoreError
from tests.harness.kinds import HANGS, KINDS, ways
from tests.harness.waiting import until
from tests.support.fakes import make_set
from tests.support.house import House

CUSTOMERS, READERS = 40, 4
TIMEOUT = 0.1  # seconds of a read
HANG = 0.35
LOW, HIGH = "Mycket missnöjd", "Mycket nöjd"


class Reader(threading.Thread):
    """Asks for one customer after the other in every manner, and looks at whose the answer is."""

    def __init__(self, house, client, number):
        super().__init__(daemon=True)
        self.reads, self.client, self.number = house.store.reads, client, number
        self.done, self.wrong, self.good, self.failed = threading.Event(), [], 0, 0

    def run(self):
        for turn in itertools.count(self.number):
            if self.done.is_set():
                return
            n = turn % CUSTOMERS
            for ask in (self.one, self.several, self.results, self.respondent, self.raw):
                try:
                    wrong = ask(n)
                except StoreError:
                    self.failed += 1
                    continue
                self.good += 1
                if wrong:
                    self.wrong.append((ask.__name__, n, wrong))

    def one(self, n):
        found, _ = self.reads.summary(f"C-{n}", comments=False, swept={})
        return _is_not(n, found.body)

    def several(self, n):
        asked = [(n + more) % CUSTOMERS for more in range(5)]
        found, _ = self.reads.summaries([f"C-{m}" for m in asked], comments=True)
        return [m for m, summary in zip(asked, found, strict=True) if _is_not(m, summary.body)]

    def results(self, n):
        page, _ = self.reads.customer_results(f"C-{n}", survey_id=None, limit=5, after=None)
        return [result.answer_set_id for result in page.results] != [n + 1]

    def respondent(self, n):
        return [result.answer_set_id for result in self.reads.respondent_results(n + 1)[0]] != [n + 1]

    def raw(self, n):
        """What nothing looks at once more: only the connections see to it."""
        with guard():
            return self.client.get(f"raw:{n}") != str(n).encode()


def _is_not(n, body):
    document = orjson.loads(body)
    return (document["customer_id"], document["answered"]) != (f"C-{n}", 1)


class Writer(threading.Thread):
    """Files as a sweep does: what fails is tried again. Every set is a change."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.house, self.done, self.filed = House(connect(url, timeout=TIMEOUT, patience=2)), threading.Event(), 0

    def run(self):
        while not self.done.is_set():
            turn, customer = divmod(self.filed, 7)
            answer = LOW if turn % 2 == 0 else HIGH
            made = make_set(1000 + self.filed, answer, customer=f"W-{customer}", respondent=1000 + customer)
            try:
                self.house.file(made)
                self.filed += 1
            except StoreAwayError:
                continue


@pytest.fixture(scope="module", params=KINDS)
def served(request):
    with KINDS[request.param]() as found:
        client = connect(found.url, timeout=5, patience=5)
        House(client).file(*[make_set(n + 1, customer=f"C-{n}", respondent=n + 1) for n in range(CUSTOMERS)])
        for n in range(CUSTOMERS):
            client.set(f"raw:{n}", n)
        yield found


def hang(served, way):
    before = time.monotonic()
    way.begin(served)
    try:
        threading.Event().wait(HANG)
    finally:
        way.end(served)
    return time.monotonic() - before


def hang_again(served, way, readers, failed):
    """Hang, and wait until each reader is answered again. Whether any has felt it, that once failed so often."""
    hang(served, way)
    for reader in readers:
        good = reader.good + 10
        until(lambda r=reader, g=good: r.good >= g, what=f"answers after {way.name}", every=0.01)
    return [reader.failed for reader in readers] != failed


def test_nobody_gets_anothers_answer_and_no_change_is_lost_or_told_twice(served):
    client = connect(served.url, timeout=TIMEOUT)
    house = House(client)
    readers, writer = [Reader(house, client, number * 7) for number in range(READERS)], Writer(served.url)
    for thread in (*readers, writer):
        thread.start()
    try:
        for way in ways(served.kind, HANGS):
            failed = [reader.failed for reader in readers]
            hang_again(served, way, readers, failed)
            # Once more, and again where a busy machine let nobody ask meanwhile.
            until(lambda w=way, f=failed: hang_again(served, w, readers, f), what=f"{way.name}, felt", every=0)
            assert [reader.wrong for reader in readers] == [[]] * READERS, way.name
    finally:
        for thread in (*readers, writer):
            thread.done.set()
        for thread in (*readers, writer):
            thread.join(60)
    house = House(connect(served.url, timeout=5, patience=5))  # what is looked at in the end may take its time
    assert not any(name[0] == FOREIGN.name for name in house.store.counters.read())
    told = [change["answer_set_id"] for change in house.changes() if change["answer_set_id"] >= 1000]
    assert sorted(told) == list(range(1000, 1000 + writer.filed))
    assert writer.filed > 0
