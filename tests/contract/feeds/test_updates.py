"""Customers once at their newest state, least recently changed first; who is gone is told, and nothing is missed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from service.store.feeds.updates import Updates
from tests.contract.dying import DyingFiler, KilledError
from tests.harness.waiting import until
from tests.support.fakes import START, make_set

from .reading import LATER, MUCH_LATER, Reader, follower


def test_the_first_look_brings_everybody_and_the_next_only_whom_it_must(three):
    reader = Reader(three, limit=2)
    assert reader.page() == (["C-1", "C-2"], True)
    assert reader.page() == (["C-3"], False)
    cursor = reader.cursor
    assert reader.page() == ([], False)
    assert reader.cursor == cursor
    three.file(make_set(4, "Missnöjd", customer="C-2", at=LATER))
    assert reader.look() == ["C-2"]
    assert Reader(three).look() == ["C-1", "C-3", "C-2"]


def test_who_changes_while_a_reader_pages_comes_again_at_the_end_and_nobody_is_missed(three):
    reader = Reader(three, limit=1)
    assert reader.page() == (["C-1"], True)
    three.file(make_set(4, "Missnöjd", customer="C-1", at=LATER), make_set(5, customer="C-3", at=LATER))
    assert sorted(reader.look()) == ["C-1", "C-2", "C-3"]
    assert reader.look() == []


@pytest.mark.parametrize(
    "change",
    [
        {"answer": "Missnöjd"}, {"comment": "Tack"}, {"contact": "P-9"}, {"respondent": 777}, {"recommend": 9},
        {"at": LATER},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_an_edited_answer_moves_its_customer_alone(three, change):
    reader = follower(three)
    three.file(make_set(2, **{"customer": "C-2", "respondent": 502, "updated": LATER, **change}))
    assert reader.look() == ["C-2"]
    assert reader.look() == []


def test_what_changes_no_summary_moves_nobody(three):
    reader = follower(three)
    given = make_set(2, customer="C-2", respondent=502)
    assert three.file(given) == 0
    assert three.file(given, again=True, event=None) == 1
    assert three.file(make_set(9, customer=None, respondent=900)) == 1
    assert three.store.eraser.sets(4711, [777]).results == 0
    assert reader.look() == []
    # An older answer's free text stands in no summary.
    three.file(make_set(10, customer="C-2", respondent=502, at=LATER, updated=LATER))
    assert reader.look() == ["C-2"]
    three.file(make_set(2, customer="C-2", respondent=502, comment="nytt", updated=START))
    assert reader.look() == []


def test_scored_anew_moves_whose_summary_is_another(three):
    reader = follower(three)
    filings = three.filings(*(make_set(n, customer=f"C-{n}", respondent=500 + n) for n in (1, 2, 3)))
    body = filings[1].body
    scored = replace(body.result, answers=tuple(replace(a, language="xx") for a in body.result.answers))
    filings[1] = replace(filings[1], body=replace(body, result=scored))
    assert three.store.filer.file(4711, filings, again=True) == 3
    assert reader.look() == ["C-2"]


def test_a_changed_customer_id_tells_both(three):
    reader = follower(three)
    three.file(make_set(2, customer="C-1", respondent=502, updated=LATER))
    assert sorted(reader.look()) == ["-C-2", "C-1"]
    three.file(make_set(2, customer="C-2", respondent=502, updated=MUCH_LATER))
    assert sorted(reader.look()) == ["C-1", "C-2"]


@pytest.mark.parametrize(
    "leave", [{"customer": None}, {"completed": False}, {"respondent": -1}], ids=["nobody's", "unfinished", "anonymous"]
)
def test_a_set_that_may_not_be_served_leaves_its_customer(three, leave):
    reader = follower(three)
    three.file(make_set(2, **{"customer": "C-2", "respondent": 502, "updated": LATER, **leave}))
    assert reader.look() == ["-C-2"]


@pytest.mark.parametrize("how", ["sets", "customer", "respondent", "survey"])
def test_erased_is_told_and_who_comes_back_is_told_again(three, how):
    three.file(make_set(4, customer="C-2", respondent=502, at=LATER))
    reader = follower(three)
    eraser = three.store.eraser
    {
        "sets": lambda: eraser.sets(4711, [2, 4]),
        "customer": lambda: eraser.customer("C-2"),
        "respondent": lambda: eraser.respondent(502),
        "survey": lambda: eraser.survey(4711),
    }[how]()
    gone = ["-C-1", "-C-2", "-C-3"] if how == "survey" else ["-C-2"]
    assert sorted(reader.look()) == gone
    assert reader.look() == []
    assert sorted(found for found in Reader(three).look() if found.startswith("-")) == gone, "a new reader is told, too"
    three.store.eraser.keep_outs.lift("customer", "C-2")
    three.clock.advance(601)
    three.file(make_set(6, customer="C-2", respondent=888, at=MUCH_LATER))
    assert reader.look() == ["C-2"]
    assert "-C-2" not in Reader(three).look()


def test_one_of_two_erased_is_a_change_and_no_loss(three):
    three.file(make_set(4, customer="C-2", respondent=502, at=LATER))
    reader = follower(three)
    three.store.eraser.sets(4711, [4])
    assert reader.look() == ["C-2"]


def test_a_kill_between_summary_and_commit_loses_no_move(three):
    reader, dying = follower(three), DyingFiler(three.client, three.keys, three.clock)
    # The rows stay the same: only the summary tells of a comment.
    edited = three.filings(make_set(2, customer="C-2", respondent=502, comment="Tack", updated=LATER))
    for _ in range(2):
        with pytest.raises(KilledError):
            dying.file(4711, edited)
    assert three.store.filer.file(4711, edited) == 1
    assert reader.look() == ["C-2"]


def test_a_kill_while_scoring_anew_loses_no_move(three):
    reader, dying = follower(three), DyingFiler(three.client, three.keys, three.clock)
    (filing,) = three.filings(make_set(2, customer="C-2", respondent=502))
    result = filing.body.result
    scored = replace(result, answers=tuple(replace(answer, language="xx") for answer in result.answers))
    again = [replace(filing, body=replace(filing.body, result=scored))]
    with pytest.raises(KilledError):
        dying.file(4711, again, again=True)
    assert three.store.filer.file(4711, again, again=True) == 1
    assert reader.look() == ["C-2"]


def test_what_a_dead_process_left_in_a_summary_is_taken_back_and_told(three):
    reader, dying = follower(three), DyingFiler(three.client, three.keys, three.clock)
    with pytest.raises(KilledError):
        dying.file(4711, three.filings(make_set(8, "Missnöjd", customer="C-2", respondent=502, at=LATER)))
    # Another move of the same customer shows what was never committed.
    three.file(make_set(9, "Nöjd", customer="C-2", respondent=502, at=START - timedelta(days=1)))
    assert reader.look() == ["C-2"]
    assert three.sets_of("C-2") == [8, 2, 9]
    three.store.filer.clean(4711)
    assert three.sets_of("C-2") == [2, 9]
    assert reader.look() == ["C-2"]
    three.store.filer.clean(4711)
    assert reader.look() == []


def test_with_replicas_a_change_is_held_back_and_then_told_once(house):
    store = house.store
    make = [Updates(house.client, house.keys, store.control, store.tolerance, settle=s) for s in (0.0, 0.02, 600.0)]
    quick, settled, patient = make
    house.file(make_set(1), make_set(2, customer="C-2"))
    held = patient.page(cursor=None, since=None, limit=10)
    assert (held.customers, held.more) == ((), False)
    assert len(quick.page(cursor=held.cursor, since=None, limit=10).customers) == 2, "none is skipped"

    def told():
        return [update.customer_id for update in settled.page(cursor=None, since=None, limit=10).customers]

    until(lambda: told() == ["C-1", "C-2"], what="both customers")
    assert len(quick.page(cursor=patient.now().cursor, since=None, limit=10).customers) == 2


@pytest.mark.parametrize(
    "customer", ["Müller & Söhne GmbH/7", "{brace}", "客户 1", "a" * 200, "n\x00l", "'\"\\", "-1", "inf"]
)
def test_a_customer_of_any_alphabet_is_told(house, customer):
    house.file(make_set(1, customer=customer))
    reader = Reader(house)
    assert reader.look() == [customer]
    house.store.eraser.customer(customer)
    assert reader.look() == ["-" + customer]


def test_two_sweeps_that_file_the_same_customers_leave_nobody_behind(two_surveys):
    house, names, done = two_surveys, [f"C-{number}" for number in range(4)], threading.Event()
    reader, held = Reader(house), {}

    def sweep(survey):
        for turn in range(12):
            at = START + timedelta(minutes=turn)
            sets = [
                make_set(n, customer=name, respondent=n, survey_id=survey, updated=at, comment=f"{survey} {turn}")
                for n, name in enumerate(names, 1)
            ]
            house.file(*sets)

    def look():
        for name in reader.look():
            held[name] = house.stored(name, comments=True).body

    def follow():
        while not done.is_set():
            look()

    sweeps = [threading.Thread(target=sweep, args=(survey,)) for survey in house.surveys]
    follower = threading.Thread(target=follow)
    for thread in (*sweeps, follower):
        thread.start()
    for thread in sweeps:
        thread.join(30)
    done.set()
    follower.join(30)
    look()
    assert held == {name: house.stored(name, comments=True).body for name in names}
    assert all(house.store.filer.clean(survey) == 0 for survey in house.surveys)
    assert reader.look() == []
