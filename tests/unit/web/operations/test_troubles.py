"""What /readyz says is wrong with a survey."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.store.survey_state import SurveyState
from service.survey import doubt
from service.web.operations.troubles import troubles_of
from tests.support.fakes import START

HOUR = 3600.0


def told(state, *, tree=None, after=0.0):
    return list(troubles_of(7, state, tree, START + timedelta(seconds=after), HOUR))


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (SurveyState(held=doubt.REFUSED), "survey 7 is held: Netigate refuses this survey"),
        (SurveyState(alarm="30 of 40 answer sets vanished at once"), "survey 7: 30 of 40 answer sets vanished at once"),
        (SurveyState(doubted="[1][]"), "survey 7: the customer label names other question items"),
        (SurveyState(identity="[][]"), "survey 7: no item carries the customer label"),
        (SurveyState(filter_wrong=1), "survey 7: updated= does not bring what was updated"),
        (SurveyState(unreadable=3), "survey 7: 3 answer sets cannot be read"),
    ],
)
def test_each_trouble_is_one_reason_that_names_the_survey(state, reason):
    (found,) = told(state)
    assert found.startswith(reason)


def test_a_doubted_question_tree_is_told():
    (found,) = told(SurveyState(), tree=doubt.QUESTIONS_GONE)
    assert found.startswith(f"survey 7: {doubt.QUESTIONS_GONE}")


def test_a_reconcile_that_is_late_by_three_intervals_is_told_unless_the_survey_is_held():
    began = int(START.timestamp() * 1000)
    state = SurveyState(filled=began, reconciled=began)
    assert told(state, after=3 * HOUR) == []
    (found,) = told(state, after=3 * HOUR + 1)
    assert found.startswith("survey 7 was last compared with Netigate's list at 2026-")
    held = SurveyState(filled=began, held=doubt.REFUSED)
    assert [reason for reason in told(held, after=9 * HOUR) if "compared" in reason] == []


def test_a_survey_with_nothing_wrong_has_no_reason():
    assert told(SurveyState(identity="[1][]", compared=True)) == []
