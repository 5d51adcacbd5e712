"""Stores and the parts over them, for every test that asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.harness.valkey import valkey as valkey_server
from tests.support import stores
from tests.support.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.store.connection.clients import Client


# The same examples in every run, however slow the machine.
settings.register_profile("tests", derandomize=True, deadline=None)
settings.load_profile("tests")

# What waits for processes, and takes longest, begins first: no worker is left with it when the others are done.
FIRST = ("tests/functional/", "tests/browser/", "tests/contract/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((at for at, room in enumerate(FIRST) if item.nodeid.startswith(room)), len(FIRST)))


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real server, shared by the whole run; each test that connects finds it empty."""
    with valkey_server() as server:
        yield server.url


@pytest.fixture
def valkey(valkey_url: str) -> Iterator[Client]:
    with stores.connected(valkey_url) as client:
        yield client


@pytest.fixture
def fake() -> Iterator[Client]:
    with stores.fake() as client:
        yield client


@pytest.fixture
def house(fake: Client) -> House:
    """Everything inside, on a store in memory."""
    return House(fake)
