from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.cache.freshness import Ages, FreshnessRule
from service.store.wholeness.sweeps import Sweeps, decode_sweeps

NOW = datetime(2026, 11, 23, 21, 0, 0, tzinfo=UTC)
RULE = FreshnessRule(60.0, 180.0, (1, 2))


def ago(seconds: float) -> int:
    return round((NOW - timedelta(seconds=seconds)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("ages", "state", "age", "wait"),
    [
        ((12, 3), "fresh", 12, 48),
        ((3, 12), "fresh", 12, 48),
        ((0, 0), "fresh", 0, 60),
        ((58, 58), "fresh", 58, 5),
        ((60, 0), "fresh", 60, 5),
        ((179.9, 0), "fresh", 179, 5),
        ((180, 0), "stale", 180, 5),
        ((100_000, 0), "stale", 100_000, 5),
        # Two processes read the server's clock a moment apart.
        ((-1, -1), "fresh", 0, 60),
        # A sweep in the future was dated by a clock that was wrong: nobody knows how old it is.
        ((-30, -30), "stale", None, 5),
        ((10, -3600), "stale", None, 5),
    ],
)
def test_the_oldest_of_the_surveys_counts(ages, state, age, wait):
    found = RULE.of(Sweeps({1: ago(ages[0]), 2: ago(ages[1])}), NOW)
    assert (found.state, found.age_seconds, found.refresh_after_seconds) == (state, age, wait)


@pytest.mark.parametrize("swept", [{}, {1: ago(1)}, {2: ago(1), 3: ago(1)}])
def test_a_survey_never_swept_makes_it_stale_without_an_age(swept):
    assert RULE.of(Sweeps(swept), NOW).document == {
        "state": "stale",
        "as_of": None,
        "age_seconds": None,
        "refresh_after_seconds": 5,
    }


def test_only_the_surveys_concerned_count():
    swept = Sweeps({1: ago(12), 2: ago(500)})
    assert RULE.of(swept, NOW, [1]).state == "fresh"
    assert RULE.of(swept, NOW, [2]).state == "stale"
    assert RULE.of(swept, NOW, []).state == "stale"


def test_the_example_of_the_contract():
    assert RULE.of(Sweeps({1: ago(12), 2: ago(12)}), NOW).document == {
        "state": "fresh",
        "as_of": "2026-11-23T20:59:48Z",
        "age_seconds": 12,
        "refresh_after_seconds": 48,
    }


@pytest.mark.parametrize("interval", [60.0, 1.0, 7.5])
@pytest.mark.parametrize("fresh_for", [180.0, 1.0, 2.25])
def test_an_age_that_is_kept_is_the_age_that_is_worked_out(interval: float, fresh_for: float) -> None:
    rule = FreshnessRule(interval, fresh_for, (1, 2))
    ages = Ages(rule)
    start = datetime(2026, 11, 23, 12, 0, 0, 123000, tzinfo=UTC)
    swept = Sweeps({1: round(start.timestamp() * 1000), 2: round(start.timestamp() * 1000) + 400})
    for step in range(800):
        now = start + timedelta(milliseconds=step * 37)
        assert ages.of(swept, now) == rule.of(swept, now), now
        assert ages.of(swept, now, [2]) == rule.of(swept, now, [2]), now


def test_a_kept_age_gives_way_to_a_new_sweep_and_to_a_clock_set_back() -> None:
    rule = FreshnessRule(60.0, 180.0, (1,))
    ages = Ages(rule)
    now = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
    for moment, start in ((now, 5), (now, 1), (now - timedelta(seconds=3), 1), (now, None), (now, 1)):
        swept = Sweeps({} if start is None else {1: round((now - timedelta(seconds=start)).timestamp() * 1000)})
        assert ages.of(swept, moment) == rule.of(swept, moment)


def test_a_held_survey_leaves_the_age_and_is_named():
    found = RULE.of(Sweeps({1: ago(12), 2: ago(10_000)}, held=[2]), NOW)
    assert (found.state, found.age_seconds, found.document["held"]) == ("fresh", 12, [2])
    assert RULE.of(Sweeps({1: ago(12)}, held=[2]), NOW).state == "fresh", "though it was never swept"
    assert "held" not in RULE.of(Sweeps({1: ago(12), 2: ago(3)}), NOW).document
    alone = RULE.of(Sweeps({1: ago(12), 2: ago(10_000)}, held=[2]), NOW, [2])
    assert (alone.state, alone.age_seconds, alone.held) == ("stale", 10_000, (2,)), "of its own answers it is the age"


def test_what_was_not_yet_compared_is_not_called_fresh():
    swept = {1: ago(12), 2: ago(3)}
    assert RULE.of(Sweeps(swept, backfilling=[2]), NOW).state == "backfilling"
    assert RULE.of(Sweeps(swept, backfilling=[2]), NOW, [1]).state == "fresh"
    assert RULE.of(Sweeps({1: ago(500), 2: ago(3)}, backfilling=[2]), NOW).state == "stale"
    ages = Ages(RULE)
    assert ages.of(Sweeps(swept, backfilling=[2]), NOW).state == "backfilling"
    assert ages.of(Sweeps(swept), NOW).state == "fresh", "the same times with other marks are another answer"


def test_sweeps_are_read_as_far_as_they_can_be():
    found = decode_sweeps(
        {b"1": b"1000", b"h2": b"1", b"b3": b"1", b"x4": b"1", b"5": b"soon", b"h": b"1", b"6": b"9" * 30}
    )
    assert (dict(found), found.held, found.backfilling) == ({1: 1000}, {2}, {3})
