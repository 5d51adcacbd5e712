"""Whether the store may drop answers, asked of a real server."""

from __future__ import annotations

import pytest

from service.store.connection.clients import connect
from service.store.connection.eviction import GOOD_FOR, EvictionProbe
from tests.support.fakes import FakeClock


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def server(valkey):
    yield valkey
    valkey.config_set("maxmemory-policy", "noeviction")


def test_a_policy_that_drops_keys_is_named_and_one_that_drops_none_is_not(server, clock):
    probe = EvictionProbe(server, clock)
    assert probe.policy() is None
    server.config_set("maxmemory-policy", "allkeys-lru")
    assert probe.policy() is None, "the answer is good for a while"
    clock.advance(GOOD_FOR)
    assert probe.policy() == "allkeys-lru"


def test_a_store_that_is_away_changes_nothing_that_was_seen(server, clock):
    away = connect("redis://127.0.0.1:1/0", timeout=0.1)
    assert EvictionProbe(away, clock).policy() is None


class Cluster:
    """Answers INFO for each node, as a Cluster's client does."""

    def __init__(self, *policies):
        self.policies = policies

    def info(self, section):
        return {f"node-{number}": {"maxmemory_policy": policy} for number, policy in enumerate(self.policies)}


@pytest.mark.parametrize(
    ("policies", "named"), [(("noeviction", "allkeys-lru"), "allkeys-lru"), (("noeviction", "noeviction"), None)]
)
def test_one_node_that_drops_keys_is_enough(policies, named, clock):
    assert EvictionProbe(Cluster(*policies), clock).policy() == named
