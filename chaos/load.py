"""A bounded load on loopback: threads with kept connections ask at an even pace, and check each answer."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

LONGEST = 10.0  # seconds that an answer may take; beyond that it is a hang
THREADS = 8
PACE = 0.04  # seconds between two requests of one thread


@dataclass(frozen=True)
class Ask:
    """A path. `owner`: the customer or respondent whose answer must come. `etag`: what every process has a copy of."""

    path: str
    owner: str | int = ""
    etag: str = ""  # of the answer, which stays as it is; empty for whom nobody has asked before


Asks: TypeAlias = Callable[[int], Iterator[Ask]]  # the endless requests of the thread with this number
Judge: TypeAlias = Callable[[http.client.HTTPResponse, bytes, Ask], str]  # an answer's verdict


@dataclass
class Seen:
    """What came back: how often each verdict, and the seconds of each answer."""

    verdicts: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    resent: int = 0  # a kept connection had been closed: sent once more on a new one, as every client does

    @property
    def sent(self) -> int:
        return self.verdicts.total()

    def but(self, *verdicts: str) -> Counter[str]:
        """All other verdicts."""
        return Counter({word: count for word, count in self.verdicts.items() if word not in verdicts})

    @property
    def slowest(self) -> float:
        return max(self.times, default=0.0)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Load:
    """Runs from `start` to `stop`, and at most for `longest` seconds."""

    def __init__(
        self,
        url: str,
        key: str,
        asks: Asks,
        judge: Judge,
        *,
        threads: int = THREADS,
        pace: float = PACE,
        longest: float = 900.0,
    ) -> None:
        self._host, self._port = urlsplit(url).hostname or "", urlsplit(url).port or 80
        self._headers = {"Authorization": f"Bearer {key}", "Host": "results.example"}
        self._asks, self._judge = asks, judge
        self._pace, self._longest = pace, longest
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._seen = Seen()
        self._threads = [threading.Thread(target=self._run, args=(n, n * pace / threads)) for n in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(LONGEST + 5)

    def take(self) -> Seen:
        """What was seen since the last call."""
        with self._lock:
            taken, self._seen = self._seen, Seen()
            return taken

    def _run(self, number: int, after: float) -> None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=LONGEST)
        begun = time.monotonic()
        due = begun + after
        for ask in self._asks(number):
            if self._stop.wait(max(0.0, due - time.monotonic())) or time.monotonic() > begun + self._longest:
                break
            # A thread that had to wait for an answer goes on from now: it does not catch up with a burst.
            due = max(due + self._pace, time.monotonic())
            self._ask(connection, ask)
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, ask: Ask) -> None:
        begun, resent = time.perf_counter(), 0
        while True:
            kept = connection.sock is not None
            try:
                connection.request("GET", ask.path, headers=self._headers)
                reply = connection.getresponse()
                verdict = self._judge(reply, reply.read(), ask)
                break
            except TimeoutError:
                connection.close()
                verdict = "hang"
                break
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if kept and not resent:
                    resent = 1
                    continue
                verdict = type(error).__name__
                break
        with self._lock:
            self._seen.verdicts[verdict] += 1
            self._seen.times.append(time.perf_counter() - begun)
            self._seen.resent += resent
