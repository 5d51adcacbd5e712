"""Reads as the edge gets them: bodies, tags, ages and cursors."""

from __future__ import annotations

import base64
from datetime import timedelta

import orjson
import pytest

from service.survey.errors import BadCursorError, StoreAwayError
from tests.support import stores
from tests.support.fakes import START, make_set
from tests.support.house import House

DAY = timedelta(days=1)


@pytest.fixture
def filled(house):
    house.file(*[make_set(n, at=START + n * DAY, respondent=501 + n % 2, comment="privat") for n in range(1, 8)])
    house.store.control.set_swept(4711, house.store.filer.now())
    return house


def read(house, who, **how):
    given = {"survey_id": None, "limit": 3, "cursor": None, "comments": False, **how}
    if who == "customer":
        return house.lookup.customer_results("C-1", **given)
    return house.lookup.respondent_results("501", **given)


@pytest.mark.parametrize(("who", "wanted"), [("customer", [7, 6, 5, 4, 3, 2, 1]), ("respondent", [6, 4, 2])])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_cursors_lead_through_all_results_once(filled, who, wanted, limit):
    found, cursor = [], None
    while not found or cursor:
        reply = read(filled, who, limit=limit, cursor=cursor)
        document = orjson.loads(reply.rendered())
        found += [result["answer_set_id"] for result in document["results"]]
        cursor = reply.cursor
        assert document["cursor"] == cursor
    assert found == wanted


def test_a_cursor_of_an_answer_that_is_gone_goes_on_behind_it(filled):
    cursor = read(filled, "customer", limit=3).cursor
    filled.store.eraser.sets(4711, [5])
    document = orjson.loads(read(filled, "customer", cursor=cursor).rendered())
    assert [result["answer_set_id"] for result in document["results"]] == [4, 3, 2]


def encoded(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor", ["x", "å", "====", encoded("1.2"), encoded("1.2.3.4"), encoded("a.b.c"), encoded("1.2.")]
)
@pytest.mark.parametrize("who", ["customer", "respondent"])
def test_a_cursor_that_was_never_given_is_refused(filled, who, cursor):
    with pytest.raises(BadCursorError):
        read(filled, who, cursor=cursor)


@pytest.mark.parametrize("cursor", [encoded("99999999999999999999.1.1"), encoded("-1.-1.-1"), encoded("0.0.0")])
@pytest.mark.parametrize("who", ["customer", "respondent"])
def test_a_made_up_cursor_of_the_right_shape_is_only_a_place(filled, who, cursor):
    assert read(filled, who, cursor=cursor)


@pytest.mark.parametrize("identifier", ["501x", "", "-501", "٥٠١", "C-1", "1" * 200, "5.01", " 501"])
def test_an_identifier_that_is_no_number_has_no_results(filled, identifier):
    given = {"survey_id": None, "limit": 3, "cursor": None, "comments": False}
    assert orjson.loads(filled.lookup.respondent_results(identifier, **given).body)["results"] == []
    assert orjson.loads(filled.lookup.respondent_latest(identifier, comments=True).body) == {"latest": None}


def test_tags_are_over_the_body_without_its_age(filled):
    before = filled.lookup.satisfaction("C-1", comments=False)
    filled.clock.advance(30)
    after = filled.lookup.satisfaction("C-1", comments=False)
    assert before.etag == after.etag
    assert before.body == after.body
    assert before.rendered() != after.rendered()
    filled.file(make_set(9, "Missnöjd", at=START + 9 * DAY))
    assert filled.lookup.satisfaction("C-1", comments=False).etag != before.etag


def test_the_tag_of_several_changes_with_any_of_them(filled):
    before = filled.lookup.satisfactions(["C-1", "C-2"], comments=False)
    assert before.etag == filled.lookup.satisfactions(["C-1", "C-2"], comments=False).etag
    assert before.etag != filled.lookup.satisfactions(["C-2", "C-1"], comments=False).etag
    filled.file(make_set(9, customer="C-2", respondent=600))
    assert before.etag != filled.lookup.satisfactions(["C-1", "C-2"], comments=False).etag


@pytest.mark.parametrize("comments", [True, False])
def test_comments_only_where_asked_for(filled, comments):
    replies = [
        filled.lookup.satisfaction("C-1", comments=comments),
        filled.lookup.satisfactions(["C-1"], comments=comments),
        filled.lookup.customer_latest("C-1", comments=comments),
        filled.lookup.respondent_latest("501", comments=comments),
        read(filled, "customer", comments=comments),
        read(filled, "respondent", comments=comments),
    ]
    assert [b"privat" in reply.rendered() for reply in replies] == [comments] * len(replies)


def test_one_lookup_asked_by_two_callers_keeps_comments_apart(filled):
    lookup = filled.lookup
    assert b"privat" in lookup.satisfaction("C-1", comments=True).body
    assert b"privat" not in lookup.satisfaction("C-1", comments=False).body
    assert b"privat" in lookup.customer_latest("C-1", comments=True).body
    assert b"privat" not in lookup.customer_latest("C-1", comments=False).body


def test_a_read_asks_netigate_nothing(filled):
    filled.lookup.satisfaction("C-1", comments=True)
    filled.lookup.respondent_latest("501", comments=True)
    assert filled.upstream.asked == []


def test_a_summary_as_data_has_its_age(filled):
    filled.clock.advance(7)
    found = filled.lookup.summary("C-1", comments=False)
    assert (found["customer_id"], found["freshness"]["age_seconds"], found["answered"]) == ("C-1", 7, 7)


def test_a_survey_that_is_not_listed_does_not_make_an_answer_fresh(filled):
    filled.store.control.set_swept(9999, filled.store.filer.now())
    filled.clock.advance(500)
    assert read(filled, "customer", survey_id=9999).freshness.state == "stale"


def test_a_store_that_is_away_without_a_copy():
    with stores.connected_nowhere() as client:
        away = House(client)
        for ask in (
            lambda: away.lookup.satisfaction("C-1", comments=False),
            lambda: away.lookup.satisfactions(["C-1"], comments=False),
            lambda: away.lookup.customer_latest("C-1", comments=False),
            lambda: away.lookup.respondent_latest("501", comments=False),
        ):
            with pytest.raises(StoreAwayError):
                ask()
