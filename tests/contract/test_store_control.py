"""What sweeps remember, and who may sweep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from service.store.keys import Keys
from service.store.redis_store import redis_store
from service.store.survey_state import Catalogue, SurveyState
from service.survey.doubt import Suspicion
from tests.harness.waiting import until
from tests.support.fakes import make_set, make_survey
from tests.support.house import House


def test_one_lease_at_a_time_and_each_token_is_new(house):
    control = house.store.control
    first = control.take_lease(4711, 60)
    assert first
    assert control.take_lease(4711, 60) is None
    assert control.take_lease(4712, 60)
    assert control.keep_lease(4711, first, 60)
    assert control.keep_lease(4711, first, 0)
    second = control.take_lease(4711, 60)
    assert second != first
    assert not control.keep_lease(4711, first, 60)
    assert not control.keep_lease(4711, first, 0)
    assert control.keep_lease(4711, second, 60)


def test_a_lease_whose_holder_died_comes_free(house):
    assert house.store.control.take_lease(4711, 0.05)
    assert until(lambda: house.store.control.take_lease(4711, 60))


def test_a_survey_is_remembered(house):
    control = house.store.control
    assert control.state(4711) == SurveyState()
    state = SurveyState(watermark=1, begun=2, filled=3, page=4, pages=5, seen=6, ruleset="r", identity="i")
    control.set_state(4711, state)
    assert control.state(4711) == state
    assert control.state(4712) == SurveyState()


def test_a_catalogue_comes_back_whole(house):
    survey = make_survey()
    matrix = replace(survey.items[0], id=40, statements=("Ett", "Två"))
    survey = replace(survey, created=datetime(2020, 1, 1, tzinfo=UTC), items=(*survey.items, matrix))
    house.store.control.set_catalogue(Catalogue(survey, {7: "CRM-ID"}))
    assert house.store.control.catalogues([4711, 4712]) == {
        4711: Catalogue(replace(survey, created=None), {7: "CRM-ID"}),
    }


def test_a_tree_is_known_by_its_mark_until_it_is_another(house):
    control = house.store.control

    def mark(survey, **more):
        control.set_catalogue(Catalogue(survey, {7: "CRM-ID"}, **more))
        return control.tree_marks([4711, 4712])

    first = mark(make_survey())
    assert first.keys() == {4711}
    assert first[4711].doubt is None
    assert mark(make_survey(), read_at=5) == first
    doubted = mark(make_survey(), read_at=6, doubt=Suspicion("other", "it is odd", 5))[4711]
    assert (doubted.name, doubted.doubt) == (first[4711].name, "it is odd")
    assert mark(make_survey(name="Another"))[4711].name != first[4711].name


def test_sweeps_are_told_with_each_read(house):
    assert house.store.control.swept() == {}
    house.store.control.set_swept(4711, 1_000)
    assert house.store.control.swept() == {4711: 1_000}
    assert house.store.reads.summaries(["C-1"], comments=False)[1][4711] == 1_000
    assert house.store.reads.respondent_results(1)[1][4711] == 1_000


def test_a_store_keeps_its_name_and_another_has_another(house):
    name = house.store.control.epoch()
    assert name
    assert house.store.control.epoch() == name
    house.client.flushall()
    assert house.store.control.epoch() != name


def test_accounts_do_not_see_each_other(client):
    one, other = House(client, account="one"), House(client, account="other")
    one.file(make_set(1))
    assert other.sets_of("C-1") == []
    assert other.sets_of_respondent(501) == []
    assert other.changes() == []
    receipt = other.store.eraser.everything()
    assert (receipt.results, one.sets_of("C-1")) == (0, [1])
    one.store.eraser.everything()
    assert not list(client.scan_iter(match="nr:*one*"))
    assert redis_store(client, Keys("one"), one.clock).control.swept() == {}
