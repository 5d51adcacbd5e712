"""What a reader meets while a node of a Cluster is frozen or gone."""

from __future__ import annotations

import pytest

from service.store.connection.clients import connect
from service.survey.errors import StoreAwayError
from tests.harness.cluster import cluster
from tests.harness.waiting import until
from tests.support.fakes import make_set
from tests.support.house import House


@pytest.fixture(scope="module")
def nodes():
    with cluster() as found:
        yield found


@pytest.fixture
def house(nodes):
    patient, client = connect(nodes.url, timeout=5), connect(nodes.url, timeout=0.25)
    patient.flushall()
    House(patient).file(*(make_set(number, customer=f"C-{number}", respondent=number) for number in range(1, 31)))
    yield House(client)
    patient.close()
    client.close()


def read(house, customer):
    try:
        return house.stored(customer).known
    except StoreAwayError:
        return None


def test_a_frozen_node_is_away_and_comes_back(nodes, house):
    control = nodes.masters[nodes.holder(house.keys.swept)]
    control.freeze()
    try:
        # Each read needs the control keys, which the frozen node holds.
        assert [read(house, f"C-{number}") for number in range(1, 4)] == [None] * 3
        with pytest.raises(StoreAwayError):
            house.store.reads.respondent_results(1)
    finally:
        control.thaw()
    until(lambda: read(house, "C-1"), what="an answer again")
    until(lambda: all(read(house, f"C-{number}") for number in range(1, 31)), what="every answer again")


def test_a_client_made_while_nodes_are_away_finds_them_later(nodes, house):
    for node in nodes.masters:
        node.freeze()
    try:
        late = House(connect(nodes.url, timeout=0.1), account="test")
        assert read(late, "C-1") is None
    finally:
        for node in nodes.masters:
            node.thaw()
    assert until(lambda: read(late, "C-1"), what="an answer")
    late.client.close()
