"""Which background label `check` proposes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.commands.check.labels import candidates, propose
from service.survey.identity import label_items
from service.survey.model import QuestionItem
from tests.support.fakes import CUSTOMER, make_set, make_survey


@pytest.mark.parametrize(
    ("name", "values", "contact", "proposed"),
    [
        ("CRM-ID", ["a", "b", "c"], False, True),
        ("Kundnummer", ["1", "2", "3"], False, True),
        ("Customer number", ["1", "2", "3"], False, True),
        ("Kunden-ID", ["1", "2", "3"], False, True),
        ("External id", ["1", "2", "3"], False, True),
        ("Region", ["Nord", "Syd", "Nord"], False, False),
        ("Kontakt-ID", ["1", "2", "3"], False, False),
        ("Kontakt-ID", ["1", "2", "3"], True, True),
        ("CRM-ID", ["1", "2", "3"], True, False),
        ("Customer", ["a@x.example", "b@x.example", "c@x.example"], False, False),
        ("CRM-ID", ["a", None, None], False, False),
    ],
)
def test_which_label_is_proposed(name: str, values: list[str | None], contact: bool, proposed: bool) -> None:
    item = QuestionItem(CUSTOMER, "TEXT_FIELD", name, 1, "", 7, ())
    survey = replace(make_survey(), items=(item,))
    sets = [make_set(number, customer=value) for number, value in enumerate(values, 1)]
    found = propose(candidates(survey, {}, sets), contact=contact)
    assert (found is not None) is proposed


@pytest.mark.parametrize(("text", "question"), [("", "Background"), ("Background", ""), ("", "")])
def test_a_label_is_proposed_by_its_own_name_where_its_item_says_nothing(text: str, question: str) -> None:
    survey = replace(make_survey(), items=(QuestionItem(CUSTOMER, "TEXT_FIELD", text, 1, question, 7, ()),))
    found = propose(candidates(survey, {7: "CRM-ID"}, [make_set(1)]))
    assert found is not None
    assert found.name == "CRM-ID"
    assert label_items(survey, found.name, {7: "CRM-ID"})


def test_an_unfinished_set_does_not_count_against_a_label() -> None:
    sets = [make_set(1), make_set(2, customer=None, completed=False), make_set(3, customer=None, respondent=-1)]
    found = {one.name: (one.sets, one.filled) for one in candidates(make_survey(), {}, sets)}
    assert found["CRM-ID"] == (1, 1)
