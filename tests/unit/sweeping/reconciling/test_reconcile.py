"""The reconcile: what paging missed comes, what vanished goes, and an upstream that lists nothing is not believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.survey.errors import MalformedError, UnavailableError
from service.survey.retention import Retention
from service.sweeping.reconciling.expiry import Expiry
from tests.support.fakes import START, make_set

MINUTE = timedelta(minutes=1)
LOW = "Mycket missnöjd"


def reconcile(house):
    return house.reconcile()


def fill(house, count=3):
    house.upstream.put(*(make_set(n, LOW, customer=f"C-{n}", respondent=n) for n in range(1, count + 1)))
    house.sweep()


def alarm(house):
    return house.store.control.state(4711).alarm


def asked(house, what):
    return [call for call in house.upstream.asked if call[0] == what]


def test_what_vanished_is_gone_everywhere_and_tells_nothing(house):
    fill(house)
    told = [change["id"] for change in house.changes() if change["customer_id"] != "C-2"]
    del house.upstream.sets[2]
    assert reconcile(house).purged == 1
    assert house.summary("C-2")["answered"] == 0
    assert house.sets_of("C-2") == house.sets_of_respondent(2) == []
    assert [change["id"] for change in house.changes()] == told
    standing = house.store.standing.page([*house_bands()], limit=10, max_score=None, before=None, cursor=None)[0]
    assert [entry.customer_id for entry in standing] == ["C-1", "C-3"]


def house_bands():
    from service.survey.model import Band

    return (*Band, None)


def test_what_paging_missed_is_fetched_and_told(house):
    fill(house)
    missed = make_set(9, LOW, customer="C-9", respondent=9, updated=START - 400 * MINUTE)
    house.upstream.put(missed)
    assert house.summary("C-9")["answered"] == 0
    assert reconcile(house).missing == 1
    assert house.sets_of("C-9") == [9]
    assert [change["customer_id"] for change in house.changes()][-1] == "C-9"


def test_a_set_whose_dates_differ_is_fetched_even_if_it_went_back_in_time(house):
    fill(house)
    house.upstream.put(make_set(1, "Nöjd", customer="C-1", respondent=1, updated=START - MINUTE))
    assert reconcile(house).missing == 1
    assert house.summary("C-1")["score"] == 75.0


def test_with_nothing_to_mend_nothing_is_fetched(house):
    fill(house)
    house.upstream.asked.clear()
    report = reconcile(house)
    assert (report.listed, report.missing, report.purged, report.alarm) == (3, 0, 0, None)
    # The page proves that `updated=` brings what was updated last.
    assert [call[0] for call in house.upstream.asked] == ["list", "page"]


def test_two_routes_that_write_a_moment_differently_are_no_difference(house):
    fill(house)
    house.upstream.sets = {
        key: replace(s, updated=s.updated + timedelta(milliseconds=300)) for key, s in house.upstream.sets.items()
    }
    assert reconcile(house).missing == 0


def test_a_body_that_a_failover_lost_is_brought_back_without_a_change(house):
    fill(house)
    told = house.changes()
    house.client.delete(house.keys.partition(house.store.reads.revision(4711, 2).partition))
    assert house.summary("C-2")["answered"] == 0
    assert reconcile(house).missing == 1
    assert house.sets_of("C-2") == [2]
    assert house.changes() == told


def test_an_upstream_that_lists_nothing_is_not_believed(house):
    fill(house)
    house.upstream.sets.clear()
    assert reconcile(house).purged == 0
    assert "no answer set" in alarm(house)
    assert house.sets_of("C-1") == [1]


@pytest.mark.parametrize(
    ("stored", "vanish", "believed"),
    [(60, 12, True), (60, 13, False), (11, 10, True), (12, 11, False), (200, 40, True)],
)
def test_many_at_once_are_not_believed(house, stored, vanish, believed):
    fill(house, stored)
    for number in range(1, vanish + 1):
        del house.upstream.sets[number]
    report = reconcile(house)
    assert (report.purged, report.alarm is None) == ((vanish, True) if believed else (0, False))


def test_the_alarm_ends_with_a_listing_that_is_believed(house):
    fill(house)
    kept = dict(house.upstream.sets)
    house.upstream.sets.clear()
    reconcile(house)
    house.upstream.sets = kept
    reconcile(house)
    assert alarm(house) is None


def test_where_a_listed_set_could_not_be_read_each_missing_one_is_asked_for(house):
    fill(house)
    hidden = house.upstream.sets.pop(2)
    house.upstream.set_aside = 1
    listing = house.upstream.answer_list

    def unreadable(survey_id, **window):
        found = listing(survey_id, **window)
        house.upstream.put(hidden)  # it is there all the same
        return found

    house.upstream.answer_list = unreadable
    assert reconcile(house).purged == 0
    assert house.sets_of("C-2") == [2]
    assert asked(house, "set") == [("set", "4711", "2")]
    house.upstream.answer_list = listing
    del house.upstream.sets[3]
    assert reconcile(house).purged == 1


def test_while_that_cannot_be_asked_nothing_is_removed(house):
    fill(house)
    del house.upstream.sets[2]
    house.upstream.set_aside = 1
    house.upstream.failure, house.upstream.failing = UnavailableError("answer", cause="timeout"), {"set"}
    assert reconcile(house).purged == 0
    assert house.sets_of("C-2") == [2]


def test_a_set_that_went_between_listing_and_fetching_is_erased(house):
    fill(house)
    listing = house.upstream.answer_list

    def racing(survey_id, **window):
        house.upstream.put(make_set(1, "Nöjd", customer="C-1", respondent=1, updated=START + MINUTE))
        found = listing(survey_id, **window)
        del house.upstream.sets[1]
        return found

    house.upstream.answer_list = racing
    reconcile(house)
    assert house.sets_of("C-1") == []


def test_however_many_are_missing_they_come_one_by_one_over_several_turns(house):
    fill(house, 1)
    house.upstream.put(*(make_set(n, customer=f"C-{n}", updated=START - 400 * MINUTE) for n in range(2, 300)))
    slow = house.upstream.answer_set

    def answer(survey_id, number):
        house.clock.advance(1.0)
        return slow(survey_id, number)

    house.upstream.answer_set = answer
    care = keeper(house)
    with house.lease() as token:
        assert care.after_sweep(4711, token), "more is due soon"
        assert len(house.store.control.missing(4711)) == 293  # five seconds are one turn
        turns = 1
        while care.after_sweep(4711, token):
            turns += 1
    assert turns == 59
    assert house.store.control.missing(4711) == {}
    assert house.sets_of("C-299") == [299]
    assert len(asked(house, "set")) == 298


def test_a_set_that_cannot_be_read_is_set_aside_counted_and_not_asked_for_again(house):
    fill(house)
    house.upstream.put(*(make_set(n, customer=f"C-{n}", updated=START - 400 * MINUTE) for n in (8, 9)))
    whole = house.upstream.answer_set

    def answer(survey_id, number):
        if number == 8:
            house.upstream.asked.append(("set", "4711", "8"))
            raise MalformedError("answer", cause="shape")
        return whole(survey_id, number)

    house.upstream.answer_set = answer
    reconcile(house)
    reconcile(house)
    assert house.sets_of("C-9") == [9]
    assert list(house.store.control.set_aside(4711)) == [8]
    assert asked(house, "set").count(("set", "4711", "8")) == 1
    house.upstream.answer_set = whole
    house.upstream.put(make_set(8, customer="C-8", updated=START - 399 * MINUTE))  # listed with another date
    reconcile(house)
    assert house.sets_of("C-8") == [8]
    assert house.store.control.set_aside(4711) == {}


def test_a_fetch_that_fails_is_said_and_done_later(house):
    fill(house)
    house.upstream.put(make_set(9, customer="C-9", updated=START - 400 * MINUTE))
    house.upstream.failure, house.upstream.failing = UnavailableError("answer", cause="timeout"), {"set"}
    with pytest.raises(UnavailableError):
        reconcile(house)
    house.upstream.failure = None
    assert reconcile(house).missing == 1
    assert house.sets_of("C-9") == [9]


def keeper(house, interval=3600.0):
    return house.housekeeping(house.reconciler(), interval, expiry=Expiry(house.store, Retention(), house.clock))


def test_what_even_the_list_does_not_say_readably_counts_as_set_aside_while_it_is_so(house):
    fill(house)
    care = keeper(house)
    with house.lease() as token:
        for unread in (3, 3, 0):
            house.upstream.set_aside = unread
            care.after_sweep(4711, token)
            assert house.store.control.state(4711).unreadable == unread
            house.clock.advance(3600)


def test_it_is_done_once_an_interval(house):
    fill(house)
    care = keeper(house)
    with house.lease() as token:
        care.after_sweep(4711, token)
        del house.upstream.sets[2]
        care.after_sweep(4711, token)
        assert house.sets_of("C-2") == [2]
        house.clock.advance(3600)
        care.after_sweep(4711, token)
        care.after_sweep(4711, token)
    assert house.sets_of("C-2") == []
    assert len(asked(house, "list")) == 2  # once to compare with what the first sweep brought


def test_a_first_sweep_is_called_whole_when_it_was_compared_with_the_list_and_all_that_it_lacked_was_brought(house):
    house.upstream.put(make_set(1, LOW), make_set(9, customer="C-9", updated=START - 400 * MINUTE))
    hidden = house.upstream.sets.pop(9)  # no page brings it
    sweeper, care = house.sweeper(), keeper(house)
    with house.lease() as token:
        sweeper.sweep(4711, token)
        assert house.store.control.swept().backfilling == {4711}
        assert house.summary("C-1")["freshness"]["state"] == "backfilling"
        house.upstream.sets[9] = hidden
        house.upstream.failure, house.upstream.failing = UnavailableError("answer", cause="timeout"), {"set"}
        care.after_sweep(4711, token)
        assert house.store.control.swept().backfilling == {4711}, "while it lacks one"
        house.upstream.failure = None
        care.after_sweep(4711, token)
    assert house.store.control.swept().backfilling == set()
    assert house.summary("C-1")["freshness"]["state"] == "fresh"
    assert house.sets_of("C-9") == [9]


def test_surveys_taken_off_the_list_are_forgotten(house):
    fill(house)
    care = keeper(house)
    assert care.unlisted((4711,)) == []
    assert care.unlisted((4712,)) == [4711]
    assert care.forget(4711) == 3
    assert care.unlisted((4712,)) == []
    assert house.sets_of("C-1") == []
    assert house.store.control.swept().get(4711) is None
