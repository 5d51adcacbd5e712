"""A herd of cold readers over four web processes: how many calls it costs the upstream, ours and others'.

`python -m bench.herd` alone; a part of `make bench` as `measure(report)`.
"""

from __future__ import annotations

import http.client
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from bench import processes
from bench.table import AT_MOST, Report, Row
from tests.support.cluster import free_ports
from tests.support.fleet import Unready
from tests.support.service import account
from tests.support.simulator import SURVEYS, SimulatorProcess

READERS, READERS_SHORT = 500, 200
WEB_PROCESSES, WEB_THREADS = 4, 8
UPSTREAM_SECONDS = 0.2  # of one call: a quick Netigate
RESPONDENT = 501
LIBRARIES = ("flask-caching", "requests-cache", "dogpile.cache")


class Upstream(ThreadingHTTPServer):
    """Answers after a while and counts."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self) -> None:
        self.asked = 0
        self.lock = threading.Lock()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with upstream.lock:
                    upstream.asked += 1
                time.sleep(UPSTREAM_SECONDS)
                body = b'{"score": 0.0}'
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


def herd(url: str, path: str, readers: int, *, key: str = "full") -> tuple[Counter[int], float, list[bytes]]:
    """Everybody asks at one moment, each over a connection of its own; statuses, the slowest's seconds, bodies."""
    parts, gate = urlsplit(url), threading.Barrier(readers)

    def ask(_: int) -> tuple[int, float, bytes]:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        try:
            connection.connect()
            gate.wait(60)
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
            reply = connection.getresponse()
            body = reply.read()
            return reply.status, time.perf_counter() - begun, body
        finally:
            connection.close()

    with ThreadPoolExecutor(readers) as pool:
        found = list(pool.map(ask, range(readers)))
    return Counter(status for status, _, _ in found), max(seconds for _, seconds, _ in found), [b for _, _, b in found]


def of_library(library: str, url: str, readers: int) -> tuple[int, float]:
    """Calls that the herd cost by a library, and the slowest answer's seconds."""
    with Upstream() as upstream, tempfile.TemporaryDirectory(prefix="nr-herd-"):
        port = free_ports(1)[0]
        argv = [
            str(processes.BENCH_PYTHON), "-m", "gunicorn", "--worker-class=gthread", f"--workers={WEB_PROCESSES}",
            f"--threads={WEB_THREADS}", f"--bind=127.0.0.1:{port}", "--no-control-socket", "--log-level=error",
            "bench.contenders.herd:app",
        ]  # fmt: skip
        named = {"HERD_UPSTREAM": f"http://127.0.0.1:{upstream.server_address[1]}", "HERD_LIBRARY": library}
        with processes.process(argv, processes.environment(REDIS_URL=url, **named)):
            at = f"http://127.0.0.1:{port}"
            processes.await_that(lambda: _answers(at), library)
            for turn in range(4 * WEB_PROCESSES):  # every process has loaded what it needs
                herd(at, f"/warm-{turn}", 4)
            upstream.asked = 0
            statuses, slowest, _ = herd(at, "/cold", readers)
            assert statuses == {200: readers}, statuses
            return upstream.asked, slowest


def _answers(at: str) -> bool:
    parts = urlsplit(at)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", "/first")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def of_ours(readers: int) -> tuple[Counter[str], float, int]:
    """Calls by path that the herd cost us, the slowest answer's seconds, and how many readers got the answer."""
    with SimulatorProcess(customers=2000) as netigate:
        for survey in SURVEYS:
            netigate.survey(survey, order="reversed")
        netigate.fault("held", path="answersWithData", delay=20)  # no first sweep ends
        netigate.fault("slow", path="/answers/", delay=UPSTREAM_SECONDS)
        options = {"WEB_CONCURRENCY": str(WEB_PROCESSES), "WEB_THREADS": str(WEB_THREADS), "RATE_LIMIT": "0"}
        with Unready(**account(netigate, **options)) as service:
            try:
                for turn in range(4 * WEB_PROCESSES):
                    herd(service.url, f"/v1/customers/warm-{turn}/satisfaction", 4)
                statuses, slowest, bodies = herd(service.url, f"/v1/respondents/{RESPONDENT}/results", readers)
                assert statuses == {200: readers}, statuses
                journal = netigate.requests(last=2000)["requests"]
            finally:
                netigate.lift()
    calls = Counter(entry["path"].split("?")[0] for entry in journal if "/answers/" in entry["path"])
    return calls, slowest, sum(b'"answer_set_id":9001' in body for body in bodies)


def measure(report: Report) -> None:
    """Every library with the same herd, then ours."""
    readers = READERS_SHORT if report.short else READERS
    where = f"{readers} cold readers of one key, {WEB_PROCESSES} processes, upstream {UPSTREAM_SECONDS:g} s a call"
    for library in LIBRARIES:
        with processes.valkey() as (url, _):
            calls, slowest = of_library(library, url, readers)
        report.add(Row("upstream calls of a cold herd", library, calls, more=f"{where}; slowest {slowest:.2f} s"))
    calls, slowest, answered = of_ours(readers)
    respondent = {path: count for path, count in calls.items() if "respondent" in path}
    more = (
        f"of each of {len(respondent)} surveys, {max(calls.values())} of each answer set; slowest {slowest:.2f} s; "
        f"{answered} of {readers} got the answer, the others what the store had"
    )
    report.add(Row("upstream calls of a cold herd", "ours", max(respondent.values()), AT_MOST, 1, more=more))


if __name__ == "__main__":
    assert Path(processes.BENCH_PYTHON).exists(), "make bench sets .venv-bench up"
    measure(Report(short="--short" in sys.argv))
