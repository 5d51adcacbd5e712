"""Sending over loopback: how a test asks, and the ways in which a server breaks off."""

from __future__ import annotations

import socket
import struct
import traceback

import pytest

from service.netigate.policy import Policy
from service.netigate.protocol import Request, Route
from service.survey.errors import UnavailableError

KEY = "5f0c2d1e-key-of-nobody"

SURVEY = Request(Route.SURVEY, (611,))

SHORT = Policy(connect_timeout=2.0, read_timeout=0.1)

PATIENT = Policy(connect_timeout=20.0, read_timeout=20.0)  # where nothing has to be waited for: a busy machine is slow


def refused(ask, *args, **kwargs) -> str:
    with pytest.raises(UnavailableError) as raised:
        ask(*args, **kwargs)
    shown = "".join(traceback.format_exception(raised.value))
    assert raised.value.route == "/surveys/{survey}"
    assert raised.value.status is None
    assert KEY not in shown
    assert "127.0.0.1" not in shown
    assert "/611" not in shown
    return raised.value.cause


def until_closed(connection: socket.socket) -> None:
    connection.recv(1)


def stalls_at_once(connection, _server) -> None:
    until_closed(connection)


def stalls_midway(connection, _server) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,")
    until_closed(connection)


def resets(connection, _server) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hangs_up(connection, _server) -> None:
    connection.close()


def hangs_up_midway(connection, _server) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,")
    connection.close()


def hangs_up_in_a_chunk(connection, _server) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n[1,")
    connection.close()
