"""One POST: bounded in time and size, straight to where the operator said."""

from __future__ import annotations

import socket
import time

import pytest
from flask import Flask, Response, request

from service.alerts import sender as module
from service.alerts.sender import Sender
from service.clock import SystemClock
from tests.harness.http import served, speaking


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(module, "LONGEST", 0.4)


def post(url, **how):
    return Sender(SystemClock(), **how).post(url, b"{}", {"webhook-id": "1"})


@pytest.mark.parametrize(
    "told",
    [
        {"pieces": (b"garbage\r\n\r\n",)},
        {"pieces": ()},
        {"pieces": (), "hold": True},
        {"pieces": (b"HTTP/1.1 200 ",)},
        {"pieces": (b"HTTP/1.1 200 ",), "hold": True},
        {"pieces": (b"HTTP/1.1 2", *[b"0"] * 50), "pause": 0.05},
        {"pieces": (b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 50), "pause": 0.05},
        {"pieces": (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,)},
        {"pieces": (b"HTTP/1.1 200 OK\r\nDate: today\r\n",)},
        {"pieces": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",)},
        {"pieces": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",), "hold": True},
        {"pieces": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",)},
    ],
    ids=[
        "garbage",
        "closes",
        "hangs",
        "half a line",
        "half and hangs",
        "drips",
        "drips headers",
        "endless header",
        "half a head",
        "half a body",
        "half a body and hangs",
        "half a chunk",
    ],
)
@pytest.mark.usefixtures("quick")
def test_a_destination_that_misbehaves_costs_its_timeout(told):
    pieces = told.pop("pieces")
    with speaking(*pieces, **told) as url:
        begun = time.monotonic()
        reply = post(url)
    assert reply.status is None
    assert reply.cause in {"connection", "timeout"}
    assert time.monotonic() - begun < 8


def test_a_body_without_end_is_not_read():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"
    with speaking(head, b"x" * 100_000, hold=True) as url:
        begun = time.monotonic()
        assert post(url).status == 200
    assert time.monotonic() - begun < 8


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/").cause == "connection"


@pytest.mark.usefixtures("quick")
def test_no_tls_there():
    with speaking(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        assert post(url.replace("http:", "https:")).cause in {"tls", "connection"}


@pytest.fixture
def seen():
    """A destination that redirects, and what arrived anywhere."""
    app, arrived = Flask("hook"), []

    @app.before_request
    def keep():
        arrived.append((request.method, request.full_path, dict(request.headers), request.get_data()))

    @app.post("/moved")
    def moved():
        return Response(status=307, headers={"Location": "/elsewhere", "Set-Cookie": "a=b", "Retry-After": "7"})

    with served(app) as url:
        yield url, arrived


def test_a_redirect_is_not_followed(seen):
    url, arrived = seen
    reply = post(f"{url}/moved")
    assert (reply.status, reply.cause, reply.asked) == (307, "307", 7.0)
    assert [path for _, path, _, _ in arrived] == ["/moved?"]


def test_no_proxy_and_no_password_of_the_environment(seen, monkeypatch, tmp_path):
    url, arrived = seen
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    for proxies in (False, True):
        assert post(f"{url}/moved", proxies=proxies).status == 307
    for _, _, headers, _ in arrived:
        assert not {"Authorization", "Cookie"} & set(headers)
        assert headers["Webhook-Id"] == "1"


def test_elsewhere_the_environments_proxy_is_used_only_where_asked(seen, monkeypatch):
    url, arrived = seen
    monkeypatch.setenv("http_proxy", url)
    assert post("http://destination.invalid/hook", proxies=True).status == 404  # the proxy's answer
    assert len(arrived) == 1
    monkeypatch.setattr(module, "CONNECT", 0.2)
    assert post("http://destination.invalid/hook").status is None
    assert len(arrived) == 1
