"""A customer label that would take every customer's answers away is not believed, at the start or while it runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from service.cache.circuit_breaker import CircuitBreaker
from service.survey.errors import UnavailableError
from service.sweeping.label_guard import DOUBT_SECONDS, refusal
from service.web.operations.health import Readiness
from tests.support.fakes import CUSTOMER, START, make_set, make_survey

DAY = timedelta(days=1)
TYPO = "CRM-IDD"


@pytest.fixture
def filled(house):
    house.upstream.put(
        make_set(1, "Nöjd", contact="P-1", at=START - 2 * DAY), make_set(2, "Mycket missnöjd", contact="P-1")
    )
    house.sweep()
    assert house.sets_of("C-1") == [2, 1]
    return house


def sweep(house, **options):
    with capture_logs() as lines:
        house.sweep(sweeper=house.sweeper(**options))
    return [line["event"] for line in lines]


def reasons(house):
    breaker = CircuitBreaker(house.clock)
    return Readiness(house.store.control, house.rule, house.clock, breaker, house.store.lists).look()[1]["reasons"]


def moved(house, number=77):
    """Netigate's survey carries the same label in another item."""
    tree = make_survey()
    items = tuple(replace(item, id=number) if item.id == CUSTOMER else item for item in tree.items)
    house.upstream.trees[4711] = replace(tree, items=items)
    for key, found in house.upstream.sets.items():
        answers = tuple(
            replace(a, question_item_id=number) if a.question_item_id == CUSTOMER else a for a in found.answers
        )
        house.upstream.sets[key] = replace(found, answers=answers)


@pytest.mark.parametrize("label", [TYPO, "Kontakt-ID"])
def test_a_mistyped_label_takes_nothing_away_and_tells_nothing_again(filled, label):
    house, told = filled, filled.changes()
    house.upstream.put(make_set(3, "Nöjd", at=START + timedelta(seconds=30)))
    sweeper = house.sweeper(customer_label=label)
    with capture_logs() as lines:
        for _ in range(30):
            house.sweep(sweeper=sweeper)
            house.clock.advance(60)
    assert [line["event"] for line in lines].count("customer_label_not_believed") == 1
    assert house.sets_of("C-1") == [3, 2, 1]  # and what comes is filed by the last good items
    assert any("customer label" in reason for reason in reasons(house))
    sweep(house)
    assert reasons(house) == []
    assert house.changes()[: len(told)] == told
    assert len({change["id"] for change in house.changes()}) == len(house.changes())


@pytest.mark.parametrize("label", ["Kontakt-ID", TYPO])
def test_what_the_operator_means_is_believed_at_once(filled, label):
    assert "customer_label_not_believed" not in sweep(filled, customer_label=label, accept_label=True)
    assert filled.sets_of("C-1") == []
    assert filled.sets_of("P-1") == ([2, 1] if label == "Kontakt-ID" else [])


def test_changes_told_once_are_not_told_again_after_a_label_was_wrong(filled):
    """Whatever the road: everybody goes, everybody comes back, and nothing is news."""
    before = {change["id"] for change in filled.changes()}
    assert before
    sweep(filled, customer_label=TYPO, accept_label=True)
    sweep(filled, accept_label=True)
    assert filled.sets_of("C-1") == [2, 1]
    assert [change for change in filled.changes() if change["id"] in before] == []


def test_items_that_netigate_moved_are_believed_when_the_tree_still_says_so(filled):
    house = filled
    sweeper = house.sweeper()
    house.clock.advance(700)
    moved(house)
    with capture_logs() as lines:
        house.sweep(sweeper=sweeper)
        assert [line["event"] for line in lines].count("customer_label_not_believed") == 1
        assert house.sets_of("C-1") == [2, 1]
        house.clock.advance(DOUBT_SECONDS + 1)
        house.sweep(sweeper=sweeper)
    assert house.sets_of("C-1") == [2, 1]
    assert reasons(house) == []


def test_a_tree_that_was_wrong_for_a_moment_changes_nothing(filled):
    house, told = filled, filled.changes()
    sweeper, good = house.sweeper(), dict(house.upstream.sets)
    house.clock.advance(700)
    moved(house)
    with capture_logs():
        house.sweep(sweeper=sweeper)
        house.upstream.trees[4711], house.upstream.sets = make_survey(), good
        house.clock.advance(DOUBT_SECONDS + 1)
        house.sweep(sweeper=sweeper)
    assert (house.sets_of("C-1"), house.changes(), reasons(house)) == ([2, 1], told, [])


def test_a_label_that_is_added_to_the_survey_is_taken_at_once(house):
    tree = make_survey()
    house.upstream.trees[4711] = replace(tree, items=tuple(i for i in tree.items if i.id != CUSTOMER))
    house.upstream.put(make_set(1))
    sweep(house)
    house.upstream.trees[4711] = tree
    house.clock.advance(700)
    sweep(house)
    assert house.sets_of("C-1") == [1]


REFUSALS = [
    ("CRM-ID", False),
    (" crm-id ", False),
    ("7", False),
    (TYPO, True),
    ("Kontakt-ID", True),
    ("8", True),
]


@pytest.mark.parametrize(("label", "refused"), REFUSALS)
def test_a_start_is_refused_that_would_leave_everybody_without_answers(filled, label, refused):
    told = refusal(filled.store, filled.upstream, filled.surveys, label)
    assert (told is not None) == refused
    if told:
        assert "NETIGATE_CUSTOMER_LABEL" in told
        assert "--yes" in told


def test_a_start_is_not_refused_where_nothing_is_stored_or_nothing_can_be_known(filled, house):
    assert refusal(filled.store, filled.upstream, (9,), TYPO) is None
    filled.upstream.failure = UnavailableError("surveys", cause="timeout")
    assert refusal(filled.store, filled.upstream, filled.surveys, TYPO) is None
    filled.upstream.failure = None
    filled.store.eraser.everything()
    assert refusal(filled.store, filled.upstream, filled.surveys, TYPO) is None


def test_a_label_known_by_its_name_alone_is_no_refusal(filled):
    tree = make_survey()
    blank = tuple(replace(item, text="") if item.id == CUSTOMER else item for item in tree.items)
    filled.upstream.trees[4711] = replace(tree, items=blank)
    filled.upstream.label_names = {7: "Kundnummer"}
    assert refusal(filled.store, filled.upstream, filled.surveys, "Kundnummer") is None
