"""What a sweep costs beside reading its pages as JSON: recorded pages of the simulator, filed into a real server."""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import redis

from bench import processes
from bench.table import Report, Row
from service.app import lexicon_files as lexicons
from service.clock import SystemClock
from service.netigate import wire
from service.netigate.client import NetigateClient
from service.netigate.protocol import Route, judge
from service.netigate.transport import Transport, open_session
from service.store.connection.clients import connect
from service.store.keys import Keys
from service.store.redis_store import redis_store
from service.survey.scoring.scorer import Scorer
from service.sweeping.change_feed import ChangeFeed, ChangeOptions
from service.sweeping.sweep import Sweeper, SweepOptions
from tests.harness.simulator import CONTACT_LABEL, CUSTOMER_LABEL, SURVEYS, SimulatorProcess

if TYPE_CHECKING:
    from service.ports import AnswerPage
    from service.survey.model import Survey


@dataclass(frozen=True)
class Recorded:
    """An upstream whose replies are there already, as bytes; read by the client's own code."""

    trees: dict[int, Survey]
    names: dict[int, dict[int, str]]
    pages: dict[int, list[bytes]]

    def survey(self, survey_id: int) -> Survey:
        return self.trees[survey_id]

    def labels(self, survey_id: int) -> dict[int, str]:
        return self.names[survey_id]

    def answer_page(self, survey_id: int, page: int, *, updated: datetime | None = None) -> AnswerPage:  # noqa: ARG002
        body = self.pages[survey_id][page - 1]
        data = judge(Route.ANSWERS_WITH_DATA, 200, {}, body, datetime.now(UTC))
        return wire.answer_page(data, survey_id, page)

    @property
    def bodies(self) -> list[bytes]:
        return [body for pages in self.pages.values() for body in pages]


def record(customers: int) -> Recorded:
    clock = SystemClock()
    with SimulatorProcess(customers=customers) as netigate:
        client = NetigateClient(Transport(open_session(netigate.key), netigate.base_url, clock), clock)
        pages = {}
        for survey in SURVEYS:
            first = netigate.get(f"/surveys/{survey}/answersWithData", page=1)
            total = first.json()["TotalPages"]
            rest = [netigate.get(f"/surveys/{survey}/answersWithData", page=n).content for n in range(2, total + 1)]
            pages[survey] = [first.content, *rest]
        trees = {survey: client.survey(survey) for survey in SURVEYS}
        return Recorded(trees, {survey: client.labels(survey) for survey in SURVEYS}, pages)


def measure(report: Report, *, customers: int, rounds: int) -> None:
    recorded = record(customers)
    scorer = Scorer(lexicons.load())
    plain, swept, sets = [], [], 0
    busy: list[float] = []  # of our processor time and the server's, json.loads' share
    with processes.valkey() as (url, server), redis.Redis.from_url(url) as node:
        for _round in range(rounds + 1):  # the first one warms up
            node.flushall()
            began, ours = time.perf_counter(), time.process_time()
            for body in recorded.bodies:
                json.loads(body)
            plain.append(time.perf_counter() - began)
            loading = time.process_time() - ours
            began, ours, theirs = time.perf_counter(), time.process_time(), processes.processor(server)
            sets = sweep_all(url, recorded, scorer)
            swept.append(time.perf_counter() - began)
            busy.append(loading / (time.process_time() - ours + processes.processor(server) - theirs))
    ratio = statistics.median(p / s for p, s in zip(plain[1:], swept[1:], strict=True))
    size = sum(map(len, recorded.bodies)) / 2**20
    pace = sets / statistics.median(swept[1:])
    more = (
        f"{sets:,} answer sets, {size:.1f} MiB in {len(recorded.bodies)} pages; {pace:,.0f} sets a second; "
        f"{statistics.median(busy[1:]):.3f} by processor time of both processes"
    )
    report.add(Row("sweeping recorded pages into Redis", "json.loads of them", ratio, goal=0.04, more=more))


def sweep_all(url: str, recorded: Recorded, scorer: Scorer) -> int:
    """Every survey's first sweep, one after the other; how many sets were seen."""
    clock = SystemClock()
    store = redis_store(connect(url, timeout=10), Keys("bench"), clock)
    changes = ChangeFeed(store, ChangeOptions(), SURVEYS, clock)
    options = SweepOptions(CUSTOMER_LABEL, CONTACT_LABEL, 120.0)
    sweeper = Sweeper(recorded, store, scorer, changes, options, clock)
    seen = 0
    for survey in SURVEYS:
        lease = store.control.take_lease(survey, 600)
        assert lease
        seen += sweeper.sweep(survey, lease).seen
    return seen
