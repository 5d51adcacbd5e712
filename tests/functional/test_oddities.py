"""Each kind of odd account, by its row of the list in docs/simulator.md's sense: what users of the service get.

Each row has a process of its own, but for those that one process shows beside each other.
"""

from __future__ import annotations

import time

import pytest

from tests.harness.simulator import ENGLISH, GERMAN, SURVEYS, SWEDISH
from tests.harness.waiting import until
from tests.support.oddities import odd

DAYS = {"REREAD_DAYS": "7"}  # as it is usually: no page is read again while a test runs


def steady(account, seconds=2.0):
    """Look for a while; every reader is told the same all the time."""
    before, ends = account.summaries(), time.monotonic() + seconds
    while time.monotonic() < ends:
        assert account.summaries() == before
        time.sleep(0.1)
    return before


@pytest.fixture(scope="module")
def shared():
    """One ordinary account, to which answers are added that do not say what the tree says."""
    with odd(**DAYS) as account:
        account.await_state()
        yield account


def given(account, customer, *rows, **more):
    """What a customer's answers are shown as, once they are served."""
    account.netigate.add(customer=customer, answers=list(rows), **more)
    account.service.await_summary(customer, answered=1)
    return account.answers(customer)


# Row 1


def test_a_survey_that_is_refused_is_held_alone():
    with odd("refused-survey") as account:
        account.await_state()
        assert account.freshness["held"] == [GERMAN]
        assert account.service.summary("C-1001")["score"] == 0.0
        assert f"survey {GERMAN} is held" in account.reasons
        assert [account.gauge("survey_held", survey) for survey in SURVEYS] == [0, 1, 0]
        account.netigate.survey(GERMAN, refused=False)
        account.await_everything()
        until(lambda: "held" not in account.freshness, what="a survey that is held no longer")


# Rows 2 and 3


@pytest.mark.parametrize(
    ("name", "new"), [("turned-weights-followed", "Very satisfied"), ("mended-wordings-followed", "Very satisfied")]
)
def test_an_authors_correction_turns_no_score(name, new):
    with odd(name) as account:
        account.await_state()
        before, low, told = account.scores(), account.low(), account.changes()
        account.netigate.turn()
        time.sleep(4)  # the tree is read, the pages again
        assert account.scores() == before
        assert account.low() == low
        assert [one["id"] for one in account.changes()] == [one["id"] for one in told]
        account.netigate.add(survey=ENGLISH, customer="C-new", answers={231: new})
        assert account.service.await_summary("C-new", answered=1)["score"] == 100.0


# Row 4


def test_a_partial_delete_is_noticed_though_nothing_else_moves():
    with odd(RECONCILE_INTERVAL_SECONDS="3600") as account:  # by reading old pages again
        account.await_everything()
        gone = account.netigate.delete_partly(5)
        account.await_everything()
    with odd(**DAYS) as account:  # by the list
        account.await_everything()
        gone = account.netigate.delete_partly(5)
        assert gone
        account.await_everything()


# Rows 5 and 18


def test_sets_that_cannot_be_read_or_dated_hold_up_nothing():
    settings = {
        SWEDISH: {"unreadable": 1},
        GERMAN: {"far_future": "Completed"},
        ENGLISH: {"far_future": "Updated"},
    }
    with odd(settings=settings) as account:
        account.await_state()
        until(lambda: account.gauge("answer_sets_unreadable", SWEDISH) == 1, what="a set that is told to be set aside")
        assert f"survey {SWEDISH}: 1 answer sets cannot be read" in account.reasons
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


# Rows 6, 8 and 12, and what is told beside the rows


@pytest.mark.parametrize(
    ("text", "weight", "score", "reason"),
    [
        ("Vet ej", 0, None, "no_opinion"),
        ("Mycket lätt", 1, None, "ambiguous"),
        ("Mycket svårt", 5, None, "ambiguous"),
        ("Mycket lätt", 5, 100.0, None),
        ("Mycket svårt", 1, 0.0, None),
    ],
)
def test_a_weight_that_is_anothers_or_none_scores_nothing(shared, text, weight, score, reason):
    row = {"item": 33, "text": text, "weight": weight}
    (answer,) = given(shared, f"weight-{text}-{weight}".replace(" ", "-"), row)
    assert (answer["score"], answer["reason"]) == (score, reason)
    assert answer["answer"] == text


