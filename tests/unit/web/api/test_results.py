"""The HTTP contract's results routes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.web.contract import schemas
from tests.support import stores
from tests.support.fakes import START, make_set
from tests.support.house import House
from tests.unit.web.conftest import Web

DAY = timedelta(days=1)


@pytest.fixture
def filled(web):
    web.house.upstream.put(
        make_set(1, "Nöjd", at=START - 2 * DAY, contact="P-1"),
        make_set(2, "Mycket missnöjd", at=START - DAY, respondent=502, comment="privat"),
        make_set(3, "Nöjd", customer="C-2", respondent=600),
    )
    web.house.sweep()
    return web


PATHS = [
    ("/v1/customers/C-1/satisfaction", schemas.SummarySchema),
    ("/v1/customers/C-1/results", schemas.ResultsSchema),
    ("/v1/customers/C-1/results/latest", schemas.LatestResultSchema),
    ("/v1/respondents/502/results", schemas.ResultsSchema),
    ("/v1/respondents/502/results/latest", schemas.LatestResultSchema),
    ("/v1/customers/satisfaction?id=C-1&id=C-2", schemas.SummariesSchema),
]
FRESH = {"state": "fresh", "as_of": "2026-11-23T12:00:00Z", "age_seconds": 0, "refresh_after_seconds": 60}


@pytest.mark.parametrize(("path", "schema"), PATHS)
def test_a_read_is_as_documented_and_tells_its_age(filled, path, schema):
    filled.house.clock.advance(12)
    reply = filled.get(path)
    assert (reply.status_code, reply.content_type) == (200, "application/json")
    assert schema().validate(reply.json) == {}
    told = reply.json.get("freshness") or reply.json["customers"][0]["freshness"]
    assert told == {**FRESH, "age_seconds": 12, "refresh_after_seconds": 48}
    assert reply.headers["Age"] == "12"
    assert reply.headers["Cache-Control"] == "private, no-cache"
    assert reply.headers["Cache-Status"].startswith("netigate-results; hit")
    assert reply.headers["X-Request-ID"]
    assert "Authorization" in reply.headers["Vary"]


@pytest.mark.parametrize(("path", "schema"), PATHS)
def test_the_same_read_again_is_304_though_older(filled, path, schema):
    tag = filled.get(path).headers["ETag"]
    filled.house.clock.advance(30)
    again = filled.get(path, If_None_Match=tag)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Age"] == "30"
    assert filled.get(path, If_None_Match='W/"other"').status_code == 200


@pytest.mark.parametrize(("path", "schema"), PATHS[:3])
def test_a_new_answer_has_a_new_tag(filled, path, schema):
    tag = filled.get(path).headers["ETag"]
    filled.house.file(make_set(9, "Nöjd", at=START))
    filled.house.clock.advance(2)
    assert filled.get(path, If_None_Match=tag).status_code == 200


def test_a_summary(filled):
    document = filled.get("/v1/customers/C-1/satisfaction").json
    assert (document["score"], document["band"], document["answered"]) == (0.0, "very_dissatisfied", 2)
    assert document["trend"] is None, "the two answers are of two people"
    assert [low["respondent_id"] for low in document["low"]] == [502]
    assert document["latest"]["answers"][0]["answer"] == "Mycket missnöjd"


@pytest.mark.parametrize(("path", "_schema"), PATHS)
def test_comments_need_their_scope(filled, path, _schema):
    assert b"privat" in filled.get(path, "full").data
    assert b"privat" not in filled.get(path, "plain").data
    assert filled.get(path, "full").headers["ETag"] != filled.get(path, "plain").headers["ETag"]


def test_nobody_is_an_ordinary_answer(filled):
    reply = filled.get("/v1/customers/nobody/satisfaction")
    assert reply.status_code == 200
    assert (reply.json["latest"], reply.json["answered"], reply.json["score"]) == (None, 0, None)
    for path in ("/v1/customers/nobody/results", "/v1/respondents/999/results", "/v1/respondents/not-a-number/results"):
        assert filled.get(path).json["results"] == []
    assert filled.get("/v1/respondents/x/results/latest").json["latest"] is None


def test_several_customers_come_in_the_order_asked_with_doubles(filled):
    reply = filled.get("/v1/customers/satisfaction?id=C-2&id=nobody&id=C-1&id=C-2")
    assert [found["customer_id"] for found in reply.json["customers"]] == ["C-2", "nobody", "C-1", "C-2"]
    assert [found["score"] for found in reply.json["customers"]] == [75.0, None, 0.0, 75.0]


@pytest.mark.parametrize("who", ["customers/C-9", "respondents/777"])
def test_pages_link_to_the_next(web, who):
    web.house.file(*[make_set(n, customer="C-9", respondent=777, at=START + n * DAY) for n in range(1, 6)])
    found, path, pages = [], f"/v1/{who}/results?limit=2&survey_id=4711", 0
    while path:
        reply = web.get(path)
        found += [result["answer_set_id"] for result in reply.json["results"]]
        pages += 1
        link = reply.headers.get("Link")
        assert bool(link) == bool(reply.json["cursor"])
        path = f"/v1/{who}/results{link.split('>')[0][1:]}" if link else None
        assert link is None or link.endswith('; rel="next"')
    assert (found, pages) == ([5, 4, 3, 2, 1], 3)


def test_one_survey(two):
    assert [r["answer_set_id"] for r in two.get("/v1/customers/C-1/results?survey_id=4712").json["results"]] == [2]
    assert [r["answer_set_id"] for r in two.get("/v1/respondents/501/results?survey_id=4712").json["results"]] == [2]
    # Each answer is as fresh as the surveys that it draws on.
    assert two.get("/v1/customers/C-1/results?survey_id=4711").json["freshness"]["state"] == "fresh"
    assert two.get("/v1/customers/C-1/results?survey_id=4712").json["freshness"]["state"] == "stale"
    assert two.get("/v1/customers/C-1/satisfaction").json["freshness"]["state"] == "stale"


@pytest.fixture
def two(fake):
    house = House(fake, surveys=(4711, 4712))
    house.file(make_set(1))
    house.file(make_set(2, survey_id=4712, at=START + DAY))
    house.store.control.set_swept(4711, house.store.filer.now())
    return Web(house)


def test_stale_is_told_in_words_and_figures(filled):
    filled.house.clock.advance(500)
    reply = filled.get("/v1/customers/C-1/satisfaction")
    assert reply.json["freshness"]["state"] == "stale"
    assert reply.headers["Age"] == "500"
    assert "ttl=-320" in reply.headers["Cache-Status"]


def test_before_the_first_sweep_there_is_no_age(web):
    reply = web.get("/v1/customers/C-1/satisfaction")
    assert reply.json["freshness"] == {
        "state": "stale",
        "as_of": None,
        "age_seconds": None,
        "refresh_after_seconds": 5,
    }
    assert "Age" not in reply.headers


def test_the_surveys_that_are_served(two):
    two.house.sweep(4711)
    reply = two.get("/v1/surveys")
    assert schemas.SurveysSchema().validate(reply.json) == {}
    first, second = reply.json["surveys"]
    assert (first["id"], first["name"], first["language"], first["customer_label_found"]) == (
        4711,
        "Kundnöjdhet",
        "swe",
        True,
    )
    assert (second["id"], second["name"], second["question_items"], second["customer_label_found"]) == (
        4712,
        None,
        0,
        False,
    )


BAD = [
    ("/v1/customers/C-1/results?limit=0", 422, "limit"),
    ("/v1/customers/C-1/results?limit=101", 422, "limit"),
    ("/v1/customers/C-1/results?limit=ten", 422, "limit"),
    ("/v1/customers/C-1/results?limit=1.5", 422, "limit"),
    ("/v1/customers/C-1/results?limit=%D9%A3", 422, "limit"),
    ("/v1/customers/C-1/results?limit=1&limit=2", 422, "limit"),
    ("/v1/customers/C-1/results?survey_id=-1", 422, "survey_id"),
    ("/v1/customers/C-1/results?survey_id=99999999999999999999", 422, "survey_id"),
    ("/v1/respondents/501/results?survey_id=x", 422, "survey_id"),
    ("/v1/respondents/501/results?cursor=", 422, "cursor"),
    ("/v1/customers/satisfaction", 422, "id"),
    ("/v1/customers/satisfaction?id=", 422, "id.0"),
    ("/v1/customers/satisfaction?id=ok&id=" + "x" * 201, 422, "id.1"),
    ("/v1/customers/satisfaction?" + "id=x&" * 101, 422, "id"),
    ("/v1/customers/%20/satisfaction", 422, "id"),
    ("/v1/customers/" + "x" * 201 + "/satisfaction", 422, "id"),
    # Not UTF-8: "Åke" as Latin-1 writes it, a slash written too long, half a surrogate pair.
    *((f"/v1/customers/{lost}/satisfaction", 422, "id") for lost in ("%C5ke", "%C0%AF", "C-1%ED%A0%80", "%EF%BF%BD")),
    ("/v1/customers/%C5ke/results/latest", 422, "id"),
    ("/v1/customers/satisfaction?id=C-1&id=%C5ke", 422, "query"),
    ("/v1/customers/C-1/results?cursor=nonsense", 400, None),
    ("/v1/customers/C-1/results?cursor=%C3%A5", 400, None),
    ("/v1/customers/C-1/results?cursor=MS4y", 400, None),
    ("/v1/respondents/501/results?cursor=YS5iLmM", 400, None),
]


@pytest.mark.parametrize(("path", "status", "field"), BAD)
def test_bad_input_names_the_field(web, path, status, field):
    reply = web.get(path, X_Request_ID="abc-1")
    assert (reply.status_code, reply.content_type) == (status, "application/problem+json")
    assert schemas.ProblemSchema().validate(reply.json) == {}
    assert reply.json["status"] == status
    assert reply.json["request_id"] == reply.headers["X-Request-ID"] == "abc-1"
    assert field is None or field in reply.json["errors"]


@pytest.mark.parametrize("limit", ["1", "100"])
def test_the_ends_of_a_range_are_inside(web, limit):
    assert web.get(f"/v1/customers/C-1/results?limit={limit}").status_code == 200


def test_with_the_store_away_it_says_so_at_once():
    with stores.connected_nowhere() as client:
        away = Web(House(client))
        for path, _ in PATHS:
            reply = away.get(path)
            assert reply.status_code == 503
            assert int(reply.headers["Retry-After"]) >= 1
            assert reply.json["type"].endswith("store-unavailable")
        assert away.get("/readyz").status_code == 503
        assert away.get("/healthz").status_code == 200
        assert away.get("/v1/customers/C-1/satisfaction", "wrong").status_code == 401
