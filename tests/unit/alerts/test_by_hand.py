"""Samples, and parked messages tried again."""

from __future__ import annotations

from flask import Response

from service.alerts.by_hand import ERASED, retry_parked, send_samples

REFUSED = Response(status=404)


def test_a_sample_is_taken_by_every_destination_and_tells_of_nobody(post, to):
    found = [post.delivery(name, lang=lang)._to for name, lang in (("webhook", "en"), ("slack", "sv"), ("teams", "fi"))]
    outcomes = list(send_samples(found, post.tools().sender, post.clock))
    assert [(each.destination, each.outcome) for each in outcomes] == [(name, "delivered") for name in to]
    assert all(len(receiver.taken) == 1 and not receiver.refused for receiver in to.values())
    assert to["webhook"].taken[0][1]["type"] == "satisfaction.test"
    assert "Test: så här ser" in str(to["slack"].taken)


def test_a_sample_that_is_refused_is_told(post, to):
    to["slack"].reply = lambda _body: REFUSED
    (outcome,) = send_samples([post.delivery("slack")._to], post.tools().sender, post.clock)
    assert (outcome.outcome, outcome.is_done) == ("404", False)


def park(post, to, count=1):
    to["slack"].reply = lambda _body: REFUSED
    ids = post.file(count)
    delivery = post.delivery("slack")
    post.run(delivery)
    to["slack"].reply = None
    return ids, delivery._to


def retry(post, to, destination):
    return [(each.id, each.outcome) for each in retry_parked([destination], post.tools())]


def test_what_was_parked_arrives_under_its_old_id(post, to):
    ids, destination = park(post, to, 2)
    assert to["slack"].ids == []
    assert retry(post, to, destination) == [(identifier, "delivered") for identifier in ids]
    assert to["slack"].ids == ids
    assert retry(post, to, destination) == []


def test_a_parked_flood_too(post, to):
    ids, destination = park(post, to, 25)
    ((identifier, outcome),) = retry(post, to, destination)
    assert (to["slack"].ids, outcome, len(ids)) == ([identifier], "delivered", 25)


def test_what_is_refused_again_stays(post, to):
    ids, destination = park(post, to)
    to["slack"].reply = lambda _body: Response(status=503)
    assert retry(post, to, destination) == [(ids[0], "503")]
    assert post.states.count_parked("slack") == 1


def test_what_was_erased_is_dropped(post, to):
    ids, destination = park(post, to)
    post.house.store.eraser.customer("C-1")
    assert retry(post, to, destination) == [(ids[0], ERASED)]
    assert post.states.count_parked("slack") == 0


def test_what_was_parked_before_a_gap_is_looked_for_among_all_that_is_kept(post, to):
    post.file()
    post.run(post.delivery("slack"))
    post.end_lease("slack")
    ids, destination = park(post, to)
    post.house.store.feed.trim(2**50)
    assert retry(post, to, destination) == [(ids[0], ERASED)]
