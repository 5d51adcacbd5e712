"""A clock moved by hand, samples in Netigate's documented shapes, and a server on loopback that a test scripts."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.netigate.client import NetigateClient
from service.netigate.transport import Transport, open_session

from .saying import KEY, PATIENT, SURVEY, Scripted, ok

SAMPLES = Path(__file__).parents[2] / "data" / "netigate"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeClock:
    """Implements ports.Clock. `tick` seconds pass whenever somebody looks."""

    def __init__(self, tick: float = 0.0) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self._tick = tick

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        self.seconds += self._tick
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class Loopback:
    """Answers each request on a connection by a script that gets the open socket; keeps the requests' heads."""

    def __init__(self, script) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.heads: list[str] = []
        self.connections = 0
        self.over = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/v1.2"

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with closing(connection), suppress(OSError):
            while head := self._head(connection):
                self.heads.append(head)
                self._script(connection, self)

    @staticmethod
    def _head(connection: socket.socket) -> str:
        received = b""
        while not received.endswith(b"\r\n\r\n"):
            piece = connection.recv(4096)
            if not piece:
                return ""
            received += piece
            if not received.startswith(b"GET "):
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return ""
        return received.decode("latin-1")

    def close(self) -> None:
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(60)


def http(body: bytes = b"{}", *, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def ticking_clock():
    return FakeClock(tick=1.0)


@pytest.fixture
def sample():
    return lambda name: json.loads((SAMPLES / f"{name}.json").read_text())


@pytest.fixture
def reply():
    return http


@pytest.fixture
def loopback():
    servers = []

    def serve(script) -> Loopback:
        if isinstance(script, bytes):
            given = script
            servers.append(Loopback(lambda connection, _: connection.sendall(given)))
        else:
            servers.append(Loopback(script))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


@pytest.fixture
def make(clock):
    def make(replies, *, seconds: float = 0.0, **options):
        transport = Scripted(clock, replies, seconds)
        client = NetigateClient(transport, clock, **options)
        return client, transport

    return make


@pytest.fixture
def everything(sample):
    return {
        "/surveys": ok(sample("surveys")),
        "/surveys/611": ok(sample("survey")),
        "/surveys/611/questions": ok(sample("questions")),
        "/surveys/611/answers": ok(sample("answers")),
        "/surveys/611/answersWithData?page=1&pagesize=100": ok(sample("answers_with_data")),
        "/surveys/611/answersWithData?page=2&pagesize=100&updated=2026-11-01T00:00:00Z": ok(
            {"Page": 2, "TotalPages": 2, "AnswerSets": []}
        ),
        "/surveys/611/answers/7001": ok(sample("answer")),
        "/surveys/611/answers/respondent/310": ok(sample("respondent_answers")),
        "/surveys/611/sendouts": ok(sample("sendouts")),
        "/surveys/611/sendouts/51/labels": ok([]),
        "/surveys/611/sendouts/52/labels": ok(sample("sendout_labels")),
        "/bgdata/bgdocuments": ok(sample("bgdocuments")),
        "/bgdata/bgdocuments/91/labels": ok(sample("bgdocument_labels")),
    }


@pytest.fixture
def ask(clock):
    sessions = []

    def ask(url: str, *, policy=PATIENT, deadline: float = 60.0, using=clock, adapter=None):
        if not sessions:
            sessions.append(open_session(KEY))
        if adapter:
            sessions[0].mount("http://", adapter)
        return Transport(sessions[0], url, using).get(SURVEY, policy=policy, deadline=deadline)

    yield ask
    for session in sessions:
        session.close()


@pytest.fixture
def proxied(monkeypatch):
    def through(url: str) -> str:
        for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("http_proxy", url.removesuffix("/api/v1.2"))
        return "http://netigate.example/api/v1.2"

    return through
