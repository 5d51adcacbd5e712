"""The running service: how soon a change shows, how fast reads are while Netigate is away, and what idling costs."""

from __future__ import annotations

import json
import random
import re
import selectors
import socket
import statistics
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench import population, processes, wrk
from bench.table import AT_MOST, Report, Row
from tests.harness.service import Service, account
from tests.harness.simulator import SimulatorProcess

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = "full"  # a caller of tests.harness.service
INTERVAL = 5
CARDS = 50
WINDOW = 1.0  # seconds of load for each point of the outage
ASK = wrk.Ask("/v1/customers/", "/satisfaction", 200, name="C-1%03d", headers=(("Authorization", f"Bearer {KEY}"),))


def run_service(netigate: SimulatorProcess, **more: str) -> Service:
    options = {"RATE_LIMIT": "10000000", "RECONCILE_INTERVAL_SECONDS": "3600", **more}
    return Service(**account(netigate, **options))


def visible(report: Report, *, changes: int) -> None:
    """Time from the moment that an answer is given to the first read that shows it."""
    rng, waits = random.Random(8), []
    with (
        SimulatorProcess(customers=200) as netigate,
        run_service(netigate, SWEEP_INTERVAL_SECONDS=str(INTERVAL)) as ours,
    ):
        for number in range(changes):
            time.sleep(rng.uniform(0, INTERVAL))  # at any moment of the sweep's round
            customer = f"N-{number}"
            netigate.add(customer=customer, answers={31: "Missnöjd"})
            began = time.monotonic()
            while not ours.summary(customer)["answered"]:
                if time.monotonic() - began > 10 * INTERVAL:
                    raise RuntimeError("a change never showed")
                time.sleep(0.02)
            waits.append(time.monotonic() - began)
    spread = f"median {statistics.median(waits):.1f} s, longest {max(waits):.1f} s"
    more = f"{changes} changes, sweeps every {INTERVAL} s: {spread}"
    report.add(Row("a change upstream → visible", "the interval +", max(waits) - INTERVAL, AT_MOST, 1, " s", more))


def outage(report: Report, *, windows: int) -> None:
    """p99 of reads before, while and after Netigate hangs."""
    points: list[tuple[float, float]] = []
    marks: list[float] = []
    with (
        SimulatorProcess(customers=200) as netigate,
        run_service(netigate, SWEEP_INTERVAL_SECONDS="2", FRESH_FOR_SECONDS="4") as ours,
    ):
        wrk.run(ours.url, ASK, 2, seed=99)
        began = time.monotonic()
        for number in range(3 * windows):
            if number == windows:
                netigate.fault("slow", delay=20)
                marks.append(time.monotonic() - began)
            if number == 2 * windows:
                marks.append(time.monotonic() - began)
                netigate.lift()
            load = wrk.run(ours.url, ASK, WINDOW, seed=number + 1)
            points.append((time.monotonic() - began, load.p99 * 1000))
    before, during = (statistics.median(p for _, p in points[at : at + windows]) for at in (0, windows))
    more = f"p99 {during:.1f} ms while every call to Netigate takes 20 s, {before:.1f} ms before"
    report.add(Row("reads while Netigate hangs, p99", "before", during / before, AT_MOST, 1.5, " ×", more))
    report.series["outage"] = {"points": points, "away": marks}


def idle(report: Report, *, seconds: float) -> None:
    """Memory of a web worker that has answered, and of the sweeper; processor time of both while idle."""
    with processes.valkey() as (url, _):
        population.fill(url, 100)
        with processes.ours(url) as web:
            for number in range(40):
                web.get(f"/v1/customers/{population.customer(number)}/satisfaction")
            size = max(processes.resident(pid) for pid in web.workers) / 10**6
            before = {pid: processes.processor(pid) for pid in web.workers}
            time.sleep(seconds)
            share = max((processes.processor(pid) - before[pid]) / seconds for pid in before)
    more = f"{share:.2%} of a core when nobody asks"
    report.add(Row("a web worker that has answered", "–", size, AT_MOST, 80, " MB", more, headline=True))
    with SimulatorProcess(customers=200) as netigate, run_service(netigate, SWEEP_INTERVAL_SECONDS="60") as ours:
        time.sleep(3)  # ready means swept; the rest of its start ends
        found = {pid: line for pid, line in ours.children.items() if re.search(r"service\.cli worker", line)}
        sizes = [processes.resident(pid) / 10**6 for pid, line in found.items() if "setpriv" not in line]
        before = {pid: processes.processor(pid) for pid in found}
        time.sleep(seconds)
        share = max((processes.processor(pid) - before[pid]) / seconds for pid in before)
    more = f"holds the vocabularies of every language; {share:.2%} of a core between sweeps"
    report.add(Row("the sweeper after a sweep", "–", max(sizes), AT_MOST, 120, " MB", more, headline=True))


def cards(report: Report, *, rounds: int) -> None:
    """CARDS cards opened at one moment, each on a connection of its own, compared with one alone."""
    with processes.valkey() as (url, _):
        population.fill(url, 1000)
        with processes.ours(url) as web:
            together, alone = [], []
            for number in range(rounds):
                asked = [population.customer((number * CARDS + place) % 1000) for place in range(CARDS)]
                times = at_once(web.address, asked)
                if number:  # the first one warms up
                    together += times
                for customer in asked[:10]:
                    alone += at_once(web.address, [customer])
    one, many = (p99(times) * 1000 for times in (alone, together))
    more = f"p99 {many:.1f} ms, one card {one:.1f} ms; {many / CARDS:.2f} ms of waiting for each card before"
    report.add(
        Row(f"{CARDS} cards opened at once, p99", "one card", many / one, AT_MOST, 15, " ×", more, headline=True)
    )


def p99(times: Sequence[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.99))]


def at_once(address: str, customers: Sequence[str]) -> list[float]:
    """Seconds from each request to its whole answer; all requests are sent before any answer is read."""
    parts = urlsplit(address)
    found: list[float] = []
    with selectors.DefaultSelector() as selector:
        sockets = [socket.create_connection((parts.hostname or "", parts.port or 0)) for _ in customers]
        for each, customer in zip(sockets, customers, strict=True):
            request = (
                f"GET /v1/customers/{customer}/satisfaction HTTP/1.1\r\nHost: bench\r\n"
                f"Authorization: Bearer {processes.KEY}\r\nConnection: close\r\n\r\n"
            )
            selector.register(each, selectors.EVENT_READ, [time.perf_counter(), b""])
            each.sendall(request.encode())
        deadline = time.monotonic() + 30
        while selector.get_map() and time.monotonic() < deadline:
            for key, _ in selector.select(1):
                piece = key.fileobj.recv(65536)
                key.data[1] += piece
                if not piece:
                    found.append(time.perf_counter() - key.data[0])
                    assert key.data[1].startswith(b"HTTP/1.1 200"), key.data[1][:200]
                    assert json.loads(key.data[1].partition(b"\r\n\r\n")[2])
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
    assert len(found) == len(customers)
    return found
