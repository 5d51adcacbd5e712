"""What arrives, how often and in which order, whatever a destination answers and whoever is killed."""

from __future__ import annotations

import pytest
from flask import Response

from service.alerts import delivery as module
from service.alerts.destinations import MACHINES_FLOOD, PEOPLES_FLOOD
from tests.support.fakes import make_set

NAMES = ("webhook", "slack", "teams")


def answer(*statuses, **headers):
    """Answer with these statuses, then take everything."""
    left = list(statuses)
    return lambda _body: Response(status=left.pop(0), headers=headers) if left else None


@pytest.mark.parametrize("name", NAMES)
def test_every_change_arrives_once_in_order(post, to, name):
    ids = post.file(3)
    delivery = post.delivery(name)
    post.run(delivery)
    ids += post.file(2)
    post.run(delivery)
    assert to[name].ids == ids
    assert not to[name].refused


def test_what_is_kept_already_when_alerts_are_turned_on_arrives_too(post, to):
    ids = post.file(2)
    post.run(post.delivery("slack"))
    assert to["slack"].ids == ids


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("status", [500, 503, 502, 408, 425, 429, 302])
def test_what_fails_is_tried_again_under_the_same_id(post, to, name, status):
    to[name].reply = answer(status, status)
    ids = post.file(2)
    delivery = post.delivery(name)
    for _ in range(3):
        post.run(delivery)
        post.clock.advance(10)
    assert to[name].ids == ids
    assert to[name].asked == 4


LOOK = 6  # seconds between two looks whether it was sent again


def test_retries_wait_longer_each_time_and_no_process_forgets_that(post, to):
    to["slack"].reply = lambda _body: Response(status=503)
    post.file()
    waits, asked = [], 0
    for _ in range(13):
        post.run(post.delivery("slack"))  # a new process each time: the wait is the destination's
        waited = 0
        while to["slack"].asked == asked:
            post.clock.advance(LOOK)
            waited += LOOK
            held = post.delivery("slack")
            post.end_lease("slack")
            held.step()
            held.let_go()
        asked = to["slack"].asked
        waits.append(waited)
    assert waits[:8] == sorted(waits[:8])
    assert max(waits) <= 15 * 60 + LOOK
    assert waits[-1] >= 7 * 60


def test_retry_after_is_not_undercut(post, to):
    to["slack"].reply = answer(429, **{"Retry-After": "90"})
    post.file()
    delivery = post.delivery("slack")
    post.run(delivery)
    post.clock.advance(80)
    post.run(delivery)
    assert to["slack"].asked == 1
    post.clock.advance(11)
    post.run(delivery)
    assert len(to["slack"].taken) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422])
def test_a_refused_change_is_parked_and_the_rest_goes_on(post, to, status):
    to["teams"].reply = answer(status)
    ids = post.file(3)
    post.run(post.delivery("teams"))
    assert to["teams"].ids == ids[1:]
    (parked,) = post.states.parked("teams")
    assert (parked.batch.id, parked.cause) == (ids[0], str(status))


def test_one_that_fails_for_a_day_is_parked_so_that_the_others_get_their_turn(post, to, monkeypatch):
    monkeypatch.setattr(module, "MOST_FAILURES", 3)
    ids = post.file(2)
    to["slack"].reply = answer(500, 500, 500, 500)
    delivery = post.delivery("slack")
    for _ in range(5):
        post.run(delivery)
        post.clock.advance(3600)
    assert to["slack"].ids == ids[1:]
    assert [parked.batch.id for parked in post.states.parked("slack")] == ids[:1]


def test_one_destination_never_waits_for_another(post, to):
    to["slack"].reply = lambda _body: Response(status=500)
    ids = post.file(2)
    for name in NAMES:
        post.run(post.delivery(name))
    assert (to["webhook"].ids, to["teams"].ids, to["slack"].ids) == (ids, ids, [])


@pytest.mark.parametrize(("name", "flood"), [("webhook", MACHINES_FLOOD), ("slack", PEOPLES_FLOOD)])
def test_a_flood_is_one_message(post, to, name, flood):
    ids = post.file(flood + 1)
    delivery = post.delivery(name)
    post.run(delivery)
    ((identifier, document),) = to[name].taken
    assert identifier.startswith("digest-")
    assert not to[name].refused
    if name == "webhook":
        assert document["data"]["ids"] == ids
        assert document["data"]["count"] == flood + 1
    more = post.file()
    post.run(delivery)
    assert to[name].ids[1:] == more


def test_a_digest_tells_no_more_than_its_bound_and_the_next_message_goes_on_there(post, to, monkeypatch):
    monkeypatch.setattr("service.alerts.destinations.MACHINES_FLOOD", 6)
    monkeypatch.setattr("service.alerts.feed_reading.PAGE", 5)
    monkeypatch.setattr(module, "MOST", 7)
    ids = post.file(2 * 7 + 3)
    post.run(post.delivery("webhook"))
    told = [document["data"].get("ids", [identifier]) for identifier, document in to["webhook"].taken]
    assert [len(one) for one in told] == [7, 7, 1, 1, 1]
    assert [identifier for one in told for identifier in one] == ids


