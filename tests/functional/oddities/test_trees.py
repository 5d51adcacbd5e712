"""A question tree that is corrected, odd or lacks much: no score is turned by it."""

from __future__ import annotations

import pytest

from tests.harness.simulator import ENGLISH, GERMAN, SWEDISH
from tests.support.oddities import odd


@pytest.fixture(scope="module")
def removed():
    """An account of which the first question will be removed; until then an ordinary one."""
    with odd("removed-question") as account:
        account.await_everything()
        yield account


@pytest.fixture(scope="module")
def plain_scores(removed):
    return removed.scores()


# Rows 2 and 3


@pytest.mark.parametrize(
    ("name", "new"), [("turned-weights-followed", "Very satisfied"), ("mended-wordings-followed", "Very satisfied")]
)
def test_an_authors_correction_turns_no_score(name, new):
    with odd(name) as account:
        account.await_state()
        before, low, told = account.scores(), account.low(), account.changes()
        account.netigate.turn()
        account.service.await_sweep(times=4)  # the tree is read, the pages again
        assert account.scores() == before
        assert account.low() == low
        assert [one["id"] for one in account.changes()] == [one["id"] for one in told]
        account.netigate.add(survey=ENGLISH, customer="C-new", answers={231: new})
        assert account.service.await_summary("C-new", answered=1)["score"] == 100.0


# Row 7


def test_an_order_is_no_scale_and_headings_show_what_is_asked(plain_scores):
    settings = {
        SWEDISH: {"tree": ["ranking"], "ms_dates": True},
        GERMAN: {"tree": ["headings", "marked_up"], "wrapped": True},
        ENGLISH: {"answers": ["repeated", "heading_first", "weighted_ticks"], "paging": "zero"},
    }
    with odd(settings=settings) as account:
        account.await_everything()
        assert account.scores() == plain_scores
        items = account.service.get(f"/v1/surveys/{SWEDISH}/scales").json()["items"]
        assert [one["reason"] for one in items if one["question_item_id"] == 34] == ["not_a_scale"]
        results = [one for name in account.answered() for one in account.results(name)]
        places = [a for one in results for a in one["answers"] if a["question_item_id"] == 34]
        assert places
        assert {answer["score"] for answer in places} == {None}
        asked = {a["question"] for one in results if one["survey"]["id"] == GERMAN for a in one["answers"]}
        assert "Wie zufrieden sind Sie mit uns?" in asked
        assert not [text for text in asked if "<" in text or "&" in text]


# Row 17


def test_an_answer_keeps_the_score_of_the_edition_it_was_given_under(removed, plain_scores):
    low = removed.low()
    removed.netigate.turn()
    removed.service.await_sweep(times=4)  # held, confirmed, read again
    removed.await_gauge("tree_doubted", SWEDISH, 0)
    assert removed.scores() == plain_scores
    assert removed.low() == low
