"""The listening socket: taken once, asked without a proxy, handed on, and closed without a reset."""

from __future__ import annotations

import http.server
import os
import socket
import sys
import threading

import pytest

from service.process import listening
from service.process.listening import Listener, answers, listen
from service.process.supervisor import StartError


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:{}"),
        ("0.0.0.0", "http://127.0.0.1:{}"),
        ("::1", "http://[::1]:{}"),
        ("::", "http://[::1]:{}"),
    ],
)
def test_the_port_is_taken_once_and_told_as_it_is_reached(host, address):
    with listen(host, 0) as first:
        port = first.target[1]
        assert first.address == address.format(port)
        socket.create_connection(first.target, 5).close()
        with pytest.raises(StartError, match=f"PORT {port} on {host} cannot be used: Address already in use"):
            listen(host, port)


def test_every_address_is_ipv4_too():
    with listen("::", 0) as both:
        socket.create_connection(("127.0.0.1", both.target[1]), 5).close()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
def test_a_service_managers_socket_is_taken_as_it_is(family, tmp_path, monkeypatch):
    path = str(tmp_path / "web.sock")
    with socket.socket(family) as held:
        held.bind(path if family == socket.AF_UNIX else ("127.0.0.1", 0))
        held.listen()
        monkeypatch.setattr(listening, "FIRST_HANDED", os.dup(held.fileno()))
        monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
        monkeypatch.setenv("LISTEN_FDS", "1")
        with listen("127.0.0.1", 1, handed=True) as taken:
            if family == socket.AF_UNIX:
                assert (taken.target, taken.address) == (path, f"unix:{path}")
            else:
                assert taken.target == held.getsockname()
            assert taken.ignore_new() is False  # it goes on without us


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's packet filter")
def test_who_has_connected_is_accepted_and_who_comes_later_is_refused():
    made = socket.create_server(("127.0.0.1", 0))
    with Listener(made, handed=False) as listener, socket.create_connection(listener.target, 5) as early:
        early.sendall(b"x")
        assert listener.ignore_new() is True
        with pytest.raises(TimeoutError):
            socket.create_connection(listener.target, 0.2)
        accepted, _ = made.accept()
        with accepted:
            assert accepted.recv(1) == b"x"
        listener.refuse_new()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(listener.target, 5)


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if (self.path, self.headers["X-A"]) == ("/ready", "b") else 503)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_what_listens_is_asked_without_a_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        target = server.server_address
        thread = threading.Thread(target=lambda: [server.handle_request() for _ in range(3)])
        thread.start()
        assert answers(target, "/ready", {"X-A": "b"})
        assert not answers(target, "/ready")
        assert not answers(target, "/else", {"X-A": "b"})
        thread.join(60)
    assert not answers(target, "/ready")
    assert not answers("/nowhere/at/all.sock", "/ready")
