"""Idle connections and connections that send slowly, beside a load."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from bench import population, processes, wrk
from bench.table import AT_LEAST, AT_MOST, Report, Row

if TYPE_CHECKING:
    from types import TracebackType

IDLE, SLOW = 1000, 100
EVERY = 0.25  # seconds between two bytes of a slow request
HOT = "/v1/customers/C-0000001/satisfaction"
REQUEST = f"GET {HOT} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {processes.KEY}\r\n\r\n".encode()


class Crowd:
    """Holds the connections within its `with` block, and reopens those that the server closes."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._place = parts.hostname or "", parts.port or 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="crowd", daemon=True)
        self._all_there = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._all_there.wait(60):
            raise RuntimeError("the crowd was not let in")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(30)

    def _hold(self) -> None:
        with selectors.DefaultSelector() as selector:
            for number in range(IDLE + SLOW):
                self._open(selector, slow=number >= IDLE)
            self._all_there.set()
            while not self._over.wait(EVERY):
                self._turn(selector)
            for key in list(selector.get_map().values()):
                key.fileobj.close()

    def _open(self, selector: selectors.BaseSelector, *, slow: bool) -> None:
        connection = socket.create_connection(self._place, timeout=10)
        if not slow:
            connection.sendall(REQUEST)  # an idle connection has had one answer before
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.settimeout(0)
        # How many bytes of its request a slow connection has sent; None for an idle one.
        selector.register(connection, selectors.EVENT_READ, [0] if slow else None)

    def _turn(self, selector: selectors.BaseSelector) -> None:
        """Reopen connections that were closed; each slow one sends its next byte."""
        for key, _ in selector.select(0):
            with contextlib.suppress(OSError):
                if key.fileobj.recv(65536):
                    continue
            selector.unregister(key.fileobj)
            key.fileobj.close()
            self._open(selector, slow=key.data is not None)
        for key in list(selector.get_map().values()):
            if key.data is not None:
                sent = key.data[0]
                key.data[0] = (sent + 1) % len(REQUEST)
                with contextlib.suppress(OSError):
                    key.fileobj.send(REQUEST[sent : sent + 1])


def measure(report: Report, *, seconds: float, rounds: int) -> None:
    """The hot read with the crowd and without it, in turn."""
    with processes.valkey() as (url, _):
        population.fill(url, 100)
        with processes.ours(url) as web:
            alone, beside = [], []
            for number in range(rounds + 1):
                quiet = wrk.run(web.address, wrk.Ask(HOT), seconds, seed=number + 1)
                with Crowd(web.address):
                    crowded = wrk.run(web.address, wrk.Ask(HOT), seconds, seed=number + 1)
                time.sleep(wrk.CALM)
                if number:  # the first one warms up
                    alone.append(quiet)
                    beside.append(crowded)
    ratio, p99 = wrk.ratio(beside, alone), wrk.ratio(beside, alone, by="p99")
    what, more = (
        f"hot reads beside {IDLE:,} idle and {SLOW} slow connections",
        "each slow one sends four bytes a second",
    )
    report.add(Row(what, "without them", ratio, AT_LEAST, 0.9, " ×", more, headline=True))
    report.add(Row("their p99", "without them", p99, AT_MOST, 1.5, " ×", "of the same runs", headline=True))
