"""What granian needs of us on a socket that it has not made itself."""

from __future__ import annotations

import socket

import pytest

from service.process.granian_server import RENEWED_AFTER, Closing, Server


def answer(app: Closing) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    app({}, lambda _status, headers: told.extend(headers))
    return told


def plain(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"."]


def test_one_connection_in_many_answers_is_ended():
    app = Closing(plain)
    ended = [("Connection", "close") in answer(app) for _ in range(3 * RENEWED_AFTER)]
    assert [at for at, end in enumerate(ended, 1) if end] == [n * RENEWED_AFTER for n in (1, 2, 3)]


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
def test_an_answer_in_two_pieces_does_not_wait_for_the_client(family, tmp_path):
    with socket.socket(family) as listener:
        listener.bind(("127.0.0.1", 0) if family == socket.AF_INET else str(tmp_path / "s"))
        listener.listen()
        Server(listener.fileno(), workers=1, blocking_threads=1)._init_shared_socket()
        if family == socket.AF_INET:
            assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
