"""How many calls to the upstream a herd of cold readers over four web processes causes: with ours and with others.

Run by `python -m bench.herd`, and by `make bench` through `measure(report)`.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from bench import processes
from bench.table import AT_MOST, Report, Row
from tests.harness import http
from tests.harness.processes import free_port, process
from tests.harness.service import Unready, account
from tests.harness.simulator import SURVEYS, SimulatorProcess
from tests.harness.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

READERS, READERS_SHORT = 500, 200
WEB_PROCESSES, WEB_THREADS = 4, 8
UPSTREAM_SECONDS = 0.2  # of one call: a quick Netigate
RESPONDENT = 501
LIBRARIES = ("flask-caching", "requests-cache", "dogpile.cache")


class Upstream:
    """Answers after UPSTREAM_SECONDS, and counts the calls."""

    def __init__(self) -> None:
        self.asked = 0
        self._lock = threading.Lock()

    def __call__(self, _environ: object, start_response: Callable[..., object]) -> list[bytes]:
        with self._lock:
            self.asked += 1
        time.sleep(UPSTREAM_SECONDS)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'{"score": 0.0}']


def all_at_once(url: str, path: str, readers: int) -> tuple[Counter[int], float, list[bytes]]:
    """All readers ask for the same path. Returns the statuses, the slowest answer's seconds, and the bodies."""
    found = http.herd(url, [path] * readers)
    return Counter(status for status, _, _ in found), max(took for _, _, took in found), [body for _, body, _ in found]


def of_library(library: str, url: str, readers: int) -> tuple[int, float]:
    """How many calls the herd caused with a library, and the slowest answer's seconds."""
    upstream, port = Upstream(), free_port()
    argv = [
        processes.BENCH_PYTHON, "-m", "gunicorn", "--worker-class=gthread", f"--workers={WEB_PROCESSES}",
        f"--threads={WEB_THREADS}", f"--bind=127.0.0.1:{port}", "--no-control-socket", "--log-level=error",
        "bench.contenders.herd:app",
    ]  # fmt: skip
    with http.served(upstream) as address:
        named = {"HERD_UPSTREAM": address, "HERD_LIBRARY": library}
        with process(argv, processes.environment(REDIS_URL=url, **named)):
            at = f"http://127.0.0.1:{port}"
            until(lambda: http.answers(f"{at}/first"), seconds=60, what=library)
            for turn in range(4 * WEB_PROCESSES):  # every process has loaded what it needs
                all_at_once(at, f"/warm-{turn}", 4)
            upstream.asked = 0
            statuses, slowest, _ = all_at_once(at, "/cold", readers)
            assert statuses == {200: readers}, statuses
            return upstream.asked, slowest


def of_ours(readers: int) -> tuple[Counter[str], float, int]:
    """Calls that the herd caused with ours, by path; the slowest answer's seconds; how many readers got the answer."""
    with SimulatorProcess(customers=2000) as netigate:
        for survey in SURVEYS:
            netigate.survey(survey, order="reversed")
        netigate.fault("held", path="answersWithData", delay=20)  # no first sweep ends
        netigate.fault("slow", path="/answers/", delay=UPSTREAM_SECONDS)
        options = {"WEB_CONCURRENCY": str(WEB_PROCESSES), "WEB_THREADS": str(WEB_THREADS), "RATE_LIMIT": "0"}
        with Unready(**account(netigate, **options)) as service:
            try:
                for turn in range(4 * WEB_PROCESSES):
                    all_at_once(service.url, f"/v1/customers/warm-{turn}/satisfaction", 4)
                statuses, slowest, bodies = all_at_once(service.url, f"/v1/respondents/{RESPONDENT}/results", readers)
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
