"""Each named oddity shows itself through the API, from the start or from its turn on, and in nothing else."""

from __future__ import annotations

import pytest
import requests

from service.simulator.constants import ENGLISH, GERMAN, SWEDISH
from service.simulator.oddities.accounts import ACCOUNTS
from tests.unit.simulator.inside import running

PLACES = ("/surveys", "/surveys/{}", "/surveys/{}/questions", "/surveys/{}/answers", "/surveys/{}/answersWithData")
CUSTOMERS = 60  # so that there are more than three pages of ten


def seen(simulator):
    """What the API says, by survey and path; answers also as `updated=` narrows them to a set that was edited."""
    found = {}
    edited = max(simulator.truth(), key=lambda one: (one["updated"] > (one["completed"] or "9"), one["updated"]))
    for survey in (SWEDISH, GERMAN, ENGLISH):
        for place in PLACES:
            path = place.format(survey)
            found[path] = simulator.get(path, pagesize=10).text
        for number in (2, 4):
            found[survey, number] = simulator.get(f"/surveys/{survey}/answersWithData", pagesize=10, page=number).text
        path = f"/surveys/{survey}/answersWithData"
        found[survey, "updated"] = simulator.get(path, updated=edited["updated"]).text
    return found


@pytest.fixture(scope="module")
def plain():
    with running(customers=CUSTOMERS) as simulator:
        return seen(simulator)


SLOW = {"slow-list"}  # shows itself in time alone


@pytest.mark.parametrize("named", [a for a in ACCOUNTS if a.name not in SLOW | {"plain"}], ids=lambda a: a.name)
def test_each_account_is_odd_once_it_has_turned_and_not_before(named, plain):
    with running(customers=CUSTOMERS, account=named.name) as simulator:
        before = seen(simulator)
        assert (before == plain) == (not named.start)
        simulator.turn()
        assert seen(simulator) != plain
        assert simulator.violations == []


def test_a_list_takes_its_time_by_the_set():
    with running(customers=5) as simulator:
        count = len(simulator.get(f"/surveys/{SWEDISH}/answers").json())
        simulator.survey(SWEDISH, list_seconds=0.2 / count)
        assert simulator.get(f"/surveys/{SWEDISH}/answers").elapsed.total_seconds() >= 0.2


def test_a_tree_is_odd_for_so_many_replies():
    with running(customers=5) as simulator:
        whole = simulator.get(f"/surveys/{SWEDISH}/questions").json()
        simulator.survey(SWEDISH, tree=["question_removed"], tree_replies=2)
        lengths = [len(simulator.get(f"/surveys/{SWEDISH}/questions").json()) for _ in range(3)]
        assert lengths == [len(whole) - 1, len(whole) - 1, len(whole)]


def test_partial_delete_keeps_ids_and_updated_and_takes_person_and_text():
    with running(customers=20) as simulator:
        before = {one["set"]: one for one in simulator.truth()}
        gone = simulator.delete_partly(3)
        assert len(gone) == 3
        for one in simulator.truth():
            was = before[one["set"]]
            assert one["updated"] == was["updated"]
            if one["set"] in {erased["set"] for erased in gone}:
                assert (one["respondent"], one["customer"], one["contact"]) == (-1, None, None)
                assert {row["type"] for row in one["answers"]} - {"TEXT_FIELD"} == {
                    row["type"] for row in one["answers"]
                }
            else:
                assert one == was


def test_another_oddity_can_be_taken_up():
    with running(customers=5) as simulator:
        assert simulator.control("POST", "/account", {"name": "refused-survey"}) == {
            "name": "refused-survey",
            "turned": False,
        }
        assert simulator.get(f"/surveys/{GERMAN}/answers").status_code == 401
        assert simulator.get("/surveys").status_code == 200
        with pytest.raises(requests.HTTPError):
            simulator.control("POST", "/account", {"name": "unheard-of"})


@pytest.mark.parametrize(
    "settings", [{"tree": ["unheard-of"]}, {"paging": "unheard-of"}, {"refused": 1}, {"unheard_of": True}], ids=str
)
def test_a_setting_that_cannot_be_is_refused(settings):
    with running(customers=1) as simulator, pytest.raises(requests.HTTPError, match="400"):
        simulator.survey(SWEDISH, **settings)
