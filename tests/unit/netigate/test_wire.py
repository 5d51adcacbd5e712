"""From documented and merely likely JSON to values of the domain."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.netigate import wire
from service.netigate.fields import moment, text, whole
from service.survey.model import UNREADABLE, Alternative, Answer, AnswerSet, QuestionItem, Survey

UPDATED = datetime(2026, 11, 5, 7, 30, 12, 123456, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


FULL = AnswerSet(
    id=7001,
    survey_id=611,
    respondent_id=310,
    created=utc(2026, 11, 2, 10),
    completed=utc(2026, 11, 2, 10, 4),
    updated=UPDATED,
    answers=(
        Answer(1, 201, "RADIOBUTTON", "", "Missnöjd", None, 1),
        Answer(2, 211, "WEIGHTED_RADIOBUTTON", "", "", 50, 2),
        Answer(3, 223, "CHECKBOX", "Portalen", "", None),
        Answer(4, 202, "TEXT_FIELD", "Varför?", "Det tog <b>tre</b> veckor.", None, 1),
        Answer(5, 212, "MATRIX", "Fakturan", "Så där", None, 2),
        Answer(6, 221, "TEXT_FIELD", "CRM-ID", "K-42", None, 1),
    ),
)


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


def item(**changes) -> dict:
    return {"QuestionItemId": 1, "Type": "RADIOBUTTON", "Rows": [{"Text": "Ja"}, {"Text": "Nej"}]} | changes


def items_of(*items: object) -> list[QuestionItem]:
    return wire.question_items([{"QuestionId": 9, "QuestionItems": list(items)}])


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


@pytest.mark.parametrize(
    ("total", "sets", "size", "told"),
    [(0, 1, 100, 3), (0, 0, 100, 0), (2, 2, 2, 3), (2, 1, 2, 2), (9, 2, 2, 9), (1, 3, 2, 3)],
    ids=["none-beside-sets", "none", "full", "short", "before-the-last", "larger-than-asked"],
)
def test_a_page_that_cannot_be_the_last_is_not_believed_to_be(total, sets, size, told):
    found = [{**answer_set(), "AnswerSetId": number} for number in range(1, sets + 1)]
    assert wire.answer_page({"TotalPages": total, "AnswerSets": found}, 2, 2, size).total_pages == told


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/Date(1474990706000)/", "2016-09-27T15:38:26Z"),
        ("\\/Date(1474990706000+0200)\\/", "2016-09-27T15:38:26Z"),
        ("/Date(-62135596800000)/", None),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_a_date_in_nets_older_way_is_read(written, read):
    found = wire.answer_set({**answer_set(), "Completed": written}, 2, 1).completed
    assert found == (datetime.fromisoformat(read) if read else None)


@pytest.mark.parametrize("written", ["/Date(99999999999999999)/", "/Date(9999999999999999)/", "x" * 65, "/Date()/"])
def test_what_is_no_date_is_refused(written):
    with pytest.raises(wire.ShapeError):
        wire.answer_set({**answer_set(), "Completed": written}, 2, 1)


@pytest.mark.parametrize(("numeric", "place"), [(3, 3), ("3", 3), (-1, None), (0, None), (None, None), ("x", None)])
def test_a_position_is_kept_where_it_is_one(numeric, place):
    row = {"QuestionItem": 1, "AnswerText": "Nöjd", "AnswerNumeric": numeric}
    assert wire.answer_set({**answer_set(), "Answers": [row]}, 2, 1).answers[0].position == place


def test_markup_of_the_author_is_no_text():
    tree = [{
        "QuestionId": 1, "Text": "<p>Hur <b>n&ouml;jd</b>&nbsp;&auml;r du?</p>",
        "QuestionItems": [{"QuestionItemId": 2, "Rows": [{"Order": 1, "Text": "<i>N&ouml;jd</i>"}]}],
    }]  # fmt: skip
    (item,) = wire.question_items(tree)
    assert (item.question, item.alternatives[0].text) == ("Hur nöjd är du?", "Nöjd")


def test_an_answer_page(sample):
    page = wire.answer_page(sample("answers_with_data"), 611, 1, 100)
    assert (page.page, page.total_pages, page.set_aside) == (1, 2, 5)
    assert page.answer_sets == (
        FULL,
        AnswerSet(
            7002,
            611,
            311,
            utc(2026, 11, 2, 10),
            None,
            utc(2026, 11, 6, 11),
            (Answer(0, 201, "", "", "Nöjd", 4, 3),),
        ),
        AnswerSet(7003, 611, -1, utc(2026, 11, 2, 10), utc(2026, 11, 7, 8), utc(2026, 11, 7, 8)),
    )


def test_single_set_lists_and_respondents(sample):
    assert wire.answer_set(sample("answer"), 611, 7001) == FULL
    with pytest.raises(wire.ShapeError):
        wire.answer_set(sample("answer"), 611, 7002)
    listed = wire.answer_list(sample("answers"), 611)
    assert [(found.id, found.answers) for found in listed.answer_sets] == [(7001, ()), (7003, ())]
    assert (listed.page, listed.total_pages, listed.set_aside) == (1, 1, 0)
    assert [found.id for found in wire.respondent_sets(sample("respondent_answers"), 611, 310)] == [7001]


@pytest.mark.parametrize("respondent", [310, "310", [310], None])
def test_a_respondents_set_may_leave_out_whose_it_is(sample, respondent):
    data = [sample("answer") | {"Respondent": respondent}]
    assert [found.respondent_id for found in wire.respondent_sets(data, 611, 310)] == [310]


@pytest.mark.parametrize("respondent", [311, -1])
def test_somebody_elses_set_is_left_out(sample, respondent):
    assert wire.respondent_sets([sample("answer") | {"Respondent": respondent}], 611, 310) == []


@pytest.mark.parametrize("nothing", [None, [], [None]])
def test_nothing_is_an_empty_list(nothing):
    assert wire.surveys(nothing) == wire.question_items(nothing) == wire.respondent_sets(nothing, 1, 2) == []
    assert wire.answer_list(nothing, 1).answer_sets == ()
    page = wire.answer_page({"TotalPages": 0, "AnswerSets": nothing}, 1, 4, 100)
    assert (page.page, page.answer_sets) == (4, ())


def answer(**changes) -> dict:
    return {"AnswerId": 1, "QuestionItem": 5, "QuestionType": "T", "QuestionText": "q", "AnswerText": "a"} | changes


def answer_set(**changes) -> dict:
    done = "2026-01-01T00:00:00Z"
    return {"AnswerSetId": 1, "Survey": 2, "Respondent": 3, "Completed": done, "Updated": done, "Answers": []} | changes


def paged(*sets: object):
    return wire.answer_page({"Page": 1, "TotalPages": 1, "AnswerSets": list(sets)}, 2, 1, 100)


@pytest.mark.parametrize(
    "bad",
    [
        answer_set(AnswerSetId=None),
        answer_set(AnswerSetId=-5),
        answer_set(AnswerSetId=[1, 2]),
        answer_set(Survey=99),
        answer_set(Respondent="somebody"),
        answer_set(Respondent={"Email": "x@example.com"}),
        answer_set(Respondent=2**70),
        answer_set(Completed="soon"),
        answer_set(Completed=True),
        answer_set(Updated=17),
        answer_set(Answers="none"),
        answer_set(Answers=[answer(), 7]),
        answer_set(Answers=[answer(), None]),
        answer_set(Answers=[answer(QuestionItem=None)]),
        answer_set(Answers=[answer(QuestionItem=0)]),
        answer_set(Answers=[answer(AnswerText=1.5)]),
        answer_set(Answers=[answer(AnswerText=True)]),
        answer_set(Answers=[answer(AnswerText=["a"])]),
        answer_set(Answers=[answer(AnswerWeight=float("nan"))]),
        answer_set(Answers=[answer(AnswerWeight=float("inf"))]),
        answer_set(Answers=[answer(AnswerWeight=1e300)]),
        answer_set(Answers=[answer(AnswerWeight=False)]),
        answer_set(Answers=[answer(AnswerId="x")]),
        {key: value for key, value in answer_set().items() if key != "Completed"},
        {key: value for key, value in answer_set().items() if key != "Respondent"},
        {},
        [],
        None,
        7,
        "x",
    ],
    ids=repr,
)
def test_a_bad_set_is_set_aside_and_its_page_goes_on(bad):
    page = paged(answer_set(AnswerSetId=8), bad, answer_set(AnswerSetId=9))
    assert ([found.id for found in page.answer_sets], page.set_aside) == ([8, 9], 1)


def test_a_bad_set_is_named_where_at_least_its_id_can_be_read():
    nameless = {key: value for key, value in answer_set().items() if key != "AnswerSetId"}
    bad = [answer_set(AnswerSetId="7", Answers="x"), answer_set(AnswerSetId=[6], Respondent={}), nameless, None, "x"]
    page = paged(answer_set(AnswerSetId=8), *bad)
    assert (page.unreadable, page.set_aside) == ((7, 6), 5)


@pytest.mark.parametrize(("nobody", "known"), [(None, 0), ([], 0), ([None], 0), (0, 0), (-1, -1), ("-1", -1)])
def test_a_set_of_nobody_is_anonymous(nobody, known):
    (found,) = paged(answer_set(Respondent=nobody)).answer_sets
    assert found.anonymous
    assert found.respondent_id == known


@pytest.mark.parametrize("survey", [None, [], 2, "2", {"SurveyId": 2}, [{"Id": "2"}]])
def test_a_set_belongs_to_the_survey_asked_for(survey):
    assert paged(answer_set(Survey=survey)).answer_sets[0].survey_id == 2


@pytest.mark.parametrize(
    ("weight", "read"), [(None, None), ("", None), (0, 0), (3.0, 3), ("3", 3), ("-2", -2), (" 3 ", 3), (-0.0, 0)]
)
def test_weights(weight, read):
    (found,) = paged(answer_set(Answers=[answer(AnswerWeight=weight)])).answer_sets
    assert found.answers[0].weight == read


@pytest.mark.parametrize(
    "data",
    [
        [],
        None,
        "x",
        {},
        {"AnswerSets": []},
        {"TotalPages": 1},
        {"TotalPages": None, "AnswerSets": []},
        {"TotalPages": "many", "AnswerSets": []},
        {"TotalPages": -1, "AnswerSets": []},
        {"TotalPages": 1, "AnswerSets": "none"},
        {"TotalPages": 1, "AnswerSets": [], "Page": "first"},
        {"Message": "An error has occurred."},
    ],
    ids=repr,
)
def test_a_page_is_never_guessed(data):
    with pytest.raises(wire.ShapeError):
        wire.answer_page(data, 2, 1, 100)


@pytest.mark.parametrize("data", [{}, "x", 7, [7], [{}], [None, 7]], ids=repr)
@pytest.mark.parametrize(
    "read", [wire.surveys, wire.question_items, wire.labels, wire.sendouts, wire.documents], ids=lambda f: f.__name__
)
def test_another_shape_is_never_an_empty_list(read, data):
    with pytest.raises(wire.ShapeError):
        read(data)


@pytest.mark.parametrize("data", [{"Message": "An error has occurred."}, "x", 7])
def test_another_object_lists_no_sets(data):
    with pytest.raises(wire.ShapeError):
        wire.answer_list(data, 2)


def test_an_object_stands_for_a_list_of_one():
    one = answer_set(Answers=answer())
    assert [len(found.answers) for found in wire.answer_list(one, 2).answer_sets] == [1]
    page = wire.answer_page({"TotalPages": 1, "AnswerSets": one}, 2, 1, 100)
    assert (page.answer_sets[0].answers[0].question_item_id, page.set_aside) == (5, 0)
    assert items_of(item(Rows={"Text": "Ja"}))[0].alternatives == (Alternative(1, "Ja", None),)


def test_a_tree_without_one_readable_item_is_no_tree():
    with pytest.raises(wire.ShapeError):
        items_of(item(QuestionItemId=None))


def test_label_sources(sample):
    assert wire.sendouts(sample("sendouts")).unnamed == (51, 52)
    assert wire.labels(sample("sendout_labels")).names == {8801: "CRM-ID", 8802: "Kontakt-ID"}
    documents = wire.documents(sample("bgdocuments"))
    assert (documents.names, documents.unnamed) == ({8803: "Region"}, (91,))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2016-09-27T15:38:26Z", utc(2016, 9, 27, 15, 38, 26)),
        ("2016-09-27T15:38:26", utc(2016, 9, 27, 15, 38, 26)),
        ("2016-09-27T15:38:26.7", utc(2016, 9, 27, 15, 38, 26, 700000)),
        ("2016-09-27T15:38:26.1234567Z", utc(2016, 9, 27, 15, 38, 26, 123456)),
        ("2016-09-27T15:38:26+02:00", utc(2016, 9, 27, 13, 38, 26)),
        (" 2016-09-27T15:38:26Z ", utc(2016, 9, 27, 15, 38, 26)),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(written, read):
    assert moment(written) == read


@pytest.mark.parametrize("written", ["soon", "2016-13-01T00:00:00Z", 7, False, [], "9999-12-31T23:59:59-02:00"])
def test_what_is_no_date(written):
    with pytest.raises(wire.ShapeError) as refused:
        moment(written)
    assert refused.value.args == ("date",)


@pytest.mark.parametrize(
    "value", [None, True, 1.5, 2.0**54, float("nan"), float("inf"), 2**63, "1.0", "١", "9" * 21, {}]
)
def test_what_is_no_whole_number(value):
    with pytest.raises(wire.ShapeError):
        whole(value)


@pytest.mark.parametrize(("value", "read"), [("<b>a</b> ", "<b>a</b> "), (None, ""), (1001, "1001")])
def test_texts_are_kept_as_they_are(value, read):
    assert text(value) == read


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just("2026-01-01")),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
PAGE = {"Page": 1, "TotalPages": 1, "AnswerSets": [answer_set(Answers=[answer()]), answer_set(AnswerSetId=77)]}
TREE = [{"QuestionId": 9, "Order": 1, "Text": "", "QuestionItems": [item(), item(QuestionItemId=77)]}]


def damaged(value, path, junk):
    if not path:
        return junk
    if not isinstance(value, dict | list) or not value:
        return junk
    keys = sorted(value) if isinstance(value, dict) else range(len(value))
    key = list(keys)[path[0] % len(value)]
    value[key] = damaged(value[key], path[1:], junk)
    return value


@settings(derandomize=True, max_examples=400, deadline=None)
@given(path=st.lists(st.integers(0, 9), max_size=6), junk=JSON)
def test_junk_anywhere_gives_a_value_or_a_shape_error_and_never_another_sets_loss(path, junk):
    for whole_reply, read in (
        (PAGE, lambda data: wire.answer_page(data, 2, 1, 100)),
        (TREE, wire.question_items),
        (PAGE["AnswerSets"], lambda data: wire.respondent_sets(data, 2, 3)),
        (PAGE["AnswerSets"][0], lambda data: wire.answer_set(data, 2, 1)),
    ):
        try:
            read(damaged(copy.deepcopy(whole_reply), path, junk))
        except wire.ShapeError:
            continue
    first = damaged(copy.deepcopy(PAGE["AnswerSets"][0]), path, junk)
    assert 77 in [found.id for found in paged(first, PAGE["AnswerSets"][1]).answer_sets]
