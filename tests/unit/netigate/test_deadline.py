"""A deadline over all of a call: replies that stall or drip, directly and through a proxy."""

from __future__ import annotations

import gzip

import pytest

from service.netigate.policy import Policy
from service.netigate.transport import open_session

from .saying import (
    KEY,
    refused,
    stalls_at_once,
    stalls_midway,
)


@pytest.mark.parametrize("script", [stalls_at_once, stalls_midway])
def test_the_deadline_is_tighter_than_the_read_timeout(ask, loopback, script):
    patient = Policy(read_timeout=60.0)
    assert refused(ask, loopback(script).url, policy=patient, deadline=0.1) == "timeout"


def dripping(start: bytes, drop: bytes):
    def drip(connection, server) -> None:
        connection.sendall(start)
        while not server.over.is_set():
            connection.sendall(drop)

    return drip


LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n"


@pytest.mark.parametrize(
    "script",
    [
        dripping(LONG + b"\r\n", b" "),
        dripping(LONG + b"Connection: close\r\n\r\n", b" "),
        dripping(b"HTTP/1.0 200 OK\r\n\r\n", b" "),
        dripping(LONG + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"", mtime=0)[:10], b"\x00\x00\x00\xff\xff"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["length", "closing", "old", "packed", "chunked", "headers"],
)
def test_a_drip_ends_with_the_budget(ask, loopback, ticking_clock, script):
    patient = Policy(read_timeout=60.0, largest_body=2**40)
    assert refused(ask, loopback(script).url, using=ticking_clock, policy=patient, deadline=20.0) == "budget"
    assert ticking_clock.seconds < 25


def test_a_drip_through_a_proxy_ends_too(ask, loopback, ticking_clock, proxied):
    server = loopback(dripping(LONG + b"\r\n", b" "))
    assert refused(ask, proxied(server.url), using=ticking_clock, deadline=20.0) == "budget"


def test_the_session_alone_keeps_requests_own_timeouts(loopback, reply):
    server = loopback(reply(b"[]"))
    with open_session(KEY) as session:
        assert session.get(server.url, timeout=5).json() == []


def test_nothing_is_sent_once_the_budget_is_spent(ask, loopback, reply):
    server = loopback(reply())
    assert refused(ask, server.url, deadline=0.0) == "budget"
    assert server.heads == []
