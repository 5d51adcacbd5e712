"""Answers that change while the simulator runs."""

from __future__ import annotations

import threading

from service.simulator.account.account import Account
from service.simulator.account.live import Live, keep_changing
from service.simulator.constants import STORY_CUSTOMER
from tests.unit.simulator.inside import NOW, running

STEPS = 60


def changed(steps):
    account = Account(seed=1, customers=30, now=NOW)
    live = Live(account, now=lambda: NOW + 100)
    return account, [live.step() for _ in range(steps)]


def test_the_sequence_is_deterministic():
    assert changed(STEPS)[1] == changed(STEPS)[1]


def test_sets_are_added_and_edited_in_turn():
    before = {record.id for record in Account(seed=1, customers=30, now=NOW).everything()}
    account, steps = changed(STEPS)
    added = [record for record in steps[::2] if record.id not in before]
    assert len(added) == STEPS / 2
    assert all(record.revision > 0 for record in steps[1::2])
    assert all(record.updated == NOW + 100 for record in steps)
    assert len(account.everything()) == len(before) + STEPS / 2


def test_an_edit_changes_answers():
    account, steps = changed(2)
    edited = steps[1]
    now = account.answers(edited)
    assert now != account.answers(edited._replace(revision=edited.revision - 1, mood=0.5))


def test_the_story_is_left_alone():
    before = [record for record in changed(0)[0].everything() if record.customer == STORY_CUSTOMER]
    after = [record for record in changed(500)[0].everything() if record.customer == STORY_CUSTOMER]
    assert before == after


def test_nobody_there_nothing_changes():
    assert Live(Account(seed=1, customers=0, now=NOW)).step() is None
    alone = Account(seed=1, customers=1, now=NOW)
    for record in alone.everything():
        if record.customer != STORY_CUSTOMER:
            alone.erase(record.id)
    assert Live(alone).step() is None


def test_steps_on_demand(netigate):
    taken = netigate.live(5)
    assert len(taken) == 5
    assert {one["set"] for one in taken} <= {one["set"] for one in netigate.truth()}


def test_a_pace_of_nought_never_changes_anything():
    live = Live(Account(seed=1, customers=5, now=NOW))
    assert keep_changing(live, 0, threading.Event()) is None


def test_with_a_pace_it_changes_by_itself_until_stopped():
    stop, stepped = threading.Event(), threading.Event()

    def now():
        stepped.set()
        return NOW

    thread = keep_changing(Live(Account(seed=1, customers=5, now=NOW), now), 0.001, stop)
    assert stepped.wait(20)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_running_starts_without_changes():
    with running(customers=5) as simulator:
        assert simulator.requests()["total"] == 0
