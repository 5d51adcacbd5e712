"""What may be kept, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.survey.retention import Retention
from tests.support.fakes import COMMENT, START, make_set
from tests.support.house import read_survey

YEAR = Retention(keep=timedelta(days=365))


@pytest.mark.parametrize(
    ("retention", "age", "expired"),
    [
        (YEAR, timedelta(days=364), False),
        (YEAR, timedelta(days=365), False),
        (YEAR, timedelta(days=365, seconds=1), True),
        (Retention(), timedelta(days=36500), False),
    ],
)
def test_results_expire_by_when_they_were_completed(retention: Retention, age: timedelta, expired: bool) -> None:
    assert retention.expired(START - age, START) is expired


def test_an_unfinished_set_does_not_expire() -> None:
    assert not YEAR.expired(None, START)


def test_the_cutoff_is_where_expiry_begins() -> None:
    assert YEAR.cutoff(START) == START - timedelta(days=365)
    assert Retention().cutoff(START) is None


def test_comments_are_left_out_and_nothing_else() -> None:
    whole = make_set(1, "Nöjd", comment="Bra!", contact="P-1", recommend=9)
    bare = Retention(comments=False).kept(whole, read_survey())
    assert [a.question_item_id for a in whole.answers if a not in bare.answers] == [COMMENT]


def test_text_that_is_no_alternative_is_a_comment_wherever_it_stands() -> None:
    whole = make_set(1, "Annat: ring Anders")
    assert "Anders" not in repr(Retention(comments=False).kept(whole, read_survey()))


def test_with_comments_a_set_is_kept_as_it_is() -> None:
    whole = make_set(1, comment="Bra!")
    assert Retention().kept(whole, read_survey()) is whole


@pytest.mark.parametrize(
    ("was", "now", "more"),
    [
        (Retention(comments=False), Retention(), True),
        (Retention(comments=False), Retention(comments=False), False),
        (Retention(), Retention(), False),
        (Retention(), Retention(comments=False), False),
    ],
)
def test_only_wanting_comments_again_needs_netigate(was: Retention, now: Retention, more: bool) -> None:
    assert now.allows_more_than(f"ruleset{was.mark}") is more


def test_a_store_without_a_ruleset_needs_nothing() -> None:
    assert not Retention().allows_more_than(None)
