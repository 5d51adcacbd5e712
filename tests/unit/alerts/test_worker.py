"""The process: a thread for each destination, leases that last, and an end in time."""

from __future__ import annotations

import threading

import pytest

from service.alerts import delivery as module
from service.alerts import worker as worker_module
from service.alerts.worker import AlertsWorker
from tests.harness.waiting import until


@pytest.fixture
def running(post):
    """Start a worker for some destinations; it ends with the test."""
    stop, threads = threading.Event(), []

    def start(*names):
        found = [post.delivery(name)._to for name in names]
        thread = threading.Thread(target=AlertsWorker(found, post.tools()).run, args=(stop,))
        thread.start()
        threads.append(thread)
        return stop, thread

    yield start
    stop.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_each_destination_gets_everything_and_the_end_gives_leases_back(post, to, running):
    ids = post.file(3)
    stop, thread = running(*to)
    until(lambda: all(receiver.ids == ids for receiver in to.values()), what="every message")
    stop.set()
    thread.join(60)
    more = post.file()
    post.run(post.delivery("slack"))
    assert to["slack"].ids == [*ids, *more]


def test_a_destination_that_hangs_holds_up_no_other_and_keeps_its_lease(post, to, running, monkeypatch):
    monkeypatch.setattr(module, "LEASE_SECONDS", 0.5)
    monkeypatch.setattr(worker_module, "LEASE_SECONDS", 0.5)
    hanging, go_on = threading.Event(), threading.Event()

    def hang(_body):
        hanging.set()
        go_on.wait(60)

    to["slack"].reply = hang
    ids = post.file(2)
    running("slack", "teams")
    until(lambda: to["teams"].ids == ids, what="the other's messages")
    assert hanging.wait(60)
    rests = threading.Event()
    rests.wait(1.2)  # twice the lease's life
    assert post.delivery("slack").step() > 0, "another process took over"
    to["slack"].reply = None
    go_on.set()
    until(lambda: to["slack"].ids == ids, what="the messages of the one that hung")


def test_whatever_breaks_is_tried_again(post, to, running, monkeypatch):
    monkeypatch.setattr(worker_module, "AFTER_TROUBLE", 0.01)
    whole, left = module.Delivery.step, [ZeroDivisionError(), module.StaleLeaseError()]

    def breaks(self):
        if left:
            raise left.pop()
        return whole(self)

    monkeypatch.setattr(module.Delivery, "step", breaks)
    ids = post.file()
    running("webhook")
    until(lambda: to["webhook"].ids == ids, what="the message")
