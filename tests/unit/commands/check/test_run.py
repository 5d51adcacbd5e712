"""`netigate-results check`: each finding, each failure with what to do, and the options that it prints."""

from __future__ import annotations

import pytest

from service.commands.check.report import Report
from service.survey.errors import (
    UnavailableError,
)
from service.survey.model import Alternative
from tests.support.fakes import CONTACT, CUSTOMER, SATISFACTION, FakeUpstream, make_set, make_survey

from .account import Account, with_items


def test_all_well_with_nothing_but_a_key(account: Account) -> None:
    assert account.check() == 0
    assert "All well." in account.said
    assert "NETIGATE_SURVEYS=4711" in account.said
    assert "NETIGATE_CUSTOMER_LABEL=CRM-ID" in account.said
    assert "NETIGATE_CONTACT_LABEL=Kontakt-ID" in account.said
    assert "netigate-results key crm" in account.said
    assert "NETIGATE_BASE_URL" not in account.said
    assert "FAIL" not in account.said


def test_how_each_item_would_be_scored(account: Account) -> None:
    account.check()
    assert (
        "Mycket missnöjd 0 · Missnöjd 25 · Varken nöjd eller missnöjd 50 · Nöjd 75 · Mycket nöjd 100 · Vet ej –"
        in account.said
    )
    assert "satisfaction, 5 points, ascending, by wording" in account.said
    assert "nps, 11 points, ascending, by weight" in account.said
    assert "no score (not_a_scale)" in account.said


def test_no_value_of_an_answer_is_shown(account: Account) -> None:
    account.check()
    for secret in ("C-1", "P-1", "Vertraulich"):
        assert secret not in account.said.replace("CRM-ID", "")


def test_what_is_not_understood_is_listed(account: Account, upstream: FakeUpstream) -> None:
    odd = tuple(Alternative(order, text) for order, text in enumerate(("Blip", "Blop", "Blup"), 1))
    with_items(upstream, **{f"i{SATISFACTION}": {"alternatives": odd}})
    assert account.check() == 0
    assert "SCORING_FILE" in account.said
    assert "'Blip' (unmapped)" in account.said


def test_no_survey_is_visible(account: Account, upstream: FakeUpstream) -> None:
    upstream.trees = {}
    assert account.check() == 1
    assert "access to the surveys" in account.said


def test_a_survey_that_does_not_exist(account: Account) -> None:
    assert account.check(surveys=(4711, 99)) == 1
    assert "survey 99: Netigate does not know it" in account.said
    assert "NETIGATE_SURVEYS=4711 " in account.said


def test_only_the_newest_surveys_are_looked_into_unless_named(account: Account, upstream: FakeUpstream) -> None:
    upstream.trees = {number: make_survey(number) for number in range(1, 41)}
    account.check()
    assert account.said.count("\nSurvey ") == 5
    assert "name others with --survey" in account.said
    assert "… and 10 older ones" in account.said


@pytest.mark.parametrize(
    ("failing", "said", "status"),
    [
        ("survey", "survey 4711: cannot be read", 1),
        ("page", "survey 4711: cannot be read (timeout)", 1),
        ("labels", "names of background labels cannot be read", 0),
    ],
)
def test_a_read_that_fails_by_itself(
    account: Account, upstream: FakeUpstream, failing: str, said: str, status: int
) -> None:
    upstream.failing = {failing}
    upstream.failure = UnavailableError("/x", cause="timeout")
    assert account.check(customer_label="CRM-ID") == status
    assert said in account.said


def test_the_labels_that_are_set_are_looked_for(account: Account) -> None:
    assert account.check(surveys=(4711,), customer_label="crm-id", contact_label="8") == 0
    assert "customer label found: 'crm-id'" in account.said
    assert "contact label found: '8'" in account.said


