"""The stores on which the contract must hold. Another one is another name here and a fixture of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness.cluster import cluster
from tests.harness.sentinel import sentinels
from tests.support import stores
from tests.support.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.store.connection.clients import Client

STORES = ("fake", "valkey", "clustered", "sentineled")


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """Three masters, shared by the whole run."""
    with cluster() as nodes:
        yield nodes.url


@pytest.fixture
def clustered(cluster_url: str) -> Iterator[Client]:
    with stores.connected(cluster_url) as client:
        yield client


@pytest.fixture(scope="session")
def sentinel_url() -> Iterator[str]:
    """A master behind three Sentinels, shared by the whole run."""
    with sentinels() as nodes:
        yield nodes.url


@pytest.fixture
def sentineled(sentinel_url: str) -> Iterator[Client]:
    with stores.connected(sentinel_url) as client:
        yield client


@pytest.fixture(params=STORES)
def client(request: pytest.FixtureRequest) -> Client:
    """An empty store of each sort."""
    found: Client = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def house(client: Client) -> House:
    return House(client)


@pytest.fixture
def two_surveys(client: Client) -> House:
    return House(client, surveys=(4711, 4712))
