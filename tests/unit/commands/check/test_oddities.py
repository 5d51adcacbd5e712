"""`netigate-results check` on each odd account: it says what is odd and what to do, and never "All well." over it."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import main
from service.crm.options import CRM_OPTIONS
from service.options.settings import OPTIONS
from tests.harness.simulator import LEAK_MARKERS
from tests.unit.simulator.inside import running

FILTER = "updated= does not bring the answer set"
SEEN = (
    ("refused-survey", 1, "survey 4712: Netigate refuses it (401) though it accepts the key"),
    ("missing-survey", 1, "survey 4712: Netigate does not know it (404)"),
    ("missing-background", 1, "the customer label 'CRM-ID' exists but was not added to the survey"),
    ("turned-weights", 0, "item 231: its weights run against its wordings"),
    ("turned-weights", 0, "item 231: 1"),
    ("turned-weights-followed", 0, "item 231: its weights run against its wordings"),
    ("removed-question", 0, "item 31: "),
    ("brief-nulls", 0, "alternatives are missing from the question tree"),
    ("null-alternative", 0, "item 31: "),
    ("ranking", 0, "item 34 asks for an order"),
    ("anothers-weight", 0, "have the text of one alternative and the weight of another"),
    ("unknown-item", 0, "item 99999: "),
    ("doubled-rows", 0, "or two where one can be"),
    ("no-total", 0, "TotalPages is lower than the pages there are"),
    ("low-total", 0, "TotalPages is lower than the pages there are"),
    ("capped-pages", 0, "answer sets that the list without answers names"),
    ("mixed-pages", 0, "answer sets more than once"),
    ("lost-sets", 0, "answer sets that the list without answers names"),
    ("local-updated", 0, FILTER),
    ("created-updated", 0, FILTER),
    ("empty-updated", 0, FILTER),
    ("unreadable-set", 0, "1 answer sets cannot be read"),
    ("many-unreadable-sets", 0, "answer sets cannot be read"),
    ("far-future-completed", 0, "1 answer sets are dated more than a day ahead"),
    ("far-future-updated", 0, "1 answer sets are dated more than a day ahead"),
)
WELL = (
    "plain", "mended-wordings", "several-languages", "customer-dropdown", "headings", "markup", "markup-in-answers",
    "decomposed", "soft-hyphens", "zero-weights", "checkbox-headings", "weighted-checkboxes", "repeated-rows",
    "ms-dates", "wrapped-bodies",
)  # fmt: skip
MANY = {"low-total", "capped-pages", "mixed-pages"}  # show themselves on several pages


@pytest.fixture
def clean(monkeypatch):
    for name in (*(option.name for option in OPTIONS), *(name for name, _ in CRM_OPTIONS)):
        monkeypatch.setenv(name, "")
    return monkeypatch


def checked(account, clean, customers=40):
    """The exit status, and what the check says of an account that has turned."""
    with running(customers=customers, account=account) as simulator:
        simulator.turn()
        clean.setenv("NETIGATE_API_KEY", simulator.key)
        clean.setenv("NETIGATE_BASE_URL", simulator.base_url)
        clean.setenv("NETIGATE_SURVEYS", "4711,4712,4713")
        clean.setenv("NETIGATE_CUSTOMER_LABEL", "CRM-ID")
        run = CliRunner().invoke(main, ["check"])
        assert simulator.violations == []
        texts = {row["text"] for one in simulator.truth() for row in one["answers"] if row["type"] == "TEXT_FIELD"}
    assert not [text for text in (*LEAK_MARKERS, *texts) if len(text) > 10 and text in run.output]
    return run.exit_code, run.output


@pytest.mark.parametrize(("account", "status", "said"), SEEN, ids=[f"{one[0]}-{one[2][:9]}" for one in SEEN])
def test_what_is_odd_is_said(account, status, said, clean):
    code, output = checked(account, clean, customers=800 if account in MANY else 40)
    assert said in output
    assert code == status
    assert "All well." not in output


@pytest.mark.parametrize("account", WELL)
def test_what_is_read_as_it_is_meant_is_well(account, clean):
    code, output = checked(account, clean)
    assert "All well." in output
    assert code == 0