@pytest.mark.parametrize(
    ("name", "text", "numeric", "score"),
    [
        ("translated", "Very satisfied", 5, 100.0),
        ("elsewhere", "Sehr unzufrieden", 1, 0.0),
        ("against", "Very satisfied", 1, None),
        ("decomposed", "Mycket missno\u0308jd", 1, 0.0),
        ("hyphened", "Mycket miss\u00adnöjd", 1, 0.0),
        ("marked-up", "<b>Mycket nöjd</b>", 5, 100.0),
        ("entity", "Mycket n&ouml;jd", 5, 100.0),
        ("unknown", "Blåbär", 5, None),
    ],
)
def test_a_text_that_is_spelt_otherwise(shared, name, text, numeric, score):
    (answer,) = given(shared, f"text-{name}", {"item": 31, "text": text, "numeric": numeric})
    assert answer["score"] == score


def test_what_stays_unknown_is_told(shared):
    before = shared.gauge("unrecognised_answers", SWEDISH)
    given(shared, "unknown-1", {"item": 31, "text": "Stachelbeere", "numeric": 2}, {"item": 99_999, "text": "hemligt"})
    until(lambda: shared.gauge("unrecognised_answers", SWEDISH) == before + 2, what="a gauge of what is not known")
    told = shared.service.get("/v1/unmapped").json()["wordings"]
    assert {(one["question_item_id"], one["wording"]) for one in told} >= {(31, None), (99_999, None)}
    assert "answers_not_understood" in shared.service.logs()
    assert "Stachelbeere" not in str(told) + shared.service.logs()
    assert "hemligt" not in str(shared.service.summary("unknown-1"))


def test_ticks_are_told_and_neither_scored_nor_comments(shared):
    asked = {"item": 36, "question_text": "Vad har du kontaktat oss om? Flera svar är möjliga.", "text": ""}
    tick = {"item": 36, "question_text": "Faktura", "text": "", "numeric": -1, "weight": 3, "type": "WEIGHTED_CHECKBOX"}
    (answer,) = given(shared, "ticks", asked, tick)
    assert (answer["answer"], answer["score"], answer["reason"]) == ("Faktura", None, "not_a_scale")
    assert shared.service.summary("ticks", key="plain")["latest"]["answers"] == [answer]  # so it is no comment


def test_two_choices_are_ambiguous_and_the_same_twice_is_one(shared):
    nojd, missnojd = ({"item": 31, "text": text, "numeric": at} for text, at in (("Nöjd", 4), ("Missnöjd", 2)))
    assert {one["reason"] for one in given(shared, "twice", nojd, missnojd)} == {"ambiguous"}
    assert [one["score"] for one in given(shared, "repeated", nojd, nojd)] == [75.0]


def test_a_set_that_is_opened_again_keeps_its_last_state_and_tells_nothing_twice(shared):
    added = shared.netigate.add(customer="reopened", answers={31: "Mycket missnöjd"})
    shared.service.await_summary("reopened", score=0.0)
    told = until(lambda: [c for c in shared.changes() if c["customer_id"] == "reopened"], what="a change")
    shared.netigate.edit(added["set"], completed=None)
    time.sleep(2.5)
    assert shared.service.summary("reopened")["score"] == 0.0
    shared.netigate.edit(added["set"], completed="2026-11-21T10:00:00Z")
    time.sleep(2.5)
    assert [c for c in shared.changes() if c["customer_id"] == "reopened"] == told


# Row 7


def test_an_order_is_no_scale_and_headings_show_what_is_asked():
    settings = {
        SWEDISH: {"tree": ["ranking"], "ms_dates": True},
        GERMAN: {"tree": ["headings", "marked_up"], "wrapped": True},
        ENGLISH: {"answers": ["repeated", "heading_first", "weighted_ticks"], "paging": "zero"},
    }
    with odd() as plain, odd(settings=settings) as account:
        plain.await_everything()
        account.await_everything()
        assert account.scores() == plain.scores()
        items = account.service.get(f"/v1/surveys/{SWEDISH}/scales").json()["items"]
        assert [one["reason"] for one in items if one["question_item_id"] == 34] == ["not_a_scale"]
        results = [one for name in account.answered() for one in _results(account, name)]
        places = [a for one in results for a in one["answers"] if a["question_item_id"] == 34]
        assert places
        assert {answer["score"] for answer in places} == {None}
        asked = {a["question"] for one in results if one["survey"]["id"] == GERMAN for a in one["answers"]}
        assert "Wie zufrieden sind Sie mit uns?" in asked
        assert not [text for text in asked if "<" in text or "&" in text]


def _results(account, customer):
    return account.service.get(f"/v1/customers/{customer}/results").json()["results"]


# Row 9


