"""What /readyz and /metrics tell of alerts that were not delivered, whoever delivers them."""

from __future__ import annotations

from flask import Response

from service.alerts.watch import Watch
from tests.support.edge import Edge
from tests.support.fakes import make_set

GAUGES = ("netigate_results_alerts_parked", "netigate_results_alert_lag_seconds")


def edge(post, *names):
    post.house.store.control.set_swept(4711, int(post.house.clock.now().timestamp() * 1000))
    return Edge(post.house, {"alerts": Watch(names, post.states, post.tools().reading).backlogs})


def ready(post, *names):
    return edge(post, *names).client.get("/readyz").json


def gauges(post, name):
    found = edge(post, name).metrics()
    return [found[f'{gauge}{{destination="{name}"}}'] for gauge in GAUGES]


def test_all_is_well(post):
    assert ready(post, "slack") == {"status": "ready", "reasons": []}
    post.file()
    post.run(post.delivery("slack"))
    assert ready(post, "slack")["reasons"] == []
    assert gauges(post, "slack") == [0, 0]


def test_what_nobody_delivers_is_told_after_five_minutes(post):
    post.file()
    assert ready(post, "slack")["reasons"] == []
    post.house.clock.advance(301)
    document = ready(post, "slack")
    assert document["status"] == "degraded"
    assert document["reasons"] == ["alerts to slack wait since 2026-11-23T12:00:00Z"]
    assert gauges(post, "slack") == [0, 301]


def test_why_it_waits_is_told(post, to):
    to["slack"].reply = lambda _body: Response(status=503)
    post.file()
    post.run(post.delivery("slack"))
    post.house.clock.advance(301)
    assert ready(post, "slack", "teams")["reasons"] == [
        "alerts to slack wait since 2026-11-23T12:00:00Z, last answer: 503",
        "alerts to teams wait since 2026-11-23T12:00:00Z",
    ]


def test_what_is_parked_is_told_with_what_to_do(post, to):
    to["slack"].reply = lambda _body: Response(status=404)
    post.file(2)
    post.run(post.delivery("slack"))
    (reason,) = ready(post, "slack")["reasons"]
    assert reason == "alerts to slack: 2 parked (netigate-results alerts --parked, then --retry)"
    assert gauges(post, "slack") == [2, 0]
    counts = edge(post, "slack").metrics()
    assert counts['netigate_results_alerts_total{destination="slack",outcome="parked"}'] == 2


def test_a_place_that_is_gone_still_has_an_age(post):
    post.file()
    post.run(post.delivery("slack"))
    post.file()
    post.house.store.feed.trim(2**50)
    post.house.file(make_set(9, "Mycket missnöjd", customer="C-9", respondent=9))
    post.house.clock.advance(7)
    assert gauges(post, "slack")[1] == 7
