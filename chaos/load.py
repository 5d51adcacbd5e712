"""A bounded load on loopback: threads with kept connections, each asking at an even pace, each answer looked at."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Owner: TypeAlias = str | int  # a customer, or a respondent

LONGEST = 10.0  # seconds that an answer may take; beyond that it is a hang
THREADS = 8
PACE = 0.04  # seconds between two requests of one thread
OK, UNAVAILABLE = 200, 503
WRONG = "wrong"
EMPTIED = "emptied"  # nobody's answer, for somebody who has one


@dataclass
class Seen:
    """What came back. Seconds; `known`: customers that every process has answered before."""

    sent: int = 0
    ok: int = 0
    stale: int = 0
    told_to_wait: int = 0  # 503 with Retry-After, for customers that no process had answered before
    resent: int = 0  # a kept connection had been closed: sent once more on a new one, as every client does
    failures: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Answers that were somebody else's, or nobody's."""
        return self.failures[WRONG] + self.failures[EMPTIED]

    @property
    def failed(self) -> int:
        return self.failures.total()

    @property
    def slowest(self) -> float:
        return max(self.times, default=0.0)

    @property
    def p99(self) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] if ordered else 0.0


class Load:
    """Runs from `start` to `stop`, and at most for `longest` seconds."""

    def __init__(
        self, url: str, key: str, customers: Sequence[str], respondents: Sequence[int], *, longest: float = 900.0
    ) -> None:
        self._host, self._port = urlsplit(url).hostname or "", urlsplit(url).port or 80
        self._headers = {"Authorization": f"Bearer {key}", "Host": "results.example"}
        self._customers, self._respondents = customers, respondents
        self._longest = longest
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._seen = Seen()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(THREADS)]

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

    def _paths(self, number: int) -> Iterator[tuple[bool, Owner, str]]:
        """Each thread walks over all customers, so that each connection's process has seen each of them."""
        respondents = itertools.cycle(self._respondents)
        for turn in itertools.count():
            for place, customer in enumerate(self._customers):
                yield True, customer, f"/v1/customers/{quote(customer)}/satisfaction"
                if place % 6 == 0:
                    respondent = next(respondents)
                    yield True, respondent, f"/v1/respondents/{respondent}/results/latest"
                if place % 12 == 5:
                    unseen = f"unseen-{number}-{turn}-{place}"
                    yield False, unseen, f"/v1/customers/{unseen}/satisfaction"

    def _run(self, number: int) -> None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=LONGEST)
        ends, due = time.monotonic() + self._longest, time.monotonic() + number * PACE / THREADS
        for known, owner, path in self._paths(number):
            if self._stop.wait(max(0.0, due - time.monotonic())) or time.monotonic() > ends:
                break
            # Late by an answer's time: whoever waited does not make up for it with a burst.
            due = max(due + PACE, time.monotonic())
            self._ask(connection, path, owner, known=known)
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, path: str, owner: Owner, *, known: bool) -> None:
        begun, resent = time.perf_counter(), 0
        while True:
            kept = connection.sock is not None
            try:
                connection.request("GET", path, headers=self._headers)
                reply = connection.getresponse()
                verdict = _verdict(reply, reply.read(), owner, known=known)
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
        self._count(verdict, time.perf_counter() - begun, resent)

    def _count(self, verdict: str, seconds: float, resent: int) -> None:
        with self._lock:
            seen = self._seen
            seen.sent += 1
            seen.resent += resent
            seen.times.append(seconds)
            seen.ok += verdict in {"fresh", "stale"}
            seen.stale += verdict == "stale"
            seen.told_to_wait += verdict == "wait"
            if verdict not in {"fresh", "stale", "wait"}:
                seen.failures[verdict] += 1


def _is_of(owner: Owner, document: dict[str, Any]) -> bool:
    """Whether a summary, or the newest result of a respondent, is the one asked for."""
    if isinstance(owner, str):
        return bool(document["customer_id"] == owner)
    return not document["latest"] or bool(document["latest"]["respondent_id"] == owner)


def _verdict(reply: http.client.HTTPResponse, body: bytes, owner: Owner, *, known: bool) -> str:
    """`fresh`, `stale`, `wait`, or what was wrong with the answer."""
    if reply.status == UNAVAILABLE and reply.headers["Retry-After"] and not known:
        return "wait"
    if reply.status != OK:
        return str(reply.status)
    document = json.loads(body)
    freshness = document["freshness"]
    told = reply.headers["Age"]
    if (None if told is None else int(told)) != freshness["age_seconds"]:
        return "two ages"
    if not _is_of(owner, document):
        return WRONG
    if known and not document.get("latest"):
        return EMPTIED
    return str(freshness["state"])