def test_the_label_of_names_is_looked_for_where_it_is_set_and_never_proposed(account: Account) -> None:
    assert account.check(surveys=(4711,), customer_label="crm-id", contact_name_label="kontakt-id") == 0
    assert "contact name label found: 'kontakt-id'" in account.said
    assert "NETIGATE_CONTACT_NAME_LABEL=kontakt-id" in account.said
    assert account.check(surveys=(4711,), customer_label="crm-id", contact_name_label="Namn") == 1
    assert "Check NETIGATE_CONTACT_NAME_LABEL" in account.said
    account.lines.clear()
    assert account.check(surveys=(4711,), customer_label="crm-id") == 0
    assert "CONTACT_NAME" not in account.said


def test_a_label_that_was_not_added_to_the_survey(account: Account, upstream: FakeUpstream) -> None:
    with_items(upstream, **{f"i{CUSTOMER}": None})
    upstream.label_names = {7: "CRM-ID"}
    assert account.check(surveys=(4711,), customer_label="CRM-ID") == 1
    assert "exists but was not added to the survey" in account.said
    assert "Add to survey" in account.said


def test_a_label_that_nobody_knows(account: Account) -> None:
    assert account.check(customer_label="Kundnr", contact_label="Person") == 1
    assert "Check NETIGATE_CUSTOMER_LABEL" in account.said
    assert "Check NETIGATE_CONTACT_LABEL" in account.said
    assert "'CRM-ID' is in the survey and looks like it" in account.said
    assert "NETIGATE_CUSTOMER_LABEL=CRM-ID" in account.said
    assert "NETIGATE_CONTACT_LABEL=Kontakt-ID" in account.said


def test_a_label_of_a_group_is_doubted(account: Account, upstream: FakeUpstream) -> None:
    upstream.put(*(make_set(n, customer=f"Region {n % 3}", contact=f"P-{n}") for n in range(1, 41)))
    assert account.check(customer_label="CRM-ID", contact_label="Kontakt-ID") == 0
    assert "'CRM-ID' holds few values for so many answers" in account.said
    assert "'Kontakt-ID' holds few" not in account.said


def test_without_any_label_it_says_what_the_account_has(account: Account, upstream: FakeUpstream) -> None:
    with_items(upstream, **{f"i{CUSTOMER}": None, f"i{CONTACT}": None})
    upstream.label_names = {1: "Region", 7: "CRM-ID"}
    assert account.check() == 1
    assert "The account also has 'CRM-ID', 'Region'" in account.said
    assert "no survey carries a label" in account.said
    assert "NETIGATE_CUSTOMER_LABEL=…" in account.said


def test_without_background_data_it_says_how_to_begin(account: Account, upstream: FakeUpstream) -> None:
    with_items(upstream, **{f"i{CUSTOMER}": None, f"i{CONTACT}": None})
    assert account.check() == 1
    assert "Upload the CRM's customer ID" in account.said


def test_anonymous_answers_and_those_set_aside_are_told(account: Account, upstream: FakeUpstream) -> None:
    upstream.sets = {}
    upstream.put(make_set(1, respondent=-1))
    upstream.set_aside = 2
    account.check(customer_label="CRM-ID")
    assert "all of them are anonymous" in account.said
    assert "2 answer sets cannot be read" in account.said
    assert "no finished answers yet" in account.said


def test_speed_and_the_time_of_the_first_sweep(account: Account, upstream: FakeUpstream) -> None:
    upstream.page_size = 1
    account.check()
    assert "a small call takes 0.50 s, a page of answers 0.50 s" in account.said
    assert "reads 8 pages: about 4 s" in account.said


def test_on_a_terminal_it_shows_what_it_waits_for() -> None:
    shown: list[str] = []
    report = Report(lambda _text: None, shown.append)
    report.progress(1, 2, "reading survey 4711")
    report.good("done")
    assert "[##########..........] reading survey 4711" in shown[0]
    assert shown[1].endswith("\x1b[K")
