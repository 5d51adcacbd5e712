from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.cache.freshness import Ages, FreshnessRule

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
    found = RULE.of({1: ago(ages[0]), 2: ago(ages[1])}, NOW)
    assert (found.state, found.age_seconds, found.refresh_after_seconds) == (state, age, wait)


@pytest.mark.parametrize("swept", [{}, {1: ago(1)}, {2: ago(1), 3: ago(1)}])
def test_a_survey_never_swept_makes_it_stale_without_an_age(swept):
    assert RULE.of(swept, NOW).document == {
        "state": "stale",
        "as_of": None,
        "age_seconds": None,
        "refresh_after_seconds": 5,
    }


def test_only_the_surveys_concerned_count():
    swept = {1: ago(12), 2: ago(500)}
    assert RULE.of(swept, NOW, [1]).state == "fresh"
    assert RULE.of(swept, NOW, [2]).state == "stale"
    assert RULE.of(swept, NOW, []).state == "stale"


def test_the_example_of_the_contract():
    assert RULE.of({1: ago(12), 2: ago(12)}, NOW).document == {
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
    swept = {1: round(start.timestamp() * 1000), 2: round(start.timestamp() * 1000) + 400}
    for step in range(800):
        now = start + timedelta(milliseconds=step * 37)
        assert ages.of(swept, now) == rule.of(swept, now), now
        assert ages.of(swept, now, [2]) == rule.of(swept, now, [2]), now


def test_a_kept_age_gives_way_to_a_new_sweep_and_to_a_clock_set_back() -> None:
    rule = FreshnessRule(60.0, 180.0, (1,))
    ages = Ages(rule)
    now = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
    for moment, start in ((now, 5), (now, 1), (now - timedelta(seconds=3), 1), (now, None), (now, 1)):
        swept = {} if start is None else {1: round((now - timedelta(seconds=start)).timestamp() * 1000)}
        assert ages.of(swept, moment) == rule.of(swept, moment)
