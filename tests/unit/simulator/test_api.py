"""The documented reads, as the fact sheet has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests

from service.simulator.http.journal import OTHER, template_of
from tests.harness.simulator import GERMAN, SURVEYS, SWEDISH
from tests.unit.simulator.inside import NOW

from .reading import pages

FIELDS = {
    "/surveys": "SurveyId Created Account Name Language StartDate EndDate Category Activated",
    f"/surveys/{SWEDISH}": "SurveyId Created Account Name Language StartDate EndDate Category Activated",
    f"/surveys/{SWEDISH}/questions": "QuestionId Order Text Description QuestionItems",
    f"/surveys/{SWEDISH}/answers": "AnswerSetId Created Survey Respondent Completed Updated Answers",
    f"/surveys/{SWEDISH}/answersWithData": "Page TotalPages AnswerSets",
    f"/surveys/{SWEDISH}/answers/9001": "AnswerSetId Created Survey Respondent Completed Updated Answers",
    f"/surveys/{SWEDISH}/answers/respondent/501": "AnswerSetId Created Survey Respondent Completed Updated Answers",
    f"/surveys/{SWEDISH}/sendouts": "SendoutId Survey Primary Reminders",
    f"/surveys/{SWEDISH}/sendouts/47111": "SendoutId Survey Primary Reminders",
    f"/surveys/{SWEDISH}/sendouts/47111/respondents": "RespondentId Email Password SurveyURL",
    f"/surveys/{SWEDISH}/sendouts/47111/labels": "BGDataLabelId Document Name Type Options",
    "/bgdata/bgdocuments": "BGDocumentId Created Name Description Labels",
    "/bgdata/bgdocuments/700/labels": "BGDataLabelId Document Name Type Options",
}


@pytest.mark.parametrize(("path", "fields"), FIELDS.items())
def test_each_read_answers_json_with_the_documented_fields(unchanged, path, fields):
    reply = unchanged.get(path)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    content = reply.json()
    assert set((content[0] if isinstance(content, list) else content).keys()) == set(fields.split())


@pytest.mark.parametrize("path", FIELDS)
@pytest.mark.parametrize("headers", [{}, {"X-API-KEY": "wrong"}, {"X-API-KEY": ""}])
def test_without_the_key_nothing_is_told(unchanged, path, headers):
    reply = requests.get(unchanged.base_url + path, headers=headers, timeout=10)
    assert (reply.status_code, reply.json()["StatusCode"], set(reply.json())) == (401, 401, {"StatusCode", "Message"})


@pytest.mark.parametrize(
    "path",
    [
        "/surveys/1",
        "/surveys/1/questions",
        "/surveys/1/answers",
        "/surveys/1/answersWithData",
        "/surveys/1/answers/9001",
        "/surveys/1/answers/respondent/501",
        "/surveys/1/sendouts",
        f"/surveys/{SWEDISH}/answers/1",
        f"/surveys/{GERMAN}/answers/9001",
        f"/surveys/{SWEDISH}/sendouts/1",
        f"/surveys/{SWEDISH}/sendouts/47121/labels",
        "/bgdata/bgdocuments/1/labels",
        "/nothing",
    ],
)
def test_what_does_not_exist_is_404_in_json(unchanged, path):
    reply = unchanged.get(path)
    assert (reply.status_code, reply.json()["StatusCode"]) == (404, 404)


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"pagesize": "0"},
        {"completed": "maybe"},
        {"updated": "yesterday"},
        {"updated": "2026-01-01T00:00:00Z", "from": "2026-01-01T00:00:00Z"},
        {"updated": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_bad_query_is_400(unchanged, query):
    reply = unchanged.get(f"/surveys/{SWEDISH}/answersWithData", **query)
    assert (reply.status_code, reply.json()["StatusCode"]) == (400, 400)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/surveys/{SWEDISH}/copy"),
        ("POST", "/surveys"),
        ("PUT", f"/surveys/{SWEDISH}"),
        ("DELETE", f"/surveys/{SWEDISH}/answers/9001"),
        ("PATCH", f"/surveys/{SWEDISH}"),
        ("POST", f"/surveys/{SWEDISH}/sendouts/47111/respondents"),
        ("POST", "/bgdata/bgdocuments/700/rows/501"),
    ],
)
def test_writes_change_nothing_and_are_recorded(netigate, method, path):
    before = netigate.truth()
    reply = requests.request(method, netigate.base_url + path, headers={"X-API-KEY": netigate.key}, json={}, timeout=10)
    assert reply.status_code in {404, 405}
    assert reply.json()["StatusCode"] == reply.status_code
    assert netigate.truth() == before
    assert [(one["method"], one["path"], one["status"]) for one in netigate.violations] == [
        (method, path, reply.status_code)
    ]


def test_reads_are_no_violations(unchanged):
    unchanged.clear_requests()
    for path in FIELDS:
        unchanged.get(path)
        assert template_of(path) != OTHER
    assert unchanged.violations == []


@pytest.mark.parametrize("size", [1, 7, 100, 5000])
def test_pages_hold_every_set_once(unchanged, size):
    found = pages(unchanged, GERMAN, pagesize=size)
    assert [one["AnswerSetId"] for one in found] == [one["set"] for one in unchanged.truth() if one["survey"] == GERMAN]


def test_a_page_after_the_last_is_empty(unchanged):
    page = unchanged.get(f"/surveys/{SWEDISH}/answersWithData", page=99).json()
    assert (page["Page"], page["AnswerSets"]) == (99, [])
    assert page["TotalPages"] > 1


def test_list_and_respondents_route_come_without_answers(unchanged):
    listed = unchanged.get(f"/surveys/{SWEDISH}/answers").json()
    assert {one["AnswerSetId"] for one in listed} == {one["AnswerSetId"] for one in pages(unchanged, SWEDISH)}
    of_one = unchanged.get(f"/surveys/{SWEDISH}/answers/respondent/501").json()
    assert [one["AnswerSetId"] for one in of_one] == [8001, 9001]
    assert all(one["Answers"] == [] for one in listed + of_one)


@pytest.mark.parametrize("respondent", [999_999, 0])
def test_an_unknown_respondent_has_an_empty_list(unchanged, respondent):
    reply = unchanged.get(f"/surveys/{SWEDISH}/answers/respondent/{respondent}")
    assert (reply.status_code, reply.json()) == (200, [])


def date(text):
    return datetime.fromisoformat(text)


WHEN = datetime.fromtimestamp(NOW, UTC) - timedelta(days=40)
NARROWINGS = {
    "updated": ({"updated": WHEN.isoformat()}, lambda one: date(one["Updated"]) >= WHEN),
    "from": ({"from": WHEN.strftime("%Y-%m-%dT%H:%M:%SZ")}, lambda one: date(one["Created"]) >= WHEN),
    "to": (
        {"to": WHEN.strftime("%Y-%m-%d")},
        lambda one: date(one["Created"]) < WHEN.replace(hour=0, minute=0, second=0),
    ),
    "completed": ({"completed": "true"}, lambda one: one["Completed"] is not None),
    "not only completed": ({"completed": "false"}, lambda one: True),
}


@pytest.mark.parametrize("name", NARROWINGS)
@pytest.mark.parametrize("survey", SURVEYS)
def test_narrowing(unchanged, survey, name):
    query, fits = NARROWINGS[name]
    everything = pages(unchanged, survey)
    expected = [one["AnswerSetId"] for one in everything if fits(one)]
    assert [one["AnswerSetId"] for one in pages(unchanged, survey, **query)] == expected
    listed = unchanged.get(f"/surveys/{survey}/answers", **query).json()
    assert [one["AnswerSetId"] for one in listed] == expected
    assert 0 < len(expected) < len(everything) or name == "not only completed"


def test_connections_are_kept_alive(unchanged):
    with requests.Session() as session:
        for _ in range(3):
            reply = session.get(f"{unchanged.base_url}/surveys", headers={"X-API-KEY": unchanged.key}, timeout=10)
            assert reply.headers.get("Connection") != "close"
        assert [adapter.poolmanager.pools.keys() != [] for adapter in session.adapters.values()]


def test_head_has_no_body(unchanged):
    reply = requests.head(f"{unchanged.base_url}/surveys", headers={"X-API-KEY": unchanged.key}, timeout=10)
    assert (reply.status_code, reply.content) == (200, b"")
    unchanged.clear_requests()
