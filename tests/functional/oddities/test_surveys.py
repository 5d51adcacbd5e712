"""A survey that is refused, deleted or holds what cannot be read: no other is held up."""

from __future__ import annotations

import pytest

from tests.harness.simulator import ENGLISH, GERMAN, SURVEYS, SWEDISH
from tests.harness.waiting import until
from tests.support.oddities import odd


@pytest.fixture(scope="module")
def refused():
    """An account of which one survey is refused at first."""
    with odd("refused-survey") as account:
        account.await_state()
        yield account


# Row 1


def test_a_survey_that_is_refused_is_held_alone(refused):
    assert refused.freshness["held"] == [GERMAN]
    assert refused.service.summary("C-1001")["score"] == 0.0
    refused.await_reason(f"survey {GERMAN} is held")
    assert [refused.gauge("survey_held", survey) for survey in SURVEYS] == [0, 1, 0]
    refused.netigate.survey(GERMAN, refused=False)
    refused.await_everything()
    until(lambda: "held" not in refused.freshness, what="a survey that is held no longer")


# Row 10


def test_a_survey_that_is_deleted_leaves_the_freshness_and_in_the_end_the_store(refused):
    refused.netigate.survey(GERMAN, refused=False)
    refused.await_everything()
    names = list(refused.answered())
    refused.netigate.survey(GERMAN, missing=True)
    until(lambda: refused.freshness.get("held") == [GERMAN], what="a survey that is held")
    assert refused.freshness["state"] == "fresh"
    refused.await_reason(f"survey {GERMAN} is held")

    def of_the_deleted():
        return [one for name in names for one in refused.results(name) if one["survey"]["id"] == GERMAN]

    until(lambda: not of_the_deleted(), what="a store without the deleted survey", every=0.2)


# Rows 5 and 18


def test_sets_that_cannot_be_read_or_dated_hold_up_nothing():
    settings = {
        SWEDISH: {"unreadable": 1},
        GERMAN: {"far_future": "Completed"},
        ENGLISH: {"far_future": "Updated"},
    }
    with odd(settings=settings) as account:
        account.await_state()
        account.await_gauge("answer_sets_unreadable", SWEDISH, 1)
        account.await_reason(f"survey {SWEDISH}: 1 answer sets cannot be read")
        served = account.summaries()
        lacking = {name for name, count in account.answered().items() if served[name]["answered"] != count}
        assert lacking == {"C-1001"}
        for name in served:
            assert account.service.get(f"/v1/customers/{name}/results").status_code == 200
        assert not [one for one in served.values() if (one["last_answered_at"] or "").startswith("9999")]
        assert account.gauge("filter_wrong", ENGLISH) == 0
        account.netigate.add(customer="C-after", answers={31: "Nöjd"})  # behind the unreadable one
        account.service.await_summary("C-after", answered=1)
        ahead = min((one for one in account.netigate.truth() if one["survey"] == GERMAN), key=lambda one: one["set"])
        if ahead["customer"]:
            account.netigate.add(survey=GERMAN, customer=ahead["customer"], answers={131: "Sehr zufrieden"})
            account.service.await_summary(ahead["customer"], score=100.0)
        account.netigate.survey(SWEDISH, unreadable=0)
        account.await_everything()

        # What was served and turns unreadable is told, and not served for ever.
        account.netigate.survey(SWEDISH, unreadable=1)
        account.await_reason("1 answer sets cannot be read")
        count = account.answered()["C-1001"]
        until(lambda: account.service.summary("C-1001")["answered"] == count - 1, what="an end of what it was")
        assert account.gauge("answer_sets_unreadable", SWEDISH) == 1
        account.netigate.survey(SWEDISH, unreadable=0)
        account.await_everything()
