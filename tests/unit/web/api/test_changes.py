"""The feed and the standing list over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.fakes import START, make_set

DAY = timedelta(days=1)
LOW = "Mycket missnöjd"


@pytest.fixture
def told(web):
    house = web.house
    house.file(make_set(1, LOW, customer="C-1", contact="P-1", comment="Ring aldrig", respondent=1, at=START - 2 * DAY))
    house.file(make_set(2, "Mycket nöjd", customer="C-2", respondent=2, at=START - 2 * DAY))
    house.file(make_set(3, "Varken nöjd eller missnöjd", customer="C-2", respondent=2, at=START - DAY))
    house.file(make_set(4, recommend=2, answer=None, customer="C-3", respondent=3, at=START - 100 * DAY))
    return web


def ids(reply):
    return [change["customer_id"] for change in reply.json["changes"]]


def test_a_change_says_all_that_an_alert_needs(told):
    change = told.get("/v1/changes").json["changes"][0]
    assert change.pop("id")
    assert change.pop("detected_at").endswith("Z")
    assert change == {
        "kind": "first_low",
        "customer_id": "C-1",
        "contact_id": "P-1",
        "respondent_id": 1,
        "survey": {"id": 4711, "name": "Kundnöjdhet"},
        "answer_set_id": 1,
        "score": 0.0,
        "previous_score": None,
        "band": "very_dissatisfied",
        "score_kind": "satisfaction",
        "low_respondents": 1,
        "answered_at": "2026-11-21T12:00:00Z",
        "question": "Hur nöjd är du med oss?",
        "answer": LOW,
        "comments": ["Ring aldrig"],
    }


def test_comments_only_with_their_scope(told):
    assert "comments" not in told.get("/v1/changes", key="feed").json["changes"][0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["C-1", "C-2"]),
        ("kind=dropped", ["C-2"]),
        ("kind=dropped&kind=first_low", ["C-1", "C-2"]),
        ("band=very_dissatisfied", ["C-1"]),
        ("max_score=10", ["C-1"]),
        ("survey_id=4711", ["C-1", "C-2"]),
        ("survey_id=1", []),
        ("limit=1", ["C-1"]),
        ("since=now", []),
        ("since=2020-01-01", ["C-1", "C-2"]),
        ("since=2020-01-01T00:00:00%2B02:00", ["C-1", "C-2"]),
    ],
)
def test_filters(told, query, found):
    reply = told.get(f"/v1/changes?{query}")
    assert ids(reply) == found
    assert reply.json["cursor"]


def test_nothing_new_costs_a_304(told):
    cursor = told.get("/v1/changes").json["cursor"]
    first = told.get(f"/v1/changes?cursor={cursor}")
    assert (first.status_code, ids(first)) == (200, [])
    again = told.get(f"/v1/changes?cursor={cursor}", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    told.house.file(make_set(9, LOW, customer="C-9"))
    assert ids(told.get(f"/v1/changes?cursor={cursor}", If_None_Match=first.headers["ETag"])) == ["C-9"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=bad", "kind.0"),
        ("band=bad", "band.0"),
        ("max_score=101", "max_score"),
        ("max_score=nan", "max_score"),
        ("max_score=inf", "max_score"),
        ("max_score=1e999", "max_score"),
        ("max_score=%D9%A5", "max_score"),
        ("max_score=1_0", "max_score"),
        ("max_score=%205", "max_score"),
        ("max_score=", "max_score"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=1&limit=2", "limit"),
        ("survey_id=0", "survey_id"),
        ("since=yesterday", "since"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
    ],
)
def test_bad_input_names_its_field(told, query, field):
    reply = told.get(f"/v1/changes?{query}")
    assert reply.status_code == 422
    assert list(reply.json["errors"]) == [field]


def test_a_cursor_goes_before_since(told):
    """A poller may keep the address it began with."""
    cursor = told.get("/v1/changes?limit=1").json["cursor"]
    rest = told.get(f"/v1/changes?cursor={cursor}").json
    assert rest["changes"]
    for since in ("now", "2000-01-01T00:00:00Z"):
        assert told.get(f"/v1/changes?cursor={cursor}&since={since}").json == rest


def test_garbage_is_400_and_a_cursor_that_is_gone_410_that_says_how_to_go_on(told):
    cursor = told.get("/v1/changes").json["cursor"]
    assert told.get("/v1/changes?cursor=garbage").status_code == 400
    told.house.client.flushall()
    gone = told.get(f"/v1/changes?cursor={cursor}")
    assert gone.status_code == 410
    assert "cursor" in gone.json["detail"]


def test_the_low_list(told):
    reply = told.get("/v1/customers")
    assert reply.json == {
        "customers": [
            {
                "customer_id": "C-3",
                "band": "very_dissatisfied",
                "score": 20.0,
                "last_answered_at": "2026-08-15T12:00:00Z",
                "low_respondents": 1,
            },
            {
                "customer_id": "C-1",
                "band": "very_dissatisfied",
                "score": 0.0,
                "last_answered_at": "2026-11-21T12:00:00Z",
                "low_respondents": 1,
            },
        ][::-1],
        "cursor": None,
        "has_more": False,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("band=neutral", ["C-2"]),
        ("band=neutral&band=very_dissatisfied", ["C-1", "C-3", "C-2"]),
        ("max_score=10", ["C-1"]),
        ("silent_days=30", ["C-3"]),
        ("silent_days=0", ["C-1", "C-3", "C-2"]),
        ("silent_days=30&band=neutral", []),
    ],
)
def test_the_list_narrowed(told, query, found):
    assert [entry["customer_id"] for entry in told.get(f"/v1/customers?{query}").json["customers"]] == found


def test_the_list_in_pages(told):
    first = told.get("/v1/customers?limit=1").json
    assert [entry["customer_id"] for entry in first["customers"]] == ["C-1"]
    second = told.get(f"/v1/customers?limit=1&cursor={first['cursor']}").json
    assert ([entry["customer_id"] for entry in second["customers"]], second["cursor"]) == (["C-3"], None)


@pytest.mark.parametrize("query", ["silent_days=-1", "silent_days=x", "limit=501", "band=bad", "max_score=-1"])
def test_a_bad_query_of_the_list(told, query):
    assert told.get(f"/v1/customers?{query}").status_code == 422


@pytest.mark.parametrize("path", ["/v1/changes", "/v1/customers"])
def test_the_scope_is_needed(told, path):
    assert told.get(path, key="plain").status_code == 403
    assert told.get(path, key="wrong").status_code == 401
