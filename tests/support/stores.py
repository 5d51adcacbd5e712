"""Every store that the contract must hold on, each empty."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import fakeredis
import redis

from service.process import embedded_server as embedded
from service.store.connection.clients import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.store.connection.clients import Client


@contextlib.contextmanager
def valkey(port: int = 0) -> Iterator[str]:
    """A real server of its own; its address: a port on this machine where one is given, else a socket file."""
    with tempfile.TemporaryDirectory(prefix="nr-") as directory:
        path = Path(directory) / "s"
        process = subprocess.Popen([*embedded.argv(Path(directory), path, keep=False), "--port", str(port)])
        try:
            deadline = time.monotonic() + 10
            while not embedded.answers(path):
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server is not there"
            yield f"redis://127.0.0.1:{port}" if port else embedded.url(path)
        finally:
            process.terminate()
            process.wait(10)


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


__all__ = ["connected", "connected_nowhere", "fake", "redis", "valkey"]
