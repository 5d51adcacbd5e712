from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.store.freshness import FreshnessRule

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
        # A sweep that another machine's faster clock dates ahead of us is of now.
        ((-30, -30), "fresh", 0, 60),
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
