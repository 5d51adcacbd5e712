"""What /metrics tells of the account, counted in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from service.app.instrumentation import counted_sweep, upstream_observer
from service.survey.errors import RejectedError, StoreAwayError, UnavailableError
from service.survey.model import Alternative
from service.sweeping.paging import StoppedError
from service.sweeping.sweep import SweepReport
from tests.support.edge import Edge
from tests.support.fakes import START, make_set, make_survey
from tests.support.house import SURVEY, House

if TYPE_CHECKING:
    import fakeredis

BOUNDS = ("0.1", "0.25", "0.5", "10.0", "30.0", "+Inf")


def test_the_account_before_its_first_sweep(edge: Edge) -> None:
    found = edge.metrics()
    assert found["netigate_results_store_up"] == 1
    assert found[f'netigate_results_backfill_ratio{{survey="{SURVEY}"}}'] == 0
    assert not [name for name in found if name.startswith("netigate_results_sweep_age_seconds")]


def test_the_account_after_a_sweep(house: House, edge: Edge) -> None:
    house.upstream.put(make_set(1), make_set(2, customer="C-2"), make_set(3, customer="C-3", completed=False))
    house.sweep()
    house.clock.advance(30)
    found = edge.metrics()
    labels = f'{{survey="{SURVEY}"}}'
    assert found[f"netigate_results_sweep_age_seconds{labels}"] == pytest.approx(30)
    assert found[f"netigate_results_backfill_ratio{labels}"] == 1
    assert found[f"netigate_results_answer_sets{labels}"] == 3
    assert found["netigate_results_customers"] == 2
    assert found["netigate_results_feed_length"] == len(house.changes())
    assert found[f"netigate_results_reconcile_alarm{labels}"] == 0
    assert found["netigate_results_upstream_rejected"] == 0


def test_how_far_a_first_sweep_has_come(house: House, edge: Edge) -> None:
    house.upstream.page_size = 1
    house.upstream.put(*(make_set(number) for number in range(1, 5)))

    def stopping() -> bool:
        return house.store.control.state(SURVEY).page >= 1

    with pytest.raises(StoppedError):
        house.sweep(sweeper=house.sweeper(stopping=stopping))
    assert edge.metrics()[f'netigate_results_backfill_ratio{{survey="{SURVEY}"}}'] == 0.25


def test_unmapped_wordings_are_those_that_the_app_counts(house: House) -> None:
    tree = make_survey()
    odd = replace(tree.items[0], question="?", alternatives=tuple(Alternative(n, f"qwx{n}zzk") for n in range(1, 5)))
    house.upstream.trees[SURVEY] = replace(tree, items=(odd, *tree.items[1:]))
    house.sweep()
    assert len(Edge(house).get("/v1/unmapped").json["wordings"]) == 4
    # Told without the tree: a process that is only scraped would else read it, and load every vocabulary for it.
    house.client.hdel(house.keys.survey(SURVEY), "catalogue")
    assert Edge(house).metrics()[f'netigate_results_unmapped_wordings{{survey="{SURVEY}"}}'] == 4


def test_calls_to_netigate_are_counted_in_the_store_and_told_by_every_process(house: House, edge: Edge) -> None:
    observe = upstream_observer(house.store.counters)
    for outcome, seconds in (("ok", 0.2), ("ok", 0.3), ("unavailable", 30.0), ("ok", 200.0)):
        observe("/surveys/{survey}", outcome, seconds)
    found = edge.metrics()
    name, route = "netigate_results_upstream_call_seconds", 'route="/surveys/{survey}"'
    assert found[f'netigate_results_upstream_calls_total{{outcome="ok",{route}}}'] == 3
    assert found[f'netigate_results_upstream_calls_total{{outcome="unavailable",{route}}}'] == 1
    assert found[f"{name}_sum{{{route}}}"] == pytest.approx(230.5)
    assert found[f"{name}_count{{{route}}}"] == 4
    buckets = {le: found[f'{name}_bucket{{le="{le}",{route}}}'] for le in BOUNDS}
    assert buckets == {"0.1": 0, "0.25": 1, "0.5": 2, "10.0": 2, "30.0": 3, "+Inf": 4}
    assert Edge(house).metrics()[f'netigate_results_upstream_calls_total{{outcome="ok",{route}}}'] == 3


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (UnavailableError("/surveys", cause="timeout"), "unavailable"),
        (RejectedError("/surveys", status=401), "rejected"),
    ],
)
def test_sweeps_are_counted_with_their_outcome(house: House, edge: Edge, error: Exception, outcome: str) -> None:
    def broken(_survey: int, _lease: str) -> SweepReport:
        raise error

    sweep = counted_sweep(lambda _survey, _lease: SweepReport(1, 10, 7, 2, first=False), house.store.counters)
    sweep(SURVEY, "")
    with pytest.raises(type(error)):
        counted_sweep(broken, house.store.counters)(SURVEY, "")
    found = edge.metrics()
    assert found[f'netigate_results_sweeps_total{{outcome="ok",survey="{SURVEY}"}}'] == 1
    assert found[f'netigate_results_sweeps_total{{outcome="{outcome}",survey="{SURVEY}"}}'] == 1
    assert found[f'netigate_results_filed_total{{survey="{SURVEY}"}}'] == 7
    assert found[f'netigate_results_set_aside_total{{survey="{SURVEY}"}}'] == 2


def test_counts_made_while_the_store_is_away_come_with_the_next_one(
    house: House, edge: Edge, server: fakeredis.FakeServer
) -> None:
    observe = upstream_observer(house.store.counters)
    server.connected = False
    observe("/surveys", "ok", 1.0)
    server.connected = True
    observe("/surveys", "ok", 1.0)
    assert edge.metrics()['netigate_results_upstream_calls_total{outcome="ok",route="/surveys"}'] == 2


def test_the_back_off_and_a_refused_key_are_told(house: House, edge: Edge) -> None:
    until = START + timedelta(seconds=40)
    house.client.set(house.keys.control("notbefore"), int(until.timestamp() * 1000))
    house.client.set(house.keys.control("trouble"), "rejected")
    found = edge.metrics()
    assert found["netigate_results_upstream_backoff_seconds"] == pytest.approx(40)
    assert found["netigate_results_upstream_rejected"] == 1
    house.clock.advance(60)
    assert edge.metrics()["netigate_results_upstream_backoff_seconds"] == 0


def test_the_store_says_so_when_it_is_away(house: House, server: fakeredis.FakeServer) -> None:
    server.connected = False
    with pytest.raises(StoreAwayError):
        house.store.stats.read([SURVEY])
