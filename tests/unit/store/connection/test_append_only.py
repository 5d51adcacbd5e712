"""What was erased leaves the server's append-only file; a server that keeps none, or refuses, says no."""

from __future__ import annotations

import contextlib
import time

import pytest

from service.clock import SystemClock
from service.store.connection.append_only import AppendOnlyFile
from service.store.connection.clients import connect
from tests.harness.valkey import valkey
from tests.harness.waiting import until
from tests.support.fakes import FakeClock


@pytest.fixture
def kept():
    """A server that keeps its data in a folder, and the folder."""
    with valkey(appendonly="yes") as server, contextlib.closing(connect(server.url, timeout=5)) as client:
        yield client, server.directory


def on_disk(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and "appendonly" in str(path))


def test_what_was_erased_is_on_disk_no_more(kept):
    client, folder = kept
    file = AppendOnlyFile(client, SystemClock())
    client.set("a", "told in confidence")
    assert file.synced("a")
    assert b"told in confidence" in on_disk(folder)
    client.delete("a")
    assert file.rewrite()
    until(lambda: b"told in confidence" not in on_disk(folder), what="the old file going")


def test_one_that_is_under_way_is_waited_for(kept):
    client, _ = kept
    file = AppendOnlyFile(client, SystemClock())
    assert file.start_rewrite()
    assert file.rewrite()


def test_a_server_that_keeps_nothing_is_asked_for_nothing(valkey):
    file = AppendOnlyFile(valkey, FakeClock())
    started = time.monotonic()
    assert (file.rewrite(), file.synced("a")) == (False, False)
    assert time.monotonic() - started < 5


def test_a_server_that_allows_none_of_it_is_no_error(kept):
    client, _ = kept
    client.execute_command("ACL", "SETUSER", "default", "-info", "-bgrewriteaof", "-waitaof")
    file = AppendOnlyFile(client, FakeClock())
    assert (file.rewrite(), file.synced("a")) == (False, False)
    client.execute_command("ACL", "SETUSER", "default", "+info")
    assert (file.rewrite(), file.synced("a")) == (False, True)
