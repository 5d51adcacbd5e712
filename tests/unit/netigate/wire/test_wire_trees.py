"""Surveys, question trees and labels, from documented and merely likely JSON."""

from __future__ import annotations

import pytest

from service.netigate import wire
from service.survey.model import UNREADABLE, Alternative, QuestionItem, Survey
from tests.unit.netigate.saying import item, items_of, utc


def test_surveys(sample):
    assert wire.surveys(sample("surveys")) == [
        Survey(611, "Kundröst", "swe", utc(2026, 2, 3, 8, 15)),
        Survey(612, "Kundenstimme", "deu", utc(2026, 3, 1, 9, 0, 0, 500000)),
        Survey(613, "", None, None),
    ]


def test_an_unreadable_survey_is_left_out_and_oddities_of_another_are_not_its_end():
    odd = {"SurveyId": "5", "Name": "A", "Language": 7.5, "Created": "yesterday"}
    assert wire.surveys([{"SurveyId": None}, 7, odd]) == [Survey(5, "A", None, None)]


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_survey_asked_for(sample, wrapped):
    data = sample("survey")
    assert wire.survey([data] if wrapped else data, 611).name == "Kundröst"
    with pytest.raises(wire.ShapeError):
        wire.survey(data, 612)


def test_question_tree(sample):
    def alternatives(*pairs):
        return tuple(Alternative(order, *pair) for order, pair in enumerate(pairs, start=1))

    assert wire.question_items(sample("questions")) == [
        QuestionItem(
            201,
            "RADIOBUTTON",
            "",
            20,
            "Hur nöjd är du med oss?",
            None,
            alternatives(("Missnöjd",), ("Varken eller",), ("Nöjd",)),
        ),
        QuestionItem(202, "TEXT_FIELD", "Varför?", 20, "Hur nöjd är du med oss?", None, ()),
        QuestionItem(
            211,
            "WEIGHTED_RADIOBUTTON",
            "Svarstiden",
            21,
            "Vad tycker du om",
            None,
            alternatives(("Mycket dålig", 0), ("", 50), ("Mycket bra", 100), ("Vet ej", None)),
        ),
        QuestionItem(
            212,
            "MATRIX",
            "",
            21,
            "Vad tycker du om",
            None,
            alternatives(("Dåligt",), ("Så där",), ("Bra",)),
            ("Leveransen", "Fakturan"),
        ),
        QuestionItem(221, "TEXT_FIELD", "CRM-ID", 22, "", 8801, ()),
        QuestionItem(222, "HOLOGRAM_SLIDER", "Något nytt", 22, "", None, ()),
        QuestionItem(223, "CHECKBOX", "Vad använder du?", 22, "", None, alternatives(("Portalen",), ("Telefonen",))),
    ]


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        ([{"Text": "Ja"}, {"Text": 1.5}], ["Ja", UNREADABLE]),
        ([{"Text": "Ja"}, {"Text": "Nej", "Weight": 2.5}], ["Ja", UNREADABLE]),
        ([{"Text": "Ja"}, {"Text": "Nej", "Weight": "much"}], ["Ja", UNREADABLE]),
        ([{"Text": "Ja"}, "Nej"], ["Ja", UNREADABLE]),
        ([{"Text": "Ja"}, None, {"Text": "Nej"}], ["Ja", UNREADABLE, "Nej"]),
        ([{"Text": "Ja", "Order": 30}, {"Order": 20}, {"Text": "Nej", "Order": 10}], ["Nej", UNREADABLE, "Ja"]),
        ([{"Text": "Ja", "Order": 10}, None, {"Text": "Nej", "Order": 20}], ["Ja", UNREADABLE, "Nej"]),
    ],
)
def test_an_alternative_that_cannot_be_read_keeps_its_place(rows, read):
    (found,) = items_of(item(Rows=rows))
    assert [one.text for one in sorted(found.alternatives, key=lambda one: one.order)] == read


@pytest.mark.parametrize(
    "changes",
    [
        {"Rows": [{"Text": 1.5}, {"Text": {}}]},
        {"Rows": "Ja, Nej"},
        {"Columns": [{"Text": []}]},
        {"QuestionItemId": 0},
        {"BackgroundLabel": "region"},
        {"Type": {}},
    ],
)
def test_an_item_that_cannot_be_read_is_left_out_alone(changes):
    assert [found.id for found in items_of(item(**changes), item(QuestionItemId=2))] == [2]


@pytest.mark.parametrize("none", [0, None, -1, "", "0", "-1", [], [None], [0], {"BGDataLabelId": 0}])
def test_an_item_without_background_label(none):
    assert items_of(item(BackgroundLabel=none))[0].background_label is None


@pytest.mark.parametrize("label", [8801, "8801", [8801], {"BGDataLabelId": 8801}, [{"BGDataLabelId": "8801"}]])
def test_an_item_with_background_label(label):
    assert items_of(item(BackgroundLabel=label))[0].background_label == 8801


ROWS = [{"Text": "a"}, {"Text": "b"}]


@pytest.mark.parametrize(
    ("changes", "alternatives", "statements"),
    [
        ({"Type": "MATRIX", "Rows": ROWS, "Columns": [None]}, [], ["a", "b"]),
        ({"Type": "Double matrix", "Rows": ROWS, "Columns": None}, [], ["a", "b"]),
        ({"Type": "GRID", "Rows": ROWS, "Columns": [{"Text": "x"}]}, ["x"], ["a", "b"]),
        ({"Type": "STARS", "Rows": None, "Columns": [{"Text": "x"}]}, ["x"], []),
        ({"Type": "MATRIX", "Rows": [None], "Columns": [{"Text": "x"}]}, ["x"], []),
        ({"Type": None, "Rows": ROWS, "Columns": []}, ["a", "b"], []),
    ],
)
def test_rows_and_columns(changes, alternatives, statements):
    found = items_of(item(**changes))[0]
    assert [alternative.text for alternative in found.alternatives] == alternatives
    assert list(found.statements) == statements


@pytest.mark.parametrize(
    ("orders", "shown"), [([2, 1], "ba"), ([1, None], "ab"), ([5, 5], "ab"), (["9", "x"], "ab"), (["10", "9"], "ba")]
)
def test_alternatives_are_in_the_surveys_order(orders, shown):
    rows = [{"Text": text, "Order": order} for text, order in zip("ab", orders, strict=True)]
    assert "".join(alternative.text for alternative in items_of(item(Rows=rows))[0].alternatives) == shown


def test_markup_of_the_author_is_no_text():
    tree = [{
        "QuestionId": 1, "Text": "<p>Hur <b>n&ouml;jd</b>&nbsp;&auml;r du?</p>",
        "QuestionItems": [{"QuestionItemId": 2, "Rows": [{"Order": 1, "Text": "<i>N&ouml;jd</i>"}]}],
    }]  # fmt: skip
    (item,) = wire.question_items(tree)
    assert (item.question, item.alternatives[0].text) == ("Hur nöjd är du?", "Nöjd")


def test_a_tree_without_one_readable_item_is_no_tree():
    with pytest.raises(wire.ShapeError):
        items_of(item(QuestionItemId=None))


def test_label_sources(sample):
    assert wire.sendouts(sample("sendouts")).unnamed == (51, 52)
    assert wire.labels(sample("sendout_labels")).names == {8801: "CRM-ID", 8802: "Kontakt-ID"}
    documents = wire.documents(sample("bgdocuments"))
    assert (documents.names, documents.unnamed) == ({8803: "Region"}, (91,))
