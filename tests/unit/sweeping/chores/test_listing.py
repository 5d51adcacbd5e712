"""Two deployments on one account: what anybody alive lists is forgotten by nobody, and the difference is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from service.cache.circuit_breaker import CircuitBreaker
from service.store.deployments.survey_lists import ALIVE_SECONDS, LISTED_SECONDS
from service.sweeping.chores.listing import Listing
from service.sweeping.reconciling.reconcile import Reconciler
from service.sweeping.worker import Worker
from service.web.operations.health import Readiness
from tests.support.fakes import START, make_set, make_survey
from tests.support.house import House


@pytest.fixture
def house(fake):
    both = House(fake, surveys=(1, 2))
    for survey in (1, 2):
        both.upstream.trees[survey] = make_survey(survey)
        both.upstream.put(make_set(survey, "Mycket missnöjd", customer=f"C-{survey}", survey_id=survey))
    return both


def deployment(house, *surveys):
    """A worker of its own list over the same store, and its listing."""
    reconciler = Reconciler(house.upstream, house.store, house.sweeper(), house.clock)
    care = house.housekeeping(reconciler, 3600.0)
    worker = Worker(house.sweeper().sweep, care, house.store.control, surveys, 60.0, house.clock)
    return worker, Listing(house.store.lists, surveys)


def sweep_all(house, worker, *surveys):
    with capture_logs():
        for survey in surveys:
            worker.sweep_one(survey)


def reasons(house):
    breaker = CircuitBreaker(house.clock)
    return Readiness(house.store.control, house.rule, house.clock, breaker, house.store.lists).look()[1]["reasons"]


def test_two_deployments_with_different_lists_lose_nothing_and_are_told(house):
    (one, its), (other, others) = deployment(house, 1), deployment(house, 2)
    for listing in (its, others):
        with capture_logs():
            listing.renew()
    sweep_all(house, one, 1)
    sweep_all(house, other, 2)
    with capture_logs() as lines:
        for _ in range(200):  # half an hour
            house.clock.advance(10)
            for worker, listing in ((one, its), (other, others)):
                listing.renew()
                worker.forget_unlisted()
    assert [line["lists"] for line in lines if line["event"] == "survey_lists_differ"] == [[[1], [2]]]  # and not again
    assert not [line for line in lines if line["event"] == "survey_forgotten"]
    assert (house.sets_of("C-1"), house.sets_of("C-2")) == ([1], [2])
    assert len(house.changes()) == 2
    assert any("list different surveys" in reason for reason in reasons(house))


def test_a_survey_that_nobody_lists_any_more_goes_when_the_last_lease_has_run_out(house):
    (_, its), (both, _) = deployment(house, 1, 2), deployment(house, 1, 2)
    its.renew()
    sweep_all(house, both, 1, 2)
    only, onlys = deployment(house, 1)
    with capture_logs():
        while house.clock.monotonic() < LISTED_SECONDS - 10:
            onlys.renew()
            only.forget_unlisted()
            house.clock.advance(10)
        assert house.sets_of("C-2") == [2]
        house.clock.advance(20)
        onlys.renew()
        only.forget_unlisted()
    assert (house.sets_of("C-1"), house.sets_of("C-2")) == ([1], [])


def test_a_change_of_the_list_is_no_alarm_once_the_old_worker_is_gone(house):
    (_, its), (_, onlys) = deployment(house, 1, 2), deployment(house, 1)
    with capture_logs():
        its.renew()
        onlys.renew()
        assert len(house.store.lists.alive()) == 2
        house.clock.advance(ALIVE_SECONDS + 1)
        onlys.renew()
    assert house.store.lists.alive() == [(1,)]


def test_the_order_of_a_list_is_no_difference(house):
    house.store.lists.renew((2, 1))
    house.store.lists.renew((1, 2))
    assert house.store.lists.alive() == [(1, 2)]
    assert house.store.lists.listed() == {1, 2}


def test_a_clock_that_is_set_back_forgets_nothing(house):
    (_, its), (only, _) = deployment(house, 1, 2), deployment(house, 1)
    its.renew()
    sweep_all(house, only, 1)
    house.clock.moment = START - timedelta(hours=1)
    with capture_logs():
        only.forget_unlisted()
    assert house.store.lists.listed() == {1, 2}
