"""From documented and merely likely JSON to values of the domain."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.netigate import wire
from service.survey.model import Alternative, Answer, AnswerSet
from tests.unit.netigate.saying import answer, answer_set, item, items_of, paged, utc

UPDATED = datetime(2026, 11, 5, 7, 30, 12, 123456, tzinfo=UTC)


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


@pytest.mark.parametrize(
    ("total", "sets", "size", "told"),
    [(0, 1, 100, 3), (0, 0, 100, 0), (2, 2, 2, 3), (2, 1, 2, 2), (9, 2, 2, 9), (1, 3, 2, 3)],
    ids=["none-beside-sets", "none", "full", "short", "before-the-last", "larger-than-asked"],
)
def test_a_page_that_cannot_be_the_last_is_not_believed_to_be(total, sets, size, told):
    found = [{**answer_set(), "AnswerSetId": number} for number in range(1, sets + 1)]
    assert wire.answer_page({"TotalPages": total, "AnswerSets": found}, 2, 2, size).total_pages == told


@pytest.mark.parametrize(("numeric", "place"), [(3, 3), ("3", 3), (-1, None), (0, None), (None, None), ("x", None)])
def test_a_position_is_kept_where_it_is_one(numeric, place):
    row = {"QuestionItem": 1, "AnswerText": "Nöjd", "AnswerNumeric": numeric}
    assert wire.answer_set({**answer_set(), "Answers": [row]}, 2, 1).answers[0].position == place


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


@settings(max_examples=400)
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
