"""Changes as sweeps make them: told once, in the order answered, whatever order pages come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.sweeping.change_feed import ChangeFeed, ChangeOptions
from tests.support.fakes import START, make_set, make_survey
from tests.support.house import House

DAY = timedelta(days=1)
LOW, MID, HIGH = "Mycket missnöjd", "Varken nöjd eller missnöjd", "Mycket nöjd"


def told(house):
    return [(change["customer_id"], change["kind"], change["score"]) for change in house.changes()]


def test_a_first_sweep_tells_what_changed_lately_in_the_order_answered(house):
    house.upstream.page_size = 2
    house.upstream.put(
        make_set(5, HIGH, customer="B", at=START - 1 * DAY),
        make_set(4, LOW, customer="A", at=START - 2 * DAY),
        make_set(3, LOW, customer="B", at=START - 3 * DAY),
        make_set(2, HIGH, customer="A", at=START - 90 * DAY),
        make_set(1, LOW, customer="C", at=START - 40 * DAY),
    )
    house.sweep()
    assert told(house) == [("B", "first_low", 0.0), ("A", "crossed_below", 0.0), ("B", "recovered", 100.0)]
    house.clock.advance(60)
    house.sweep()
    assert len(house.changes()) == 3


def test_after_the_first_sweep_a_change_is_told_by_the_sweep_that_files_it(house):
    house.upstream.put(make_set(1, HIGH, at=START - DAY))
    house.sweep()
    house.upstream.put(make_set(2, MID, at=START + DAY))
    house.clock.advance(60)
    house.sweep()
    assert told(house) == [("C-1", "dropped", 50.0)]


def test_an_edit_is_compared_with_what_it_replaces(house):
    house.upstream.put(make_set(1, HIGH, at=START - DAY))
    house.sweep()
    house.upstream.put(make_set(1, LOW, at=START - DAY, updated=START + DAY))
    house.clock.advance(60)
    house.sweep()
    assert told(house) == [("C-1", "crossed_below", 0.0)]
    (change,) = house.changes()
    assert change["previous_score"] == 100.0


def test_an_answer_from_long_before_the_first_sweep_makes_none_even_when_it_is_edited(house):
    house.upstream.put(make_set(1, HIGH, at=START - 60 * DAY))
    house.sweep()
    house.upstream.put(make_set(1, LOW, at=START - 60 * DAY, updated=START + DAY))
    house.clock.advance(60)
    house.sweep()
    assert house.summary("C-1")["score"] == 0.0
    assert told(house) == []


def test_an_older_answer_that_comes_late_makes_none(house):
    house.upstream.put(make_set(2, HIGH, at=START - DAY))
    house.sweep()
    house.upstream.put(make_set(1, LOW, at=START - 2 * DAY, updated=START + DAY))
    house.clock.advance(60)
    house.sweep()
    assert told(house) == []


def two_surveys(fake):
    house = House(fake, surveys=(4711, 4712))
    house.upstream.trees[4712] = make_survey(4712, "Zweite")
    return house


def test_changes_of_first_sweeps_wait_for_each_other(fake):
    house = two_surveys(fake)
    house.upstream.put(make_set(2, LOW, at=START - DAY), make_set(1, HIGH, at=START - 2 * DAY, survey_id=4712))
    house.sweep(4711)
    assert told(house) == []
    house.sweep(4712)
    assert told(house) == [("C-1", "crossed_below", 0.0)]


def test_a_survey_that_never_ends_its_first_sweep_holds_the_others_up_for_ten_minutes_only(fake):
    house = two_surveys(fake)
    house.upstream.put(make_set(2, LOW, at=START - DAY))
    house.sweep(4711)
    house.clock.advance(601)
    house.sweep(4711)
    assert told(house) == [("C-1", "first_low", 0.0)]


def test_killed_while_settling_it_goes_on_without_doubles(house, monkeypatch):
    house.upstream.put(*(make_set(n, LOW, customer=f"C-{n}", respondent=n, at=START - n * DAY) for n in range(1, 6)))
    real, left = house.store.filer.commit, iter(range(3))

    def dying(survey, plan, lease):
        if plan.settled and next(left, None) is None:
            raise KeyboardInterrupt
        return real(survey, plan, lease)

    with monkeypatch.context() as patched:
        patched.setattr("service.sweeping.change_feed.SETTLE_BATCH", 1)
        patched.setattr(house.store.filer, "commit", dying)
        with pytest.raises(KeyboardInterrupt):
            house.sweep()
    assert len(house.changes()) == 3
    house.sweep()
    assert [change["customer_id"] for change in house.changes()] == ["C-5", "C-4", "C-3", "C-2", "C-1"]


def test_a_set_that_was_erased_before_its_change_was_told_is_passed_over(fake):
    house = two_surveys(fake)
    house.upstream.put(make_set(1, LOW, at=START - DAY), make_set(2, LOW, customer="B", at=START - DAY))
    house.sweep(4711)
    house.store.eraser.sets(4711, [1])
    house.sweep(4712)
    assert told(house) == [("B", "first_low", 0.0)]


def test_changes_are_dropped_when_they_are_old(house):
    house.file(make_set(1, LOW))
    changes = ChangeFeed(house.store, ChangeOptions(keep_days=90), (4711,), house.clock)
    house.clock.moment = datetime.now(UTC)  # the store dates changes by its own clock
    assert changes.trim() == 0
    house.clock.advance(91 * 86400)
    assert changes.trim() == 1
