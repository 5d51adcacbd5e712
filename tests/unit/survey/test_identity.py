import pytest

from service.survey.identity import MAX_ID_LENGTH, clean_id, label_items, label_value
from tests.support.fakes import CUSTOMER, make_set, make_survey

SURVEY = make_survey()


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("C-1001", "C-1001"),
        ("  C-1001\t\n", "C-1001"),
        ("c-1001", "c-1001"),
        ("Müller & Söhne GmbH/7", "Müller & Söhne GmbH/7"),
        ("u\u0308", "ü"),
        ("\u212b", "Å"),
        ("客户", "客户"),
        ("a b", "a b"),
        ("x" * MAX_ID_LENGTH, "x" * MAX_ID_LENGTH),
        (" " + "x" * MAX_ID_LENGTH + " ", "x" * MAX_ID_LENGTH),
        ("e\u0301" * MAX_ID_LENGTH, "é" * MAX_ID_LENGTH),
        ("0", "0"),
        ("", None),
        (" \u00a0\t", None),
        ("x" * (MAX_ID_LENGTH + 1), None),
        ("broken \ud800", None),
    ],
)
def test_an_id_is_opaque(given, cleaned):
    assert clean_id(given) == cleaned
    if cleaned is not None:
        assert clean_id(cleaned) == cleaned


def survey_with(*items):
    from dataclasses import replace

    base = next(item for item in SURVEY.items if item.id == CUSTOMER)
    made = tuple(
        replace(base, id=number, background_label=label, text=text, question=question)
        for number, label, text, question in items
    )
    return replace(SURVEY, items=made)


@pytest.mark.parametrize(
    ("items", "name", "labels", "found"),
    [
        ([(1, 7, "CRM-ID", ""), (2, 8, "Region", "")], "7", {}, [1]),
        ([(1, 7, "CRM-ID", ""), (2, 8, "Region", "")], " 7 ", {}, [1]),
        ([(1, 7, "CRM-ID", ""), (2, 8, "Region", "")], "crm-id", {}, [1]),
        ([(1, 7, "CRM-ID", ""), (2, 9, "crm-id ", "")], "CRM-ID", {}, [1, 2]),
        ([(1, 7, "", "CRM-ID")], "CRM-ID", {}, [1]),
        ([(1, 7, "Kundnummer", "CRM-ID")], "CRM-ID", {}, []),
        ([(1, 7, "Kundnummer", ""), (2, 8, "", "")], "CRM-ID", {7: "CRM-ID", 8: "Region"}, [1]),
        ([(1, 7, "Kundnummer", ""), (2, 7, "", "")], "crm-id", {7: "CRM-ID"}, [1, 2]),
        # The label's id goes before texts, the item's own text before a label's name.
        ([(1, 7, "x", ""), (2, 8, "7", "")], "7", {}, [1]),
        ([(1, 7, "CRM-ID", ""), (2, 8, "", "")], "CRM-ID", {8: "CRM-ID"}, [1]),
        # An item that no label feeds is never believed, whatever it is called.
        ([(1, None, "CRM-ID", "")], "CRM-ID", {}, []),
        ([], "CRM-ID", {7: "CRM-ID"}, []),
    ],
)
def test_which_items_carry_the_id(items, name, labels, found):
    assert [item.id for item in label_items(survey_with(*items), name, labels)] == found


def test_the_value_of_a_label():
    assert label_value(make_set(1, customer=" C-1 "), [CUSTOMER]) == "C-1"
    assert label_value(make_set(1, customer=None), [CUSTOMER]) is None
    assert label_value(make_set(1, customer="  "), [CUSTOMER]) is None
    assert label_value(make_set(1, customer="x" * 201), [CUSTOMER]) is None
    assert label_value(make_set(1), []) is None


@pytest.mark.parametrize(
    ("second", "value"), [("C-1", "C-1"), (" C-1", "C-1"), ("", "C-1"), ("C-2", None), ("c-1", None)]
)
def test_two_items_of_one_label_must_agree(second, value):
    given = make_set(1, customer="C-1", contact=second)
    assert label_value(given, [CUSTOMER, CUSTOMER + 1]) == value
