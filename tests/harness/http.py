"""Asking over HTTP, alone or in a herd, and answering."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.harness.waiting import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def session() -> requests.Session:
    """A session that ignores the proxies of this machine's environment."""
    made = requests.Session()
    made.trust_env = False
    return made


def get(
    address: str,
    key: str | None = None,
    *,
    by: requests.Session | None = None,
    timeout: float = PATIENCE,
    **headers: str,
) -> requests.Response:
    """Send a GET, with a caller's key. In headers' names, underscores stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if key is not None:
        named["Authorization"] = f"Bearer {key}"
    with contextlib.nullcontext(by) if by else session() as asking:
        return asking.get(address, headers=named, timeout=timeout)


def answers(address: str) -> bool:
    """Whether an address answers with success."""
    try:
        return get(address, timeout=10).ok
    except requests.RequestException:
        return False


def await_swept(url: str) -> None:
    """Return once a service has swept each of its surveys: it is ready before, where their first sweeps take long."""
    until(lambda: "not been swept yet" not in get(f"{url}/readyz").text, what="a sweep of every survey")


def herd(url: str, paths: Sequence[str], key: str = "full") -> list[tuple[int, bytes, float]]:
    """Ask for all of these at one moment, each over a connection of its own: status, body, seconds."""
    parts, gate = urlsplit(url), threading.Barrier(len(paths))

    def ask(path: str) -> tuple[int, bytes, float]:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2 * PATIENCE)
        with contextlib.closing(connection):
            connection.connect()
            gate.wait(PATIENCE)
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
            reply = connection.getresponse()
            return reply.status, reply.read(), time.perf_counter() - begun

    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(ask, paths))


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve a WSGI app on loopback, in threads of this process. Gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    with running(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextlib.contextmanager
def running(server: Any) -> Iterator[None]:
    """Run a server with the standard library's interface in a thread of this process."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def speaking(*pieces: bytes, pause: float = 0.0, hold: bool = False) -> Iterator[str]:
    """A server that reads a request and says these bytes, one piece after the other, then closes or holds on."""
    listener, done = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                for piece in pieces:
                    peer.sendall(piece)
                    done.wait(pause)
                if hold:
                    done.wait(30)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        done.set()
        listener.close()
        thread.join(60)
