"""Deliveries over a store in memory, to stand-ins on loopback, with a clock that tests move."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest

from service.alerts.delivery import Delivery, Tools
from service.alerts.destinations import destinations
from service.alerts.feed_reading import Reading, Wanted
from service.alerts.messages.telling import languages
from service.alerts.sender import Sender
from service.clock import SystemClock
from tests.harness.http import served
from tests.support import receivers
from tests.support.fakes import START, FakeClock, make_set

KINDS = ("first_low", "crossed_below", "dropped")


def no_link(_change):
    return None


class Post:
    """A house, its receivers, and deliveries to them."""

    def __init__(self, house, urls):
        self.house, self.urls = house, urls
        self.clock = FakeClock(datetime.now(UTC))  # receivers refuse signatures of another day
        self.states = house.store.alerts
        self.filed = 0

    def tools(self, *, comments=False, kinds=KINDS, max_score=None):
        reading = Reading(self.house.store.feed, Wanted(kinds, max_score, comments))
        sender = Sender(SystemClock())
        return Tools(self.states, reading, sender, self.house.store.counters, self.clock, lambda: 1.0)

    def delivery(self, name, *, lang="en", link=no_link, **wanted):
        """As a process that starts now has it."""
        found = destinations(self.urls, secrets=[receivers.SECRET], speech=languages()[lang], link=link)
        return Delivery(next(to for to in found if to.name == name), self.tools(**wanted))

    def file(self, count=1, answer="Mycket missnöjd", **more):
        """New customers who are dissatisfied at once: each is a change."""
        numbers = range(self.filed + 1, self.filed + count + 1)
        for number in numbers:
            self.house.file(make_set(number, answer, customer=f"C-{number}", respondent=number, at=START, **more))
        self.filed += count
        return [change["id"] for change in self.house.changes()][-count:]

    def end_lease(self, name):
        """As time does after its holder was killed."""
        self.house.client.delete(self.house.keys.alerts_lease(name))

    def run(self, delivery, steps=50):
        """Step until nothing is due now."""
        for _ in range(steps):
            if delivery.step() > 0:
                return
        raise AssertionError("it never rests")


@pytest.fixture
def to():
    """The three receivers."""
    return {"webhook": receivers.webhook(), "slack": receivers.slack(), "teams": receivers.teams()}


@pytest.fixture
def post(house, to):
    with contextlib.ExitStack() as stack:
        yield Post(house, {name: stack.enter_context(served(found.app)) + "/hook" for name, found in to.items()})
