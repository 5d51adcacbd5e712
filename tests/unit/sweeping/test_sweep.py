"""The sweep: first everything, then what changed; nothing lost by dying, nothing believed that cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from service.survey.errors import (
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    StaleLeaseError,
    UnavailableError,
)
from service.survey.model import Alternative, Answer
from service.survey.summary import iso
from service.sweeping.paging import StoppedError
from tests.support.fakes import CUSTOMER, SATISFACTION, START, make_set, make_survey

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def pages_asked(house):
    return [asked[2:] for asked in house.upstream.asked if asked[0] == "page"]


def millis(moment):
    return int(moment.timestamp() * 1000)


def test_first_everything_then_what_was_updated(house):
    house.upstream.page_size = 2
    house.upstream.put(*[make_set(n, respondent=n, at=START - n * DAY) for n in range(1, 6)])
    report = house.sweep()
    assert (report.pages, report.seen, report.filed, report.first) == (3, 5, 5, True)
    assert house.sets_of("C-1") == [1, 2, 3, 4, 5]
    assert dict(house.store.control.swept()) == {4711: millis(START)}
    house.upstream.asked.clear()
    house.clock.advance(60)
    house.upstream.put(make_set(6, at=START + timedelta(seconds=30)))
    report = house.sweep()
    # The watermark is the newest Updated that the upstream has shown, less the overlap.
    newest = START - DAY
    assert pages_asked(house) == [("1", str(newest - timedelta(seconds=120)))]
    assert (report.filed, report.first) == (1, False)
    assert house.sets_of("C-1")[0] == 6
    assert house.store.control.swept() == {4711: millis(START) + 60_000}


def test_the_watermark_never_goes_back_and_is_not_our_clock(house):
    house.upstream.put(make_set(1, at=START - DAY), make_set(2, at=START - 3 * DAY))
    sweeper = house.sweeper(overlap=0.0)
    for _ in range(3):
        house.sweep(sweeper=sweeper)
    assert [since for _, since in pages_asked(house)] == ["None", str(START - DAY), str(START - DAY)]


def test_a_date_in_the_far_future_is_no_watermark(house):
    house.upstream.put(make_set(1, at=START), make_set(2, updated=START + 2 * DAY))
    house.sweep()
    house.sweep()
    assert pages_asked(house)[1] == ("1", str(START - timedelta(seconds=120)))
    assert house.sets_of("C-1") == [2, 1]


NEVER = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


def dated(number, completed, updated, created):
    return replace(make_set(number, "Missnöjd"), completed=completed, updated=updated, created=created)


@pytest.mark.parametrize(
    ("updated", "created", "counts_from"),
    [
        (START - 9 * DAY, START - 20 * DAY, START - 9 * DAY),
        (NEVER, START - 20 * DAY, START - 20 * DAY),
        (START + 400 * DAY, NEVER, START),  # nothing says when: as soon as anything is answered that is newer
        (None, None, START),
    ],
)
@pytest.mark.parametrize("completed", [NEVER, START + 30 * DAY])
def test_a_completed_that_is_ahead_makes_no_newest_answer(house, completed, updated, created, counts_from):
    house.upstream.put(make_set(1, "Nöjd", at=START - 7 * DAY), dated(2, completed, updated, created))
    for _ in range(2):
        house.sweep()
        told = {row["answered_at"]: row["score"] for row in house.summary("C-1")["history"]}
        assert told[iso(counts_from)] == 25.0
        house.clock.advance(3600)
    house.upstream.put(make_set(3, "Mycket nöjd", at=START + HOUR))
    house.sweep()
    assert house.summary("C-1")["score"] == 100.0


def test_one_that_comes_later_counts_from_when_it_was_first_seen(house):
    house.upstream.put(make_set(1, "Nöjd", at=START - 7 * DAY))
    house.sweep()
    house.clock.advance(3600)
    house.upstream.put(dated(2, NEVER, NEVER, START - 20 * DAY))
    house.sweep()
    house.clock.advance(3600)
    house.sweep()
    assert house.summary("C-1")["last_answered_at"] == iso(START + HOUR)


def test_sets_without_updated_are_read_again_each_time(house):
    house.upstream.put(replace(make_set(1), updated=None))
    house.sweep()
    assert house.sweep().filed == 0
    assert pages_asked(house) == [("1", "None"), ("1", "None")]


def test_an_unfinished_set_is_served_once_it_is_finished(house):
    house.upstream.put(make_set(1, completed=False))
    house.sweep()
    assert house.summary("C-1")["latest"] is None
    house.upstream.put(make_set(1, "Missnöjd", updated=START + HOUR))
    house.sweep()
    assert house.summary("C-1")["score"] == 25.0


def test_an_anonymous_set_is_never_served(house):
    house.upstream.put(make_set(1, respondent=-1, comment="vem"), make_set(2, respondent=0))
    assert house.sweep().filed == 2
    assert house.summary("C-1")["answered"] == 0
    assert house.sets_of_respondent(-1) == house.sets_of_respondent(0) == []


def test_a_sweep_cut_short_goes_on_at_its_page(house):
    house.upstream.page_size = 1
    house.upstream.put(*[make_set(n, respondent=n) for n in range(1, 5)])
    house.upstream.failure, house.upstream.failing = UnavailableError("answersWithData"), {"page"}
    original = house.upstream.answer_page

    def third_fails(survey_id, page, *, updated=None):
        house.upstream.failure = UnavailableError("answersWithData") if page == 3 else None
        return original(survey_id, page, updated=updated)

    house.upstream.answer_page = third_fails
    with pytest.raises(UnavailableError):
        house.sweep()
    assert len(house.sets_of("C-1")) == 2
    assert house.store.control.swept() == {}
    house.upstream.answer_page, house.upstream.failure = original, None
    house.upstream.asked.clear()
    assert house.sweep().first
    assert [page for page, _ in pages_asked(house)] == ["3", "4"]
    assert len(house.sets_of("C-1")) == 4
    # The highest Updated of the pages before the cut counts too.
    assert house.store.control.state(4711).watermark == millis(START)


def test_a_sweep_that_died_behind_the_last_page_asks_for_no_page_that_is_not_there(house):
    house.upstream.put(make_set(1))
    control = house.store.control
    control.set_state(4711, replace(control.state(4711), begun=1, page=2, pages=2))
    original = house.upstream.answer_page

    def strict(survey_id, page, *, updated=None):
        if page > 2:
            raise NotFoundError("answersWithData", status=404)
        return original(survey_id, page, updated=updated)

    house.upstream.answer_page = strict
    house.sweep()
    assert control.swept()


def test_pages_that_come_while_paging_are_read_too(house):
    house.upstream.page_size = 1
    house.upstream.put(make_set(1), make_set(2, respondent=2))
    original = house.upstream.answer_page

    def growing(survey_id, page, *, updated=None):
        if page == 2:
            house.upstream.put(make_set(3, respondent=3))
        return original(survey_id, page, updated=updated)

    house.upstream.answer_page = growing
    assert house.sweep().pages == 3
    assert len(house.sets_of("C-1")) == 3


def test_a_page_number_that_promises_more_than_there_is_ends(house):
    house.upstream.put(make_set(1))
    original = house.upstream.answer_page

    def endless(survey_id, page, *, updated=None):
        found = original(survey_id, page, updated=updated)
        return replace(found, total_pages=1000)

    house.upstream.answer_page = endless
    assert house.sweep().pages == 2


def test_a_page_of_sets_that_all_were_set_aside_is_not_the_end(house):
    house.upstream.page_size, house.upstream.set_aside = 1, 1
    house.upstream.put(make_set(1), make_set(2, respondent=2))
    report = house.sweep()
    assert (report.pages, report.set_aside, report.filed) == (2, 2, 2)


def test_told_to_stop_it_stops_between_pages(house):
    house.upstream.page_size = 1
    house.upstream.put(make_set(1), make_set(2, respondent=2))
    answers = iter([False, True])
    with pytest.raises(StoppedError):
        house.sweep(sweeper=house.sweeper(stopping=lambda: next(answers)))
    assert house.store.control.state(4711).page == 1
    assert house.store.control.swept() == {}


def test_without_the_lease_nothing_is_filed(house):
    house.upstream.put(make_set(1))
    with pytest.raises(StaleLeaseError):
        house.sweeper().sweep(4711, "0:nobody")
    assert house.summary("C-1")["low_respondents"] == 0
    assert house.store.control.swept() == {}


@pytest.mark.parametrize(
    "failure", [None, MalformedError("questions", cause="shape"), UnavailableError("questions", cause="timeout")]
)
def test_a_question_tree_that_is_empty_or_cannot_be_read_is_told_and_sweeps_go_on_with_the_last_good_one(
    house, failure
):
    house.upstream.put(make_set(1))
    house.sweep()
    house.upstream.failure, house.upstream.failing = failure, {"survey"}
    if failure is None:
        house.upstream.trees[4711] = replace(make_survey(), items=())
    with capture_logs() as lines:
        for number in range(2, 5):
            house.clock.advance(3600)
            house.upstream.put(make_set(number, customer="C-2", updated=house.clock.now()))
            house.sweep()
    assert (house.sets_of("C-1"), len(house.sets_of("C-2"))) == ([1], 3)
    assert house.summary("C-2")["score"] == 75.0
    assert "cannot be read" in house.store.control.catalogue(4711).doubt.reason
    assert [line["event"] for line in lines].count("question_tree_held") == 1
    house.upstream.failure, house.upstream.trees[4711] = None, make_survey()
    house.clock.advance(3600)
    house.sweep()
    assert house.store.control.catalogue(4711).doubt is None


@pytest.mark.parametrize(
    "error",
    [RejectedError("survey", status=401), NotFoundError("survey", status=404), RateLimitedError("survey", status=429)],
)
def test_a_survey_that_is_refused_or_told_to_wait_for_is_not_swept(house, error):
    house.upstream.put(make_set(1))
    house.sweep()
    house.clock.advance(3600)
    house.upstream.failure, house.upstream.failing = error, {"survey"}
    with pytest.raises(type(error)):
        house.sweep()


def test_without_a_good_tree_nothing_is_filed(house):
    house.upstream.put(make_set(1))
    house.upstream.trees[4711] = replace(make_survey(), items=())
    with pytest.raises(MalformedError):
        house.sweep()
    assert house.sets_of("C-1") == []


def test_the_tree_is_read_again_when_an_answer_does_not_fit_it(house):
    sweeper = house.sweeper()
    house.upstream.put(make_set(1))
    house.sweep(sweeper=sweeper)
    tree = make_survey()
    changed = replace(tree.items[0], alternatives=(*tree.items[0].alternatives, Alternative(9, "Ganska nöjd")))
    house.upstream.trees[4711] = replace(tree, items=(changed, *tree.items[1:]))
    house.upstream.put(make_set(2, "Ganska nöjd", at=START + HOUR))
    house.clock.advance(61)
    house.upstream.asked.clear()
    house.sweep(sweeper=sweeper)
    assert [asked[0] for asked in house.upstream.asked].count("survey") == 1
    assert house.summary("C-1", comments=True)["latest"]["answers"][0].get("comment") is None


def test_answers_that_never_fit_cost_one_look_a_minute(house):
    sweeper = house.sweeper()
    for n in range(5):
        house.upstream.put(make_set(n + 1, "Annat: eget svar", at=START + n * timedelta(seconds=1)))
        house.sweep(sweeper=sweeper)
        house.clock.advance(10)
    assert [asked[0] for asked in house.upstream.asked].count("survey") == 1


def test_the_tree_is_kept_for_ten_minutes(house):
    sweeper = house.sweeper()
    for _ in range(11):
        house.sweep(sweeper=sweeper)
        house.clock.advance(60)
    assert [asked[0] for asked in house.upstream.asked].count("survey") == 2


def test_labels_are_asked_for_only_where_the_items_do_not_say(house):
    house.sweep()
    assert not [asked for asked in house.upstream.asked if asked[0] == "labels"]
    tree = make_survey()
    house.upstream.trees[4711] = replace(tree, items=tuple(replace(i, text="") for i in tree.items))
    house.upstream.label_names = {7: "CRM-ID", 8: "Kontakt-ID"}
    house.upstream.put(make_set(1, contact="P-1", at=START + HOUR))
    house.clock.advance(700)  # the tree is kept for ten minutes, for every process
    house.sweep()
    assert [asked for asked in house.upstream.asked if asked[0] == "labels"] == [("labels", "4711")]
    assert house.summary("C-1")["latest"]["contact_id"] == "P-1"


def test_a_survey_without_the_label_is_served_by_respondent(house):
    tree = make_survey()
    house.upstream.trees[4711] = replace(tree, items=tuple(i for i in tree.items if i.id != CUSTOMER))
    house.upstream.put(make_set(1))
    house.sweep()
    assert house.sets_of_respondent(501) == [1]
    assert house.summary("C-1")["latest"] is None


def test_a_changed_tree_scores_again_what_is_stored_and_tells_no_change(house):
    house.upstream.put(make_set(1, "Nöjd", at=START - DAY), make_set(2, "Mycket missnöjd"))
    house.sweep()
    told = house.changes()
    house.clock.advance(700)
    tree = make_survey()
    upside_down = tuple(
        Alternative(o, text) for o, text in enumerate(["Usel", "Mycket missnöjd", "Nöjd", "Mycket nöjd"], 1)
    )
    item = replace(tree.items[0], question="Hur nöjd är du?", alternatives=upside_down)
    house.upstream.trees[4711] = replace(tree, items=(item, *tree.items[1:]))
    house.upstream.sets.clear()
    house.upstream.asked.clear()
    house.sweep()
    assert [asked[0] for asked in house.upstream.asked] == ["survey", "page"]
    latest = house.summary("C-1")["latest"]
    assert latest["answers"][0]["question"] == "Hur nöjd är du?"
    # Its wording is read by the edition that it was given under: the four steps of now hold it, too, but later.
    assert latest["answers"][0]["scale"]["points"] == 5
    assert house.changes() == told


def test_scored_again_it_keeps_whose_it_is(house):
    house.upstream.put(make_set(1, "Nöjd", contact="P-1", comment="Bra"))
    house.sweep()
    house.clock.advance(700)
    tree = make_survey()
    house.upstream.trees[4711] = replace(tree, items=(replace(tree.items[0], question="Ny"), *tree.items[1:]))
    house.sweep()
    found = house.summary("C-1", comments=True)["latest"]
    assert (found["contact_id"], [answer["answer"] for answer in found["answers"]]) == ("P-1", ["Nöjd", "Bra"])


def test_what_a_dead_process_left_behind_is_cleaned_by_the_next_sweep(house):
    house.client.hset(house.keys.intents(4711), mapping={"77": "r9"})
    house.sweep()
    assert not house.client.exists(house.keys.intents(4711))


def test_a_catalogue_is_kept_for_those_who_only_read(house):
    house.sweep()
    stored = house.store.control.catalogues([4711])[4711]
    assert stored.survey == make_survey()
    assert house.sweeper().codebooks.of(stored).identity == house.how[4711].identity


def test_an_answer_in_an_unknown_item_is_dropped_and_the_rest_served(house):
    given = make_set(1, "Nöjd")
    odd = Answer(1, 999, "HOLOGRAM", "?", "x", None)
    house.upstream.put(replace(given, answers=(*given.answers, odd)))
    house.sweep()
    shown = house.summary("C-1", comments=True)["latest"]["answers"]
    assert [answer["question_item_id"] for answer in shown] == [SATISFACTION]


def test_moments_are_kept_to_the_millisecond(house):
    moment = datetime(2026, 11, 23, 11, 0, 0, 123_000, tzinfo=UTC)
    house.upstream.put(make_set(1, updated=moment))
    house.sweep()
    assert house.store.control.state(4711).watermark == millis(moment)


def test_a_page_of_any_size_is_filed_in_parts_in_the_order_answered(house, monkeypatch):
    house.upstream.put(make_set(1, "Nöjd", at=START - timedelta(days=9)))
    house.sweep()
    monkeypatch.setattr("service.sweeping.sweep.FILE_BATCH", 2)
    words = ("Missnöjd", "Nöjd", "Missnöjd", "Nöjd", "Missnöjd")
    given = [
        make_set(2 + n, word, at=START - timedelta(days=8 - n), updated=START + timedelta(seconds=n))
        for n, word in enumerate(words)
    ]
    house.upstream.put(*reversed(given), make_set(90, completed=False, updated=START))
    assert house.sweep().filed == len(given) + 1
    assert [change["kind"] for change in house.changes()] == ["crossed_below", "recovered"] * 2 + ["crossed_below"]
    assert house.summary("C-1")["answered"] == len(given) + 1
