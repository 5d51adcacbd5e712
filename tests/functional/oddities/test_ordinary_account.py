"""One ordinary account, of which now and then a set, a tree or a list is not what it should be."""

from __future__ import annotations

import time

import pytest

from tests.harness.simulator import SURVEYS, SWEDISH
from tests.harness.waiting import until
from tests.support.oddities import DAYS, behind, odd


@pytest.fixture(scope="module")
def shared():
    """Nothing in it is the same after a test; each looks at what it has changed itself."""
    with odd(TREE_CONFIRM_SECONDS="60", **DAYS) as account:
        account.await_everything()
        yield account


def given(account, customer, *rows, **more):
    """What a customer's answers are shown as, once they are served."""
    account.netigate.add(customer=customer, answers=list(rows), **more)
    account.service.await_summary(customer, answered=1)
    return account.answers(customer)


def steady(account, seconds=2.0):
    """Look for a while; every reader is told the same all the time."""
    before, ends = account.summaries(), time.monotonic() + seconds
    while time.monotonic() < ends:
        assert account.summaries() == before
        time.sleep(0.1)
    return before


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
    until(lambda: shared.gauge("unrecognised_answers", SWEDISH) >= before + 2, what="a gauge of what is not known")
    until(lambda: "answers_not_understood" in shared.service.logs(), what="a line in the log")
    told = shared.service.get("/v1/unmapped").json()["wordings"]
    assert {(one["question_item_id"], one["wording"]) for one in told} >= {(31, None), (99_999, None)}
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
    shared.service.await_sweep(times=2)
    assert shared.service.summary("reopened")["score"] == 0.0
    shared.netigate.edit(added["set"], completed=behind(hours=22))
    shared.service.await_sweep(times=2)
    assert [c for c in shared.changes() if c["customer_id"] == "reopened"] == told


# Rows 15 and 16


def test_a_tree_that_lacks_much_is_not_believed_at_once(shared):
    told = [one["id"] for one in shared.changes()]
    for trees in (("background_missing", "nulls", "question_removed"), ("translated", "translated", "nulls")):
        for survey, tree in zip(SURVEYS, trees, strict=True):
            shared.netigate.survey(survey, tree=[tree])
        before = steady(shared, seconds=2.5)
        assert before["C-1001"]["answered"] == 2
        shared.await_reason("the last good tree is used")
        shared.await_gauge("tree_doubted", SWEDISH, 1)
        shared.netigate.add(customer=f"C-{trees[0]}", answers={31: "Mycket missnöjd"})
        shared.service.await_summary(f"C-{trees[0]}", score=0.0)
    for survey in SURVEYS:
        shared.netigate.survey(survey, tree=[])
    until(lambda: len(shared.changes()) >= len(told) + 2, what="both changes")
    shared.service.await_sweep(times=2)
    ids = [one["id"] for one in shared.changes()]
    assert len(ids) == len(set(ids))
    assert ids[: len(told)] == told
    assert len(ids) == len(told) + 2


# Row 11


def test_a_list_that_does_not_come_stops_no_sweep_and_is_told(shared):
    erased = shared.netigate.truth("C-1001")[0]["set"]
    shared.netigate.fault("error", path=r"/answers(\?|$)")
    shared.netigate.erase(erased)
    shared.netigate.add(customer="C-meanwhile", answers={31: "Nöjd"})
    shared.service.await_summary("C-meanwhile", answered=1)
    shared.await_reason(f"survey {SWEDISH} was last compared with Netigate's list at")
    until(lambda: shared.gauge("reconcile_age_seconds", SWEDISH) > 3, what="a list that is old")
    assert shared.freshness["state"] == "fresh"
    shared.netigate.lift()
    shared.service.await_summary("C-1001", answered=1)


# Row 4


def test_a_partial_delete_is_noticed_by_the_list(shared):
    assert shared.netigate.delete_partly(5)
    shared.await_everything()