@pytest.mark.parametrize("name", ["empty-updated"])
def test_a_filter_that_misses_answers_is_found_out_and_done_without(name):
    with odd(name, **DAYS) as account:
        account.await_reason(f"survey {SWEDISH}: updated= does not bring what was updated")
        assert account.gauge("filter_wrong", SWEDISH) == 1
        account.netigate.add(customer="C-missed", answers={31: "Nöjd"}, updated="2026-11-20T12:30:00Z")
        account.service.await_summary("C-missed", answered=1, seconds=8)
        assert account.freshness["state"] == "fresh"


# Row 10


def test_a_survey_that_is_deleted_leaves_the_freshness_and_in_the_end_the_store():
    with odd("deleted-survey") as account:
        account.await_everything()
        account.netigate.turn()
        until(lambda: account.freshness.get("held") == [GERMAN], what="a survey that is held")
        assert account.freshness["state"] == "fresh"
        assert f"survey {GERMAN} is held" in account.reasons
        names = list(account.answered())

        def of_the_deleted():
            return [one for name in names for one in _results(account, name) if one["survey"]["id"] == GERMAN]

        until(lambda: not of_the_deleted(), seconds=30, what="a store without the deleted survey", every=0.2)


# Row 11


def test_a_list_that_does_not_come_stops_no_sweep_and_is_told():
    with odd(**DAYS) as account:
        account.await_everything()
        erased = account.netigate.truth("C-1001")[0]["set"]
        account.netigate.fault("error", path=r"/answers(\?|$)")
        account.netigate.erase(erased)
        account.netigate.add(customer="C-meanwhile", answers={31: "Nöjd"})
        account.service.await_summary("C-meanwhile", answered=1)
        account.await_reason(f"survey {SWEDISH} was last compared with Netigate's list at")
        assert account.gauge("reconcile_age_seconds", SWEDISH) > 3
        assert account.freshness["state"] == "fresh"
        account.netigate.lift()
        account.service.await_summary("C-1001", answered=1)


# Row 13


def test_a_new_customer_costs_no_page_though_the_tree_lists_it():
    with odd("customer-dropdown", **DAYS) as account:
        account.await_everything()
        account.netigate.clear_requests()
        account.netigate.add(customer="C-fresh", answers={31: "Nöjd"})
        account.service.await_summary("C-fresh", answered=1)
        time.sleep(2)
        asked = [one for one in account.netigate.requests()["requests"] if "answersWithData" in str(one)]
        assert asked
        assert not [one for one in asked if "updated" not in str(one)]
        assert "rescored" not in account.service.logs()


# Rows 14 and 19


@pytest.mark.parametrize("paging", ["capped", "mixed", "lost", "low"])
def test_whatever_the_pages_lack_is_brought_before_answers_are_called_fresh(paging):
    settings = {survey: {"paging": paging} for survey in SURVEYS}
    with odd(settings=settings, customers=600 if paging in {"capped", "lost"} else 250, **DAYS) as account:
        account.await_state()
        assert {name: one["answered"] for name, one in account.summaries().items()} == account.answered()
        account.netigate.clear_requests()
        time.sleep(2.5)
        assert "/surveys/{s}/answers/{a}" not in account.netigate.requests(last=0)["counts"]


# Rows 15 and 16


def test_a_tree_that_lacks_much_is_not_believed_at_once():
    with odd(TREE_CONFIRM_SECONDS="60", **DAYS) as account:
        account.await_everything()
        told = [one["id"] for one in account.changes()]
        for trees in (("background_missing", "nulls", "question_removed"), ("translated", "translated", "nulls")):
            for survey, tree in zip(SURVEYS, trees, strict=True):
                account.netigate.survey(survey, tree=[tree])
            before = steady(account, seconds=2.5)
            assert before["C-1001"]["answered"] == 2
            account.await_reason("the last good tree is used")
            assert account.gauge("tree_doubted", SWEDISH) == 1
            account.netigate.add(customer=f"C-{trees[0]}", answers={31: "Mycket missnöjd"})
            account.service.await_summary(f"C-{trees[0]}", score=0.0)
        for survey in SURVEYS:
            account.netigate.survey(survey, tree=[])
        time.sleep(2.5)
        ids = [one["id"] for one in account.changes()]
        assert len(ids) == len(set(ids))
        assert ids[: len(told)] == told
        assert len(ids) == len(told) + 2


# Row 17


def test_an_answer_keeps_the_score_of_the_edition_it_was_given_under():
    with odd("removed-question") as account:
        account.await_everything()
        before, low = account.scores(), account.low()
        account.netigate.turn()
        time.sleep(5)  # held, confirmed, read again
        assert account.scores() == before
        assert account.low() == low
        assert account.gauge("tree_doubted", SWEDISH) == 0
