"""500 readers at once, over four processes, of somebody whom no sweep has brought yet."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.harness.http import herd
from tests.harness.service import Unready, account
from tests.harness.simulator import SURVEYS, SimulatorProcess

READERS = 500
RESPONDENT, SETS = 501, {8001, 9001}  # the simulator's fixed story


@pytest.fixture(scope="module")
def netigate():
    with SimulatorProcess(customers=2000) as process:
        for survey in SURVEYS:
            process.survey(survey, order="reversed")  # the story's sets are on the last of many pages
        # No page is late enough to be given up, and no sweep reaches its end.
        process.fault("held", path="answersWithData", delay=20)
        yield process


@pytest.fixture(scope="module")
def service(netigate):
    # A budget that also a busy machine keeps, so that every reader gets the fetch's own answer.
    options = {"WEB_CONCURRENCY": "4", "WEB_THREADS": "8", "RATE_LIMIT": "0", "READ_BUDGET_SECONDS": "30"}
    with Unready(**account(netigate, **options)) as running:
        yield running
        netigate.lift()


def together(url, paths):
    return [(status, json.loads(body)) for status, body, _ in herd(url, paths)]


def asked(netigate):
    """What was asked for readers, path by path."""
    journal = netigate.requests(last=1000)["requests"]
    paths = [entry["path"].split("?")[0] for entry in journal]
    return Counter(path for path in paths if "/answers/" in path)


def test_a_herd_costs_one_fetch_of_each_survey(netigate, service):
    replies = together(service.url, [f"/v1/respondents/{RESPONDENT}/results"] * READERS)
    assert Counter(status for status, _ in replies) == {200: READERS}
    for _, document in replies:
        assert {result["answer_set_id"] for result in document["results"]} == SETS
    counts = asked(netigate)
    assert {path for path in counts if "respondent" in path} == {
        f"/surveys/{survey}/answers/respondent/{RESPONDENT}" for survey in SURVEYS
    }
    assert set(counts.values()) == {1}, counts


def test_a_herd_of_somebody_who_has_answered_nothing_costs_the_same(netigate, service):
    nobody = netigate.enlist("C-nobody")
    netigate.clear_requests()
    replies = together(service.url, [f"/v1/respondents/{nobody}/results/latest"] * 100)
    assert Counter((status, document["latest"]) for status, document in replies) == {(200, None): 100}
    assert set(asked(netigate).values()) == {1}
    assert len(asked(netigate)) == len(SURVEYS)


def test_a_customer_is_answered_all_the_while_and_told_how_old_that_is(service):
    document = service.summary("C-nobody")
    assert (document["latest"], document["freshness"]["state"], document["freshness"]["as_of"]) == (None, "stale", None)
