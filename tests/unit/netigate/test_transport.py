"""One GET over a real socket on loopback: what arrives, what is sent, and what everything that fails becomes."""

from __future__ import annotations

import gzip
import socket

import pytest
import requests
import urllib3
from requests.adapters import BaseAdapter

from service.netigate.policy import Policy
from service.netigate.transport import Transport, open_session

from .saying import (
    KEY,
    PATIENT,
    SHORT,
    hangs_up,
    hangs_up_in_a_chunk,
    hangs_up_midway,
    refused,
    resets,
    stalls_at_once,
    stalls_midway,
)


def test_a_reply_is_handed_on_unjudged(ask, loopback, reply):
    server = loopback(reply(b"<html>", status="404 Not Found", Retry_After="5"))
    got = ask(server.url)
    assert (got.status, got.body, got.headers["retry-after"]) == (404, b"<html>", "5")


@pytest.mark.parametrize("slashes", ["", "/", "//"])
def test_what_is_sent(ask, loopback, reply, slashes):
    server = loopback(reply())
    ask(server.url + slashes)
    (head,) = server.heads
    sent = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
    assert head.startswith("GET /api/v1.2/surveys/611 HTTP/1.1\r\n")
    assert {name: sent[name] for name in ("X-API-KEY", "Accept", "User-Agent")} == {
        "X-API-KEY": KEY,
        "Accept": "application/json",
        "User-Agent": "netigate-results",
    }


def test_connections_are_kept_and_cookies_are_not(ask, loopback, reply):
    server = loopback(reply(Set_Cookie="session=1; Path=/"))
    for _ in range(3):
        ask(server.url)
    assert (len(server.heads), server.connections) == (3, 1)
    assert "cookie:" not in "".join(server.heads).lower()


def test_netrc_adds_no_password_and_takes_no_key_away(ask, loopback, reply, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = loopback(reply())
    ask(server.url)
    assert f"X-API-KEY: {KEY}" in server.heads[0]
    assert "authorization" not in server.heads[0].lower()


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("where", ["elsewhere", "copy", "garbage"])
def test_a_redirect_is_not_followed(ask, loopback, reply, status, where):
    elsewhere = loopback(reply())
    target = {"elsewhere": elsewhere.url, "copy": "/api/v1.2/surveys/611/copy", "garbage": "http://[\xc3("}[where]
    server = loopback(reply(b"gone", status=status, Location=target))
    assert ask(server.url).status == int(status[:3])
    assert (len(server.heads), elsewhere.heads) == (1, [])


def test_a_chunked_reply(ask, loopback):
    server = loopback(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n2\r\n,2\r\n1\r\n]\r\n0\r\n\r\n")
    assert ask(server.url).body == b"[1,2]"


def test_a_packed_reply_is_unpacked(ask, loopback, reply):
    server = loopback(reply(gzip.compress(b"[1]" * 1000, mtime=0), Content_Encoding="gzip"))
    assert ask(server.url).body == b"[1]" * 1000


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (stalls_at_once, "timeout"),
        (stalls_midway, "timeout"),
        (resets, "connection"),
        (hangs_up, "connection"),
        (hangs_up_midway, "connection"),
        (hangs_up_in_a_chunk, "connection"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", "connection"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "connection"),
        (b"HTTP/1.1 abc\r\n\r\n", "connection"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 200 + b"\r\n", "connection"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_a_broken_reply(ask, loopback, script, cause):
    policy = SHORT if cause == "timeout" else PATIENT
    assert refused(ask, loopback(script).url, policy=policy) == cause


def test_through_a_proxy(ask, loopback, reply, proxied):
    server = loopback(reply(b"[]"))
    assert ask(proxied(server.url)).body == b"[]"
    assert server.heads[0].startswith("GET http://netigate.example/api/v1.2/surveys/611 ")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_stand_in_on_this_machine_needs_no_proxy(ask, loopback, reply, proxied, host):
    proxy, server = loopback(reply()), loopback(reply())
    proxied(proxy.url)
    ask(server.url.replace("127.0.0.1", host))
    assert (len(server.heads), proxy.heads) == (1, [])


BOMB = gzip.compress(bytes(10_000_000), mtime=0)


@pytest.mark.parametrize(
    ("headers", "body", "cause"),
    [
        ({}, bytes(1001), "too_large"),
        ({"Content_Encoding": "gzip"}, BOMB, "too_large"),
        ({"Content_Encoding": "gzip"}, gzip.compress(b"[]", mtime=0)[:-3], "truncated"),
        ({"Content_Encoding": "gzip"}, b"[1, 2, 3]", "truncated"),
        ({"Content_Encoding": "br"}, b"[1, 2, 3]", "encoding"),
    ],
)
def test_a_body_that_is_not_taken(ask, loopback, reply, headers, body, cause):
    server = loopback(reply(body, **headers))
    assert refused(ask, server.url, policy=Policy(largest_body=1000)) == cause


def test_a_body_of_just_the_largest_size(ask, loopback, reply):
    server = loopback(reply(gzip.compress(bytes(1000), mtime=0), Content_Encoding="gzip"))
    assert len(ask(server.url, policy=Policy(largest_body=1000)).body) == 1000


def test_nobody_listens(ask):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert refused(ask, f"http://127.0.0.1:{port}/api/v1.2") == "connection"


def test_tls_to_somebody_who_does_not_speak_it(ask, loopback):
    assert refused(ask, loopback(b"").url.replace("http:", "https:")) == "tls"


class Failing(BaseAdapter):
    """Fails as requests' own adapter does."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def send(self, *args, **kwargs):
        raise self._error

    def close(self) -> None:
        pass


POOL = urllib3.HTTPConnectionPool("127.0.0.1")


def wrapped(kind: type[requests.RequestException], reason: Exception) -> requests.RequestException:
    return kind(urllib3.exceptions.MaxRetryError(POOL, f"http://127.0.0.1/surveys/611?{KEY}", reason))


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (
            wrapped(requests.ConnectionError, urllib3.exceptions.NameResolutionError("127.0.0.1", POOL, OSError())),
            "dns",
        ),
        (wrapped(requests.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError()), "connect_timeout"),
        (wrapped(requests.exceptions.SSLError, urllib3.exceptions.SSLError()), "tls"),
        (wrapped(requests.exceptions.ProxyError, OSError()), "proxy"),
        (requests.ReadTimeout(KEY), "timeout"),
        (requests.exceptions.InvalidHeader(KEY), "connection"),
        (requests.exceptions.InvalidProxyURL(KEY), "connection"),
        (TimeoutError(), "timeout"),
        (UnicodeError(KEY), "connection"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
def test_causes(ask, error, cause):
    assert refused(ask, "http://127.0.0.1/api/v1.2", adapter=Failing(error)) == cause


@pytest.mark.parametrize(
    "url", ["", "netigate.example/api", "ftp://127.0.0.1/", "http://", "http://h/?a=1", "http://h/#a", "file:///etc"]
)
def test_what_is_no_base_url(url, clock):
    with pytest.raises(ValueError, match="base URL"), open_session(KEY) as session:
        Transport(session, url, clock)


@pytest.mark.parametrize("key", ["", " ", "a\nb", "a\r\nX-Evil: 1", "nyckel-å", " a", "a\x00"])
def test_a_key_that_no_header_may_hold(key):
    with pytest.raises(ValueError, match="API key") as refused:
        open_session(key)
    assert not key.strip() or key not in str(refused.value)
