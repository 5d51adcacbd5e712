"""The stores on which the contract must hold. Another one is another name here and a fixture of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.house import House

if TYPE_CHECKING:
    from service.store.connection import Client

STORES = ("fake", "valkey")


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
