"""An account whose store a test may take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fakeredis
import pytest

from tests.support.edge import Edge
from tests.support.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> fakeredis.FakeServer:
    return fakeredis.FakeServer()


@pytest.fixture
def house(server: fakeredis.FakeServer) -> Iterator[House]:
    client = fakeredis.FakeRedis(server=server)
    yield House(client)
    client.close()


@pytest.fixture
def edge(house: House) -> Edge:
    return Edge(house)
