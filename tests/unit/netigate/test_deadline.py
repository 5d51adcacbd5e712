"""A deadline over all of a call: silent name servers, replies that stall or drip, directly and through a proxy."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time

import pytest
import requests

from service.alerts import sender
from service.alerts.sender import Sender
from service.clock import SystemClock
from service.netigate.deadline import DeadlineAdapter, within
from service.netigate.policy import Policy
from service.netigate.protocol import Request, Route
from service.netigate.transport import Transport, open_session
from service.survey.errors import UnavailableError

from .saying import (
    KEY,
    refused,
    stalls_at_once,
    stalls_midway,
)

NAME = "somewhere.invalid"
SOON = 0.3  # seconds
LOOK_UP = socket.getaddrinfo


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


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as found:
        found.settimeout(10)
        yield found


@pytest.fixture
def silent(monkeypatch, listener):
    """A name server that says nothing until this event is set; then it names the listener."""
    answers = threading.Event()

    def look_up(host, port, *more):
        if host == NAME:
            answers.wait(20)
            return LOOK_UP(*listener.getsockname(), *more)
        return LOOK_UP(host, port, *more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield answers
    answers.set()


def by_session():
    ends = time.monotonic() + SOON
    with requests.Session() as session, within(lambda: ends - time.monotonic()):
        session.mount("http://", DeadlineAdapter())
        with pytest.raises(requests.ConnectTimeout):
            session.get(f"http://{NAME}/", timeout=(20, 20))


def by_alerts():
    assert Sender(SystemClock()).post(f"http://{NAME}/", b"{}", {}).cause == "timeout"


def cause_of(policy, seconds):
    """Why Netigate's client was not answered."""
    clock = SystemClock()
    with open_session("key") as session:
        transport = Transport(session, f"http://{NAME}/", clock)
        with pytest.raises(UnavailableError) as raised:
            transport.get(Request(Route.SURVEYS), policy=policy, deadline=clock.monotonic() + seconds)
    return raised.value.cause


def by_netigates_client():
    assert cause_of(Policy(connect_timeout=20), SOON) == "budget"


WAYS = pytest.mark.parametrize("ask", [by_session, by_alerts, by_netigates_client])


@WAYS
def test_a_name_server_that_is_silent_costs_the_deadline_and_nothing_is_sent_later(ask, silent, listener, monkeypatch):
    monkeypatch.setattr(sender, "LONGEST", SOON)
    begun = time.monotonic()
    ask()
    assert time.monotonic() - begun < 5
    silent.set()
    late, _ = listener.accept()
    with late:
        late.settimeout(10)
        assert late.recv(1) == b"", "the connection that nobody waits for is closed"


@WAYS
def test_many_addresses_that_do_not_answer_cost_one_deadline(ask, monkeypatch):
    monkeypatch.setattr(sender, "LONGEST", SOON)
    monkeypatch.setattr(sender, "CONNECT", 20)
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(2):  # the queue is full: whoever comes next is not answered
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(full.getsockname())
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: LOOK_UP(*full.getsockname(), 0, socket.SOCK_STREAM) * 5)
        begun = time.monotonic()
        ask()
        assert time.monotonic() - begun < 5


def test_a_name_that_nobody_has_is_told_as_such(monkeypatch):
    def look_up(*_):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert cause_of(Policy(), 20.0) == "dns"