def test_what_is_no_flood_comes_one_by_one(post, to):
    ids = post.file(PEOPLES_FLOOD)
    post.run(post.delivery("slack"))
    assert to["slack"].ids == ids


def test_what_piles_up_while_a_destination_is_away_is_a_flood_too(post, to):
    first = post.file(2)
    to["slack"].reply = answer(503)
    delivery = post.delivery("slack")
    post.run(delivery)
    post.file(PEOPLES_FLOOD)
    post.clock.advance(10)
    post.run(delivery)
    assert to["slack"].ids[0] == first[0]
    assert len(to["slack"].ids) == 2


class Killed(BaseException):
    """As a SIGKILL: nothing after it runs, and the lease stays until it ends."""


@pytest.mark.parametrize("count", [1, 3, PEOPLES_FLOOD + 5])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_around_the_try_loses_nothing_and_doubles_only_the_same_id(post, to, count, moment, monkeypatch):
    post.file(count)
    killed = post.delivery("webhook" if count < 5 else "slack")
    name = killed._to.name
    whole = module.post

    def dies(*args):
        if moment == "after":
            whole(*args)
        raise Killed

    monkeypatch.setattr(module, "post", dies)
    with pytest.raises(Killed):
        killed.step()
    monkeypatch.setattr(module, "post", whole)
    post.file(2)  # more arrives before somebody takes over
    post.end_lease(name)  # the dead one's lease has ended
    post.run(post.delivery(name))
    by_id = dict(to[name].taken)
    assert len(to[name].taken) == len(by_id) + (moment == "after")
    assert len(by_id) == (count + 2 if count < 5 else 3)


def test_only_one_process_delivers_at_a_time(post, to):
    post.file()
    first, second = post.delivery("slack"), post.delivery("slack")
    first.step()
    assert second.step() > 0
    assert len(to["slack"].taken) == 1
    first.let_go()
    ids = post.file()
    post.run(second)
    assert to["slack"].ids[1:] == ids


def test_who_lost_the_lease_while_sending_moves_nothing(post, to):
    post.file(2)
    slow = post.delivery("slack")

    def taken_over(_body):
        post.end_lease("slack")
        to["slack"].reply = None
        post.run(post.delivery("slack"))

    to["slack"].reply = taken_over
    slow.step()
    assert slow.step() > 0
    assert to["slack"].ids == [*dict.fromkeys(to["slack"].ids), to["slack"].ids[0]]


def test_kinds_and_scores_that_are_not_wanted_are_passed_over(post, to):
    post.file(1, "Missnöjd")
    low = post.file(1)
    post.house.file(make_set(90, "Mycket nöjd", customer="C-2", respondent=2))
    post.run(post.delivery("webhook", max_score=20.0))
    assert to["webhook"].ids == low
    post.house.client.flushdb()
    assert post.delivery("webhook", kinds=("recovered",)).step() > 0


def test_comments_are_told_only_where_that_is_allowed(post, to):
    post.file(1, comment="Ring mig, tack")
    post.run(post.delivery("webhook"))
    assert "comments" not in to["webhook"].taken[0][1]["data"]
    post.run(post.delivery("teams"))
    assert "Ring mig" not in str(to["teams"].taken)
    post.run(post.delivery("slack", comments=True))
    assert "Ring mig, tack" in str(to["slack"].taken)


def test_what_was_erased_meanwhile_is_not_told(post, to):
    post.file()
    to["slack"].reply = answer(503)
    delivery = post.delivery("slack")
    post.run(delivery)
    post.house.store.eraser.customer("C-1")
    ids = post.file()
    post.clock.advance(60)
    post.run(delivery)
    assert to["slack"].ids == ids


def test_a_place_older_than_what_is_kept_goes_on_with_what_is(post, to):
    post.file()
    delivery = post.delivery("slack")
    post.run(delivery)
    post.file(2)
    post.house.store.feed.trim(2**50)
    post.run(delivery)
    ids = post.file()
    post.run(delivery)
    assert to["slack"].ids[1:] == ids
    counts = post.house.store.counters.read()
    assert counts["netigate_results_alerts_total", "slack", "gap"] == 1


def test_a_store_that_was_lost_is_started_over(post, to):
    post.file()
    delivery = post.delivery("slack")
    post.run(delivery)
    post.house.client.flushall()
    post.house.store.control.epoch()
    ids = post.file()
    post.run(delivery)
    assert to["slack"].ids[1:] == ids


def test_a_state_that_cannot_be_read_starts_over(post, to):
    ids = post.file()
    delivery = post.delivery("slack")
    post.run(delivery)
    post.house.client.set(post.house.keys.alerts("slack"), b"{")
    post.run(delivery)
    assert to["slack"].ids == [*ids, *ids]


def test_a_change_that_cannot_be_written_is_parked(post, to):
    ids = post.file(2)

    def breaks(change):
        if change["id"] == ids[0]:
            raise ZeroDivisionError

    post.run(post.delivery("webhook", link=breaks))
    assert to["webhook"].ids == ids[1:]
    assert post.states.parked("webhook")[0].cause == "fault"
