"""How the documented reads write dates, answers, labels and respondents."""

from __future__ import annotations

import pytest

from tests.harness.simulator import ENGLISH, GERMAN, LEAK_MARKERS, SURVEYS, SWEDISH

from .reading import DATE, items, pages


def test_dates_are_utc_to_the_second(unchanged):
    for one in pages(unchanged, ENGLISH):
        assert DATE.fullmatch(one["Created"])
        assert DATE.fullmatch(one["Updated"])
        assert one["Completed"] is None or DATE.fullmatch(one["Completed"])


@pytest.mark.parametrize("survey", SURVEYS)
def test_every_answer_is_encoded_as_its_type_is(unchanged, survey):
    tree = items(unchanged, survey)
    seen = set()
    for one in pages(unchanged, survey):
        for answer in one["Answers"]:
            item = tree[answer["QuestionItem"]]
            kind, place = item["Type"], answer["AnswerNumeric"]
            seen.add(kind)
            assert (answer["QuestionType"], answer["AnswerSet"]) == (kind, one["AnswerSetId"])
            if kind == "TEXT_FIELD":
                assert (place, answer["AnswerWeight"], answer["QuestionText"]) == (1, None, item["Text"])
            elif kind == "CHECKBOX":
                assert (place, answer["AnswerWeight"], answer["AnswerText"]) == (-1, None, "")
                assert answer["QuestionText"] in [row["Text"] for row in item["Rows"]]
            else:
                scale = item["Columns"] if kind == "MATRIX" else item["Rows"]
                statements = [row["Text"] for row in item["Rows"]] if kind == "MATRIX" else [""]
                step = scale[place - 1]
                assert step["Order"] == place
                assert (answer["AnswerText"], answer["AnswerWeight"]) == (step["Text"], step["Weight"])
                assert answer["QuestionText"] in statements
    assert {"TEXT_FIELD", "CHECKBOX", "MATRIX", "DROPDOWN", "WEIGHTED_RADIOBUTTON"} <= seen


def test_answer_ids_are_unique(unchanged):
    ids = [answer["AnswerId"] for survey in SURVEYS for one in pages(unchanged, survey) for answer in one["Answers"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("survey", "nothing", "empty"), [(SWEDISH, 0, []), (GERMAN, None, [None]), (ENGLISH, -1, [None])]
)
def test_each_survey_says_none_in_its_own_way(unchanged, survey, nothing, empty):
    tree = items(unchanged, survey)
    plain = [item for item in tree.values() if item["Text"] not in {"CRM-ID", "Kontakt-ID", "Region"}]
    fed = {item["Text"]: item["BackgroundLabel"] for item in tree.values() if item not in plain}
    assert {item["BackgroundLabel"] for item in plain} == {nothing}
    assert fed == {"CRM-ID": 901, "Kontakt-ID": 902, "Region": 903}
    assert all(item["Columns"] == empty for item in tree.values() if item["Type"] == "WEIGHTED_RADIOBUTTON")


def test_labels_are_named_where_items_say(unchanged):
    labels = unchanged.get("/bgdata/bgdocuments/700/labels").json()
    assert {label["BGDataLabelId"]: label["Name"] for label in labels} == {
        901: "CRM-ID",
        902: "Kontakt-ID",
        903: "Region",
    }
    assert [label["Type"] for label in labels] == ["TEXT", "TEXT", "ORDINAL"]
    assert labels[2]["Options"]


def test_respondents_carry_what_must_never_leave(unchanged):
    people = [
        who
        for survey in SURVEYS
        for sendout in unchanged.get(f"/surveys/{survey}/sendouts").json()
        for who in unchanged.get(f"/surveys/{survey}/sendouts/{sendout['SendoutId']}/respondents").json()
    ]
    owners = {one["respondent"] for one in unchanged.truth() if one["respondent"] > 0}
    ids = [who["RespondentId"] for who in people]
    assert len(ids) == len(set(ids))
    assert owners < set(ids), "some have answered nothing"
    password, url, email = LEAK_MARKERS[:3]
    assert all(password in who["Password"] and url in who["SurveyURL"] and email in who["Email"] for who in people)
