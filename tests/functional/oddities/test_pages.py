"""Pages, lists and filters that do not bring everything: it is brought all the same."""

from __future__ import annotations

import pytest

from tests.harness.simulator import SURVEYS, SWEDISH
from tests.support.oddities import DAYS, behind, odd

# Row 4


def test_a_partial_delete_is_noticed_by_reading_old_pages_again():
    with odd(RECONCILE_INTERVAL_SECONDS="3600") as account:
        account.await_everything()
        assert account.netigate.delete_partly(5)
        account.await_everything()


# Row 9


@pytest.mark.parametrize("name", ["empty-updated"])
def test_a_filter_that_misses_answers_is_found_out_and_done_without(name):
    with odd(name, **DAYS) as account:
        account.await_reason(f"survey {SWEDISH}: updated= does not bring what was updated")
        account.await_gauge("filter_wrong", SWEDISH, 1)
        account.netigate.add(customer="C-missed", answers={31: "Nöjd"}, updated=behind(minutes=30))
        account.service.await_summary("C-missed", answered=1)
        assert account.freshness["state"] == "fresh"


# Row 13


def test_a_new_customer_costs_no_page_though_the_tree_lists_it():
    with odd("customer-dropdown", **DAYS) as account:
        account.await_everything()
        account.netigate.clear_requests()
        account.netigate.add(customer="C-fresh", answers={31: "Nöjd"})
        account.service.await_summary("C-fresh", answered=1)
        account.service.await_sweep(times=2)
        asked = [one for one in account.netigate.requests()["requests"] if "answersWithData" in str(one)]
        assert asked
        assert not [one for one in asked if "updated" not in str(one)]
        assert "rescored" not in account.service.logs()


# Rows 14 and 19


@pytest.mark.parametrize("paging", [("capped", "mixed", "lost"), ("low", "low", "low")])
def test_whatever_the_pages_lack_is_brought_before_answers_are_called_fresh(paging):
    settings = {survey: {"paging": lacks} for survey, lacks in zip(SURVEYS, paging, strict=True)}
    with odd(settings=settings, customers=600 if "capped" in paging else 250, **DAYS) as account:
        account.await_state()
        assert {name: one["answered"] for name, one in account.summaries().items()} == account.answered()
        account.netigate.clear_requests()
        account.service.await_sweep(times=2)
        assert "/surveys/{s}/answers/{a}" not in account.netigate.requests(last=0)["counts"]
