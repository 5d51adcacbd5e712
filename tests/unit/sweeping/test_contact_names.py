"""Contacts' names: personal data, kept only where the operator asks for it and gone when that ends."""

from dataclasses import replace
from datetime import timedelta

import fakeredis
import orjson
import pytest

from service.store import codec
from service.store.keys import partition_of
from service.store.wholeness.envelope import read_sealed, seal
from service.survey.model import Answer, QuestionItem
from tests.support.fakes import START, make_set, make_survey
from tests.support.house import House
from tests.unit.sweeping.reconciling.test_expiry import everything

NAME_ITEM, NAME_LABEL = 37, "Kontaktnamn"


@pytest.fixture
def house():
    """A house whose survey also carries contacts' names."""
    client, survey = fakeredis.FakeRedis(), make_survey()
    made = House(client)
    carrier = QuestionItem(NAME_ITEM, "TEXT_FIELD", NAME_LABEL, 370, "", 9, ())
    made.upstream.trees[4711] = replace(survey, items=(*survey.items, carrier))
    yield made
    client.close()


def named_set(number, answer, name, **more):
    made = make_set(number, answer, **more)
    return replace(made, answers=(*made.answers, Answer(number * 100 + 9, NAME_ITEM, "TEXT_FIELD", "", name, None)))


def fill(house):
    anna = {"contact": "P-77", "respondent": 501}
    house.upstream.put(
        named_set(1, "Nöjd", "Anna Berg", at=START - timedelta(days=3), **anna),
        named_set(2, "Missnöjd", "Lars Holm", contact="P-9", respondent=502, at=START - timedelta(days=2)),
        named_set(3, "Mycket missnöjd", "Anna Berg", at=START - timedelta(days=1), **anna),
    )


def naming(house):
    return house.sweeper(contact_name_label=NAME_LABEL)


def test_without_the_option_no_name_is_stored(house):
    fill(house)
    house.sweep()
    summary = house.summary("C-1")
    assert summary["latest"]["contact_id"] == "P-77"
    assert "contact_name" not in orjson.dumps(summary).decode()
    assert b"Anna" not in everything(house)


def test_with_it_results_summary_and_changes_say_whom_to_call(house):
    fill(house)
    house.sweep(sweeper=naming(house))
    summary = house.summary("C-1")
    assert summary["latest"]["contact_name"] == "Anna Berg"
    whose = {"respondent_id": 501, "contact_id": "P-77", "contact_name": "Anna Berg"}
    assert summary["trend"] == {"previous": 75.0, "change": -75.0, **whose}
    assert [(low["contact_name"], low["contact_id"], low["score"], low["band"]) for low in summary["low"]] == [
        ("Anna Berg", "P-77", 0.0, "very_dissatisfied"),
        ("Lars Holm", "P-9", 25.0, "dissatisfied"),
    ]
    page, _ = house.store.reads.customer_results("C-1", survey_id=None, limit=10, after=None)
    assert [result.contact_name for result in page.results] == ["Anna Berg", "Lars Holm", "Anna Berg"]
    assert {change["contact_name"] for change in house.changes()} == {"Anna Berg", "Lars Holm"}


def test_what_changes_are_computed_from_holds_no_contact(house):
    fill(house)
    house.sweep(sweeper=naming(house))
    assert b"Anna" not in house.client.hget(house.keys.states, "C-1")


def test_turning_names_off_takes_them_out_without_netigate(house):
    fill(house)
    house.sweep(sweeper=naming(house))
    told = house.changes()
    assert b"Anna" in everything(house)
    house.sweep()
    assert b"Anna" not in everything(house)
    assert house.changes() == [{k: v for k, v in change.items() if k != "contact_name"} for change in told]
    assert [low["contact_id"] for low in house.summary("C-1")["low"]] == ["P-77", "P-9"]


def test_turning_names_on_later_fetches_them_and_tells_no_change_again(house):
    fill(house)
    house.sweep()
    told = [change["id"] for change in house.changes()]
    house.sweep(sweeper=naming(house))
    assert house.summary("C-1")["latest"]["contact_name"] == "Anna Berg"
    assert [change["id"] for change in house.changes()] == told


def test_a_renamed_person_is_filed_anew(house):
    fill(house)
    house.sweep(sweeper=naming(house))
    house.clock.advance(60)
    house.upstream.put(
        named_set(3, "Mycket missnöjd", "Anna Ek", contact="P-77", at=START - timedelta(days=1), updated=START)
    )
    house.sweep(sweeper=naming(house))
    assert house.summary("C-1")["latest"]["contact_name"] == "Anna Ek"


def test_what_was_stored_before_contacts_were_kept_beside_rows_is_made_anew_by_the_next_sweep(house):
    fill(house)
    house.sweep(sweeper=naming(house))
    key = house.keys.partition(partition_of("C-1", 501))
    index = read_sealed(house.client.hget(key, "x"))
    index["rows"] = [row[:8] for row in index["rows"]]
    house.client.hset(key, "x", seal(orjson.dumps(index)))
    for name in [name for name in house.client.hkeys(key) if name.startswith(b"b:")]:
        old = orjson.loads(codec.unpack(house.client.hget(key, name)))[:13]
        old[11] = [answer[:13] for answer in old[11]]
        house.client.hset(key, name, codec.pack(orjson.dumps(old)))
    assert house.sets_of("C-1") == [3, 2, 1], "readable meanwhile"
    state = house.store.control.state(4711)
    house.store.control.set_state(4711, replace(state, ruleset="of before"))
    told = house.changes()
    house.sweep()
    summary = house.summary("C-1")
    assert [low["contact_id"] for low in summary["low"]] == ["P-77", "P-9"]
    assert summary["latest"]["answers"][0]["step"] == 1
    assert (summary["answered"], len(house.changes())) == (3, len(told))
