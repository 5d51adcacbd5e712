"""The page about the simulator names everything that there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.simulator import constants
from service.simulator.account.settings import ORDERS, SurveySettings
from service.simulator.command import simulate
from service.simulator.http.faults import FORMS, KINDS
from service.simulator.oddities.accounts import BY_NAME
from service.simulator.oddities.answers import ANSWERS
from service.simulator.oddities.paging import FILTERS, PAGINGS
from service.simulator.oddities.trees import TREES
from service.simulator.server import Options, create_server
from tests.harness import simulator as support

PAGE = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text(encoding="utf-8")
MARKERS = [value for name, value in vars(constants).items() if name.endswith("_MARKER")]


WORDS = [*KINDS, *FORMS, *ORDERS, *BY_NAME, *ANSWERS, *TREES, *PAGINGS, *FILTERS, *SurveySettings.__slots__, *MARKERS]


@pytest.mark.parametrize("word", [*WORDS, *(option.opts[0] for option in simulate.params)])
def test_each_word_of_the_control_is_explained(word):
    assert f"`{word}`" in PAGE


def test_each_control_route_is_listed():
    server, *_ = create_server(Options(customers=0))
    server.server_close()
    paths = {rule.rule.split("<")[0] for rule in server.app.url_map.iter_rules() if rule.rule.startswith("/_control")}
    assert [path for path in paths if path not in PAGE] == []


def test_the_helper_knows_the_same_constants():
    assert set(MARKERS) == set(support.LEAK_MARKERS)
    assert (constants.DEMO_KEY, constants.CUSTOMER_LABEL, constants.CONTACT_LABEL) == (
        support.DEMO_KEY,
        support.CUSTOMER_LABEL,
        support.CONTACT_LABEL,
    )
    assert (constants.SWEDISH, constants.GERMAN, constants.ENGLISH) == support.SURVEYS
    assert constants.DEMO_KEY in PAGE
