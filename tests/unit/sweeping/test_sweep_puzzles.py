"""Answers that the question tree does not explain yet: filed for what they are, and again once it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.survey.errors import UnavailableError
from service.survey.model import Alternative, Answer
from service.survey.scoring.overrides import ItemOverride, Overrides
from tests.support.fakes import CONTACT, SATISFACTION, START, make_set, make_survey

LOW = "Mycket missnöjd"
NEW = 999


def answered_anew(number=9):
    """A set whose only scored answer is to an item that was just added to the survey."""
    given = make_set(number, None, customer="C-9", at=START + timedelta(seconds=20))
    return replace(given, answers=(*given.answers, Answer(1, NEW, "RADIOBUTTON", "", LOW, None)))


def add_item(house):
    tree = make_survey()
    like = next(item for item in tree.items if item.id == SATISFACTION)
    house.upstream.trees[4711] = replace(tree, items=(*tree.items, replace(like, id=NEW, question_id=NEW)))


def told(house):
    return [(change["kind"], change["customer_id"]) for change in house.changes()]


def unread(house, sweeper):
    """An answer to a new item, filed while the tree is too young to be read again."""
    house.upstream.put(make_set(1, "Nöjd"))
    house.sweep(sweeper=sweeper)
    add_item(house)
    house.upstream.put(answered_anew())
    house.clock.advance(30)
    house.sweep(sweeper=sweeper)
    assert house.summary("C-9")["score"] is None


def test_an_answer_to_a_new_item_is_scored_and_told_once_the_tree_is_read(house):
    sweeper = house.sweeper()
    unread(house, sweeper)
    house.clock.advance(60)
    house.sweep(sweeper=sweeper)
    assert (house.summary("C-9")["score"], told(house)) == (0.0, [("first_low", "C-9")])
    house.clock.advance(60)
    house.sweep(sweeper=sweeper)
    assert told(house) == [("first_low", "C-9")]


def test_one_that_no_sweep_sees_again_is_found_by_the_reconcile(house):
    sweeper = house.sweeper()
    unread(house, sweeper)
    house.upstream.put(make_set(2, "Nöjd", at=START + timedelta(hours=1)))  # moves the watermark on
    house.sweep(sweeper=sweeper)
    house.clock.advance(700)
    house.sweep(sweeper=sweeper)
    assert house.summary("C-9")["score"] is None
    assert house.reconcile(sweeper=sweeper).missing == 1
    assert (house.summary("C-9")["score"], told(house)) == (0.0, [("first_low", "C-9")])


def test_a_new_wording_is_told_though_what_is_stored_could_be_scored_again(house):
    sweeper = house.sweeper()
    house.upstream.put(make_set(1, "Nöjd"))
    house.sweep(sweeper=sweeper)
    house.upstream.put(make_set(2, "Extremt missnöjd", at=START + timedelta(seconds=20)))
    house.clock.advance(30)
    house.sweep(sweeper=sweeper)
    tree = make_survey()
    item = replace(tree.items[0], alternatives=(Alternative(0, "Extremt missnöjd"), *tree.items[0].alternatives))
    house.upstream.trees[4711] = replace(tree, items=(item, *tree.items[1:]))
    house.clock.advance(700)
    house.sweep(sweeper=sweeper)
    assert (house.summary("C-1")["score"], told(house)) == (0.0, [("crossed_below", "C-1")])


def test_an_item_left_out_comes_back_without_netigate(house):
    out = Overrides(items={(4711, SATISFACTION): ItemOverride(excluded=True)})
    house.upstream.put(make_set(1, LOW))
    house.sweep(sweeper=house.sweeper(overrides=out))
    assert house.summary("C-1")["latest"]["answers"] == []
    house.upstream.sets.clear()
    house.sweep()
    assert (house.summary("C-1")["score"], told(house)) == (0.0, [])


def test_what_may_be_background_data_is_not_stored(house):
    given = make_set(1, contact="P-1")
    house.upstream.put(replace(given, answers=(*given.answers, Answer(1, NEW, "TEXT_FIELD", "", "anna@x.se", None))))
    house.sweep()
    partition = house.store.reads.revision(4711, 1).partition
    ((_, raw),) = house.store.reads.bodies([(partition, 4711, 1)])
    assert [answer.question_item_id for answer in raw.answers] == [SATISFACTION]


def test_names_of_labels_that_cannot_be_read_keep_no_survey_away_whose_customers_are_known(house, monkeypatch):
    tree = make_survey()
    house.upstream.trees[4711] = replace(tree, items=tuple(i for i in tree.items if i.id != CONTACT))
    house.upstream.put(make_set(1, LOW))

    def refuse(_survey_id):
        raise UnavailableError("/bgdata/bgdocuments", status=500)

    monkeypatch.setattr(house.upstream, "labels", refuse)
    house.sweep()
    assert house.summary("C-1")["score"] == 0.0
    house.clock.advance(700)
    with pytest.raises(UnavailableError):  # an account whose customers nobody could tell is not read
        house.sweep(sweeper=house.sweeper(customer_label="Kundnr"))
