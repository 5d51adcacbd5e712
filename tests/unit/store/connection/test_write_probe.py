"""Whether the store takes writes, and why not."""

from __future__ import annotations

import pytest
import redis

from service.store.connection.write_probe import GOOD_FOR, WriteProbe
from service.store.keys import Keys
from tests.support.fakes import FakeClock


class Server:
    error = None

    def set(self, *_args, **_more):
        if self.error:
            raise self.error


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def probe(server, clock):
    return WriteProbe(server, Keys("a"), clock)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (redis.OutOfMemoryError("command not allowed"), "memory"),
        (redis.ReadOnlyError("You can't write"), "read_only"),
        (redis.ResponseError("MISCONF Errors writing"), "disk"),
        (redis.TimeoutError("Timeout reading"), "paused"),
    ],
)
def test_it_says_what_is_in_the_way_and_when_it_is_gone(probe, server, clock, error, kind):
    assert probe.refused() is None
    server.error = error
    assert probe.refused() is None  # asked a moment ago
    clock.advance(GOOD_FOR)
    assert probe.refused() == kind
    server.error = None
    clock.advance(GOOD_FOR)
    assert probe.refused() is None
