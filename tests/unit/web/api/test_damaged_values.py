"""What readers are told while stored values are damaged: the whole truth, or when to ask again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from service.store.key_families import BY_NAME, FAMILIES
from service.store.keys import partition_of
from service.web.problems import CONTENT_TYPE
from tests.support.damage import damage
from tests.support.edge import Edge
from tests.support.fakes import START, make_set
from tests.support.house import SURVEY, House

DAY = timedelta(days=1)
MINE = ("/v1/customers/C-1/satisfaction", "/v1/customers/C-1/results", "/v1/customers/C-1/results/latest",
        "/v1/customers/satisfaction?id=C-2&id=C-1", "/v1/respondents/501/results/latest",
        "/v1/respondents/502/results")  # fmt: skip
OTHERS = ("/v1/customers/C-2/satisfaction", "/v1/customers/satisfaction?id=C-2&id=never",
          "/v1/respondents/503/results", "/v1/customers/never/satisfaction", "/v1/customers")  # fmt: skip


@pytest.fixture
def filled(valkey):
    house = House(valkey)
    house.upstream.put(
        make_set(1, "Nöjd", customer="C-1", respondent=501, at=START - 3 * DAY),
        make_set(2, "Mycket missnöjd", customer="C-1", respondent=502, at=START - 2 * DAY, comment="Aj"),
        make_set(3, "Missnöjd", customer="C-2", respondent=503, at=START - DAY),
    )
    house.sweep()
    return house


def bodies(house, paths):
    edge = Edge(house)
    replies = {path: edge.get(path) for path in paths}
    assert {path for path, reply in replies.items() if reply.status_code != 200} == set()
    return {path: reply.get_data() for path, reply in replies.items()}


def assert_asked_to_wait(house, paths):
    for path in paths:
        reply = Edge(house).get(path)
        assert reply.status_code == 503, path
        assert (reply.status_code, reply.content_type, reply.headers["Retry-After"]) == (503, CONTENT_TYPE, "5"), path
        assert reply.json["type"].endswith(":store-damaged")


def spoil(house, *fields):
    """Fields of C-1's partition, or all of it where none is named."""
    key = house.keys.partition(partition_of("C-1", 0))
    if not fields:
        house.client.delete(key)
        house.client.rpush(key, "foreign")
    for field in fields:
        house.client.hset(key, field, b"\x07foreign")


@pytest.mark.parametrize("fields", [(), ("x", "s", "S", f"b:{SURVEY}/1", f"b:{SURVEY}/2"),
                                    ("x", "s", "S", f"b:{SURVEY}/1", f"b:{SURVEY}/2", "n")],
                         ids=["another type", "every value", "its version, too"])  # fmt: skip
def test_until_netigate_was_compared_nobody_is_told_as_one_who_never_answered(filled, fields):
    mine, others = bodies(filled, MINE), bodies(filled, OTHERS)
    spoil(filled, *fields)
    assert_asked_to_wait(filled, MINE)
    assert bodies(filled, OTHERS) == others
    filled.clock.advance(1)
    filled.store.repair.run()
    assert_asked_to_wait(filled, MINE)
    filled.store.repair.run()
    assert_asked_to_wait(filled, MINE)
    filled.clock.advance(1)
    filled.reconcile()
    assert bodies(filled, MINE).keys() == mine.keys()
    filled.store.repair.run()
    assert without_ages(bodies(filled, MINE)) == without_ages(mine)
    assert not filled.store.repair.look().families


def without_ages(found):
    return {path: re.sub(rb'"freshness":{[^}]*},', b"", body) for path, body in found.items()}


def test_a_part_of_a_customers_answers_is_not_told_as_all_of_them(filled):
    spoil(filled, "x", "s", "S", f"b:{SURVEY}/2")
    for _ in range(2):
        assert_asked_to_wait(filled, [path for path in MINE if "501" not in path])
        filled.store.repair.run()
    # What is answered meanwhile is filed, but does not stand for all.
    filled.file(make_set(4, "Nöjd", customer="C-1", respondent=501))
    assert_asked_to_wait(filled, [path for path in MINE if "respondents" not in path])


def test_a_summary_stays_where_only_a_body_is_damaged(filled):
    (path,) = [path for path in MINE if path.endswith("C-1/satisfaction")]
    before = bodies(filled, [path])
    spoil(filled, f"b:{SURVEY}/2")
    assert bodies(filled, [path]) == before
    filled.store.repair.run()
    assert bodies(filled, [path]) == before
    assert_asked_to_wait(filled, ["/v1/customers/C-1/results", "/v1/respondents/502/results"])


def test_a_process_answers_from_its_copy_and_says_so(filled):
    edge = Edge(filled)
    before = {path: edge.get(path).json for path in MINE}
    spoil(filled)
    filled.clock.advance(2)
    for path, was in before.items():
        reply = edge.get(path)
        assert reply.status_code == 200
        (found, expected) = (told["customers"][1] if "customers" in told else told for told in (reply.json, was))
        assert found["freshness"]["state"] == "stale"
        assert {**found, "freshness": None} == {**expected, "freshness": None}


def test_what_netigate_has_no_longer_ends_the_waiting(filled):
    spoil(filled)
    filled.store.repair.run()
    filled.clock.advance(1)
    filled.upstream.sets.pop(1)
    filled.reconcile()
    assert Edge(filled).get("/v1/customers/C-1/satisfaction").status_code == 200


def test_a_survey_with_sets_to_fetch_or_no_comparison_is_waited_for(filled):
    spoil(filled)
    filled.clock.advance(1)
    filled.store.repair.run()
    filled.clock.advance(1)
    filled.store.control.note_missing(SURVEY, {1: "", 2: ""}, {})
    assert_asked_to_wait(filled, MINE[:3])


@pytest.mark.parametrize("how", ["another type", "cut short", "another version"])
@pytest.mark.parametrize("family", ["states", "standing"])
def test_the_low_list_is_whole_or_asks_to_wait(filled, family, how):
    before = bodies(filled, ["/v1/customers"])
    damage(filled.client, filled.keys, BY_NAME[family], how)
    assert_asked_to_wait(filled, ["/v1/customers"])
    filled.store.repair.run()
    assert bodies(filled, ["/v1/customers"]) == before


@pytest.mark.parametrize("how", ["another type", "cut short", "another version"])
def test_with_everything_damaged_nobody_is_gone_or_empty(filled, how):
    paths = [*MINE, "/v1/customers"]
    before = bodies(filled, paths)
    cursor = Edge(filled).get("/v1/customers/updates?limit=1").json["cursor"]
    for family in FAMILIES:
        damage(filled.client, filled.keys, family, how)
    for _ in range(3):
        for path in (*paths, f"/v1/customers/updates?cursor={cursor}", "/v1/customers/updates"):
            reply = Edge(filled).get(path)
            assert reply.status_code in {410, 503} or "updates" in path
            told = reply.json.get("customers") or []
            assert not [one for one in told if one.get("gone") and one["customer_id"] in {"C-1", "C-2"}]
        filled.clock.advance(1)
        filled.store.repair.run()
    filled.clock.advance(1)
    filled.sweep()
    filled.reconcile()
    for _ in range(2):
        filled.store.repair.run()
    assert without_ages(bodies(filled, paths)) == without_ages(before)
