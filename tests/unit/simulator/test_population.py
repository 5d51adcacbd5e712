"""The data set: deterministic, varied, and with C-1001's story in it."""

from __future__ import annotations

from collections import Counter

import pytest

from service.simulator.account import answers
from service.simulator.account.account import Account
from service.simulator.account.population import DAY, HISTORY_DAYS, populate
from service.simulator.account.settings import Narrowing
from service.simulator.constants import STORY_CUSTOMER
from service.simulator.forms import FORMS
from tests.unit.simulator.inside import NOW

CUSTOMERS = 200


@pytest.fixture(scope="module")
def account():
    return Account(seed=1, customers=CUSTOMERS, now=NOW)


def test_the_same_seed_and_moment_give_the_same():
    assert populate(3, 50, NOW) == populate(3, 50, NOW)


def test_another_seed_gives_other_answers_but_the_same_story():
    one, other = populate(1, 50, NOW), populate(2, 50, NOW)
    assert one.sets != other.sets
    assert one.sets[:2] == other.sets[:2]


def test_more_customers_leave_the_first_as_they_are():
    few, many = populate(1, 20, NOW).sets, populate(1, 60, NOW).sets
    last = max(record.id for record in few if record.respondent > 0)
    assert [record for record in few if record.id <= last] == [record for record in many if record.id <= last]


def test_another_moment_moves_the_dates_alone():
    one, later = populate(1, 50, NOW), populate(1, 50, NOW + 1000)
    moved = [record._replace(created=record.created + 1000) for record in one.sets]
    assert [record.created for record in moved] == [record.created for record in later.sets]
    assert [record.mood for record in moved] == [record.mood for record in later.sets]


def test_nobody_is_invented_without_customers():
    assert Account(seed=1, customers=0, now=NOW).everything() == []


def test_the_story_of_c_1001(account):
    older, newest = (record for record in account.everything() if record.customer == STORY_CUSTOMER)
    told = [{one.item: one.text for one in account.answers(record)} for record in (older, newest)]
    background = {38: "C-1001", 39: "P-77", 40: "Norr"}
    assert told == [
        {31: "Nöjd", 37: "Snabb hjälp, tack!", **background},
        {31: "Mycket missnöjd", 37: "Vi väntade tre veckor på svar.", **background},
    ]
    assert [(one.id, one.respondent, one.survey) for one in (older, newest)] == [(8001, 501, 4711), (9001, 501, 4711)]
    assert all(one.completed == one.updated for one in (older, newest))
    assert NOW - 7 * DAY < newest.completed < NOW
    assert [step.text for step in FORMS[0].items()[0].rows] == [
        "Mycket missnöjd",
        "Missnöjd",
        "Varken eller",
        "Nöjd",
        "Mycket nöjd",
        "Vet ej",
    ]


def test_customers_are_many_and_differ(account):
    records = account.everything()
    people = {(record.customer, record.respondent) for record in records if record.respondent > 0}
    per_customer = Counter(customer for customer, _ in people)
    assert len(per_customer) >= 150, "some never answer"
    assert sum(count > 1 for count in per_customer.values()) > 20
    enlisted = {who.customer for form in FORMS for who in account.respondents(form.id)}
    assert enlisted == {f"C-{1001 + number}" for number in range(CUSTOMERS)}
    surveys = {customer: {one.survey for one in records if one.customer == customer} for customer in enlisted}
    assert any(len(found) > 1 for found in surveys.values())


def test_every_survey_has_sets_that_must_not_be_served(account):
    for form in FORMS:
        records = account.view(form.id, Narrowing())
        assert any(record.respondent <= 0 and record.customer for record in account.everything())
        assert any(record.respondent <= 0 for record in records)
        assert any(record.completed is None for record in records)
        assert any(record.completed and record.updated > record.completed for record in records)


def test_dates_are_in_order_and_recent(account):
    for record in account.everything():
        assert record.created < (record.completed or NOW) <= max(record.updated, record.completed or NOW) <= NOW
        assert record.created > NOW - (HISTORY_DAYS + 1) * DAY - 3600
    assert max(record.updated for record in account.everything()) > NOW - 3 * DAY


def test_marked_sets_carry_their_mark_and_others_none(account):
    for record in account.everything():
        said = " ".join(one.text for one in account.answers(record))
        assert ("leak-anonymous" in said) == (record.respondent <= 0)
        assert ("leak-unfinished" in said) == (record.completed is None)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.language)
def test_every_alternative_is_answered_by_somebody(form):
    account = Account(seed=1, customers=2000, now=NOW)
    given = Counter(
        (one.item, one.numeric)
        for record in account.view(form.id, Narrowing(completed=True))
        for one in account.answers(record)
        if one.numeric > 0
    )
    for item in form.items():
        scale = item.columns or (item.rows if item.type != "CHECKBOX" else ())
        assert all(given[item.id, place] for place in range(1, len(scale) + 1)), item.id


def test_many_narrowings_are_answered_alike_again():
    account = Account(seed=1, customers=30, now=NOW)
    wanted = [Narrowing(updated=NOW - days * DAY) for days in range(0, 300, 20)]
    first = [account.view(4711, narrowing) for narrowing in wanted]
    assert [account.view(4711, narrowing) for narrowing in wanted] == first
    assert [len(found) for found in first] == sorted(len(found) for found in first)


def test_what_was_erased_cannot_be_edited():
    account = Account(seed=1, customers=2, now=NOW)
    story = account.locate(9001)
    account.erase(9001)
    assert not account.replace(story)
    assert account.put([story]) == []
    assert account.locate(9001) is None


def test_answers_stay_the_same_until_the_set_is_edited(account):
    record = next(one for one in account.everything() if one.answers is None and one.completed)
    form = account.form(record.survey)
    assert answers.of_set(1, form, record) == answers.of_set(1, form, record)
    revisions = [answers.of_set(1, form, record._replace(revision=revision)) for revision in range(5)]
    assert any(other != revisions[0] for other in revisions[1:])
