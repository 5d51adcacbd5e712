"""Clients of stores, each empty or not there."""

from __future__ import annotations

import contextlib
import tempfile
from typing import TYPE_CHECKING

import fakeredis

from service.store.connection.clients import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.store.connection.clients import Client


@contextlib.contextmanager
def fake() -> Iterator[Client]:
    client = fakeredis.FakeRedis()
    yield client
    client.close()


@contextlib.contextmanager
def connected(url: str) -> Iterator[Client]:
    client = connect(url, timeout=5)
    try:
        client.flushall()
        yield client
    finally:
        client.close()


@contextlib.contextmanager
def connected_nowhere() -> Iterator[Client]:
    """A client whose server is not there."""
    with tempfile.TemporaryDirectory(prefix="nr-") as directory:
        client = connect(f"unix://{directory}/nobody", timeout=1)
        yield client
        client.close()
