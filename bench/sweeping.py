"""A first sweep of many answer sets, two surveys in two processes, until customers are served.

Netigate's replies are in files, made from the simulator's replies; the client's own session reads them. So the time is
that of our own work, the store's, and the reading of files.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import orjson
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from bench import population, processes
from bench.table import Report, Row
from service.app import lexicon_files
from service.clock import SystemClock
from service.netigate.client import PAGE_SIZE, NetigateClient
from service.netigate.transport import Transport, open_session
from service.store.connection.clients import connect
from service.store.redis_store import redis_store
from service.survey.scoring.scorer import Scorer
from service.sweeping.change_feed import ChangeFeed, ChangeOptions
from service.sweeping.sweep import Sweeper, SweepOptions
from tests.harness.processes import start
from tests.harness.simulator import CONTACT_LABEL, CUSTOMER_LABEL, GERMAN, SWEDISH, SimulatorProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

SWEPT = (SWEDISH, GERMAN)
RECORDED_CUSTOMERS = 300
LEASE_SECONDS = 3600


class Filed(HTTPAdapter):
    """Answers requests for pages from files; sends all other requests."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def send(self, request: requests.PreparedRequest, *arguments: Any, **more: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        if not parts.path.endswith("/answersWithData"):
            return super().send(request, *arguments, **more)
        survey, page = parts.path.split("/")[-2], parse_qs(parts.query)["page"][0]
        body = io.BytesIO((self._folder / f"{survey}-{page}").read_bytes())
        kind = {"Content-Type": "application/json"}
        return self.build_response(request, HTTPResponse(body, kind, status=200, preload_content=False))


def recorded(netigate: SimulatorProcess, survey: int) -> list[dict[str, Any]]:
    """All answer sets of the simulator's survey."""
    first = netigate.get(f"/surveys/{survey}/answersWithData", page=1).json()
    pages = [
        netigate.get(f"/surveys/{survey}/answersWithData", page=n).json() for n in range(2, first["TotalPages"] + 1)
    ]
    return [each for page in (first, *pages) for each in page["AnswerSets"]]


def copies(sets: list[dict[str, Any]], wanted: int, first: int) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Copies of the recorded sets, each round of other people, with ids from `first` on; each with its customer."""
    for number in range(wanted):
        turn, place = divmod(number, len(sets))
        each, identifier, customer = sets[place], first + number, None
        answers = []
        for at, answer in enumerate(each["Answers"]):
            text = answer["AnswerText"]
            if answer["QuestionText"] == CUSTOMER_LABEL:
                text = customer = f"{text}-{turn}"
            new = {"AnswerId": identifier * 20 + at, "AnswerSet": identifier, "AnswerText": text}
            answers.append({**answer, **new})
        respondent = each["Respondent"] and each["Respondent"] + turn * 1_000_000
        yield {**each, "AnswerSetId": identifier, "Respondent": respondent, "Answers": answers}, customer


def write(folder: Path, survey: int, sets: list[dict[str, Any]], wanted: int) -> str:
    """Write a survey's pages. Returns the last customer with a finished answer set in them."""
    total, page, last = -(-wanted // PAGE_SIZE), [], ""
    made = copies(sets, wanted, (1 + SWEPT.index(survey)) * 10_000_000)
    for number, (each, customer) in enumerate(made, 1):
        page.append(each)
        finished = each["Completed"] and customer
        last = customer if finished else last
        if number % PAGE_SIZE == 0 or number == wanted:
            at = -(-number // PAGE_SIZE)
            body = orjson.dumps({"Page": at, "TotalPages": total, "AnswerSets": page})
            (folder / f"{survey}-{at}").write_bytes(body)
            page.clear()
    # After a full last page, the sweep asks for one more.
    (folder / f"{survey}-{total + 1}").write_bytes(
        orjson.dumps({"Page": total + 1, "TotalPages": total, "AnswerSets": []})
    )
    return last


def measure(report: Report, *, sets: int, rounds: int) -> None:
    ratios, paces = [], []
    with (
        tempfile.TemporaryDirectory(prefix="nr-bench-") as name,
        SimulatorProcess(customers=RECORDED_CUSTOMERS) as netigate,
    ):
        folder = Path(name)
        last = [write(folder, survey, recorded(netigate, survey), sets // 2) for survey in SWEPT]
        pages = sorted(folder.iterdir())
        size = sum(path.stat().st_size for path in pages) / 2**20
        for _ in range(rounds):
            before = reading(pages)
            took = served(folder, netigate, last)
            ratios.append(statistics.mean((before, reading(pages))) / took)
            paces.append(sets / took)
    more = f"{size:,.0f} MiB in {len(pages):,} pages; {statistics.median(paces):,.0f} sets a second"
    what = f"{sets:,} answer sets from a first sweep to served, two processes"
    report.add(Row(what, "json.loads of the pages", statistics.median(ratios), goal=0.04, more=more, headline=True))


def reading(pages: list[Path]) -> float:
    """Seconds that json.loads takes for all pages; reading the files is not counted."""
    took = 0.0
    for path in pages:
        body = path.read_bytes()
        began = time.perf_counter()
        json.loads(body)
        took += time.perf_counter() - began
    return took


def served(folder: Path, netigate: SimulatorProcess, last: list[str]) -> float:
    """Seconds from the start of both processes until each survey's last customer is answered over HTTP."""
    listed = ",".join(map(str, SWEPT))
    with processes.valkey() as (url, _), processes.ours(url, NETIGATE_SURVEYS=listed) as web:
        began = time.perf_counter()
        command = [sys.executable, "-m", "bench.sweeping", url, netigate.base_url, netigate.key, str(folder)]
        sweeps = [start([*command, survey], processes.environment()) for survey in SWEPT]
        failed = [sweep.wait() for sweep in sweeps]
        if any(failed):
            raise RuntimeError("a sweep ended early")
        for customer in last:
            while not json.loads(web.get(f"/v1/customers/{customer}/satisfaction")[2])["answered"]:
                time.sleep(0.02)
        return time.perf_counter() - began


def sweep(url: str, base_url: str, key: str, folder: Path, survey: int) -> None:
    """The first sweep of one survey."""
    clock = SystemClock()
    store = redis_store(connect(url, timeout=30), population.keys(), clock)
    session = open_session(key)
    session.mount(base_url, Filed(folder))
    client = NetigateClient(Transport(session, base_url, clock), clock)
    changes = ChangeFeed(store, ChangeOptions(), SWEPT, clock)
    options = SweepOptions(CUSTOMER_LABEL, CONTACT_LABEL, 120.0)
    lease = store.control.take_lease(survey, LEASE_SECONDS)
    assert lease
    Sweeper(client, store, Scorer(lexicon_files.load()), changes, options, clock).sweep(survey, lease)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for argument in ("url", "base_url", "key"):
        parser.add_argument(argument)
    parser.add_argument("folder", type=Path)
    parser.add_argument("survey", type=int)
    given = parser.parse_args()
    sweep(given.url, given.base_url, given.key, given.folder, given.survey)
