"""Every customer's newest state over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.store.key_families import BY_NAME
from tests.support.damage import damage
from tests.support.fakes import START, make_set

PATH = "/v1/customers/updates"
HOUR = timedelta(hours=1)


@pytest.fixture
def told(web):
    web.house.upstream.put(
        make_set(1, "Nöjd", customer="C-1", respondent=1, comment="Ring aldrig"),
        make_set(2, "Missnöjd", customer="C-2", respondent=2),
        make_set(3, "Mycket nöjd", customer="C-3", respondent=3),
    )
    web.house.sweep()
    return web


def names(reply):
    return [customer["customer_id"] for customer in reply.json["customers"]]


@pytest.mark.parametrize("key", ["full", "plain"])
def test_each_is_the_same_document_as_the_customers_own(told, key):
    reply = told.get(PATH, key)
    assert [told.get(f"/v1/customers/{name}/satisfaction", key).json for name in names(reply)] == reply.json[
        "customers"
    ]
    assert sorted(names(reply)) == ["C-1", "C-2", "C-3"]
    assert ("Ring aldrig" in reply.text) == (key == "full")


def test_a_page_then_the_next_then_nothing_then_what_is_new(told):
    first = told.get(f"{PATH}?limit=2").json
    assert (len(first["customers"]), first["has_more"]) == (2, True)
    second = told.get(f"{PATH}?limit=2&cursor={first['cursor']}").json
    assert (len(second["customers"]), second["has_more"]) == (1, False)
    nothing = told.get(f"{PATH}?cursor={second['cursor']}")
    assert (nothing.json["customers"], nothing.json["cursor"]) == ([], second["cursor"])
    told.house.file(make_set(4, "Missnöjd", customer="C-1", respondent=1, at=START + HOUR))
    told.house.store.eraser.customer("C-2")
    found = told.get(f"{PATH}?cursor={second['cursor']}").json
    assert [found["customers"][0][name] for name in ("customer_id", "score", "answered")] == ["C-1", 25.0, 2]
    assert found["customers"][1] == {"customer_id": "C-2", "gone": True}


def test_nothing_new_costs_a_304_however_old_it_is(told):
    reply = told.get(f"{PATH}?since=now")
    held, path = reply.headers["ETag"], f"{PATH}?cursor={reply.json['cursor']}"
    told.house.clock.advance(1000)
    assert told.get(path, If_None_Match=held).status_code == 304
    assert told.get(path, If_None_Match=held).data == b""
    everybody = told.get(PATH)
    told.house.clock.advance(30)
    assert told.get(PATH, If_None_Match=everybody.headers["ETag"]).status_code == 304
    assert told.get(PATH, "plain", If_None_Match=everybody.headers["ETag"]).status_code == 200, "other comments"
    told.house.file(make_set(4, customer="C-1", respondent=1, at=START + HOUR))
    again = told.get(path, If_None_Match=held)
    assert (again.status_code, names(again)) == (200, ["C-1"])


def test_a_cursor_goes_before_since(told):
    cursor = told.get(f"{PATH}?limit=2").json["cursor"]
    assert len(names(told.get(f"{PATH}?since=now&cursor={cursor}"))) == 1


@pytest.mark.parametrize(("since", "count"), [("1900-01-01", 3), ("2020-01-01T00:00:00Z", 3), ("2999-01-01", 0)])
def test_since(told, since, count):
    assert len(names(told.get(f"{PATH}?since={since}"))) == count


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("cursor=x", 400, None),
        ("cursor=", 422, "cursor"),
        ("since=yesterday", 422, "since"),
        ("limit=0", 422, "limit"),
        ("limit=501", 422, "limit"),
        ("limit=ten", 422, "limit"),
        ("limit=1&limit=2", 422, "limit"),
    ],
)
def test_bad_input(told, query, status, field):
    reply = told.get(f"{PATH}?{query}")
    assert (reply.status_code, reply.content_type) == (status, "application/problem+json")
    assert list(reply.json.get("errors", {})) == ([field] if field else [])


def test_a_cursor_from_before_what_is_kept_is_gone(told):
    cursor = told.get(PATH).json["cursor"]
    told.house.store.eraser.customer("C-2")
    told.house.store.updates.trim(4 * 10**12)
    assert told.get(f"{PATH}?cursor={cursor}").status_code == 410
    assert sorted(names(told.get(PATH))) == ["C-1", "C-3"]


@pytest.mark.parametrize(("key", "status"), [(None, 401), ("feed", 403), ("plain", 200)])
def test_scope(told, key, status):
    assert told.get(PATH, key).status_code == status


def test_one_erased_between_the_page_and_its_summary_is_gone(told):
    page = told.house.store.updates.page(cursor=None, since=None, limit=10)
    told.house.store.eraser.customer("C-2")
    found = told.house.lookup.updates(page, comments=True)
    assert b'{"customer_id":"C-2","gone":true}' in found.rendered()


def test_nobody_is_told_as_gone_because_of_damage(told):
    damage(told.house.client, told.house.keys, BY_NAME["partition"], "cut short")
    assert told.get(PATH, "full").status_code == 503
