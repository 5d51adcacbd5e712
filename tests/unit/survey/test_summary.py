from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from service.survey.model import Band, Kind
from service.survey.normalise import normalise
from service.survey.results import Row
from service.survey.summary import HISTORY, iso, result_document, shown, summary_document
from tests.support.fakes import START, make_set
from tests.support.house import read_survey

HOW = read_survey()


def results(*sets):
    return [normalise(given, HOW) for given in sets]


def summary(*sets, comments=False):
    found = results(*sets)
    latest = max(found, key=lambda result: result.row, default=None)
    return summary_document("C-1", [result.row for result in found], latest, comments=comments)


def test_somebody_who_never_answered_is_a_state():
    assert summary() == {
        "customer_id": "C-1",
        "score": None,
        "band": None,
        "trend": None,
        "answered": 0,
        "last_answered_at": None,
        "low_respondents": 0,
        "latest": None,
        "history": [],
    }


def test_the_example_of_the_contract():
    older = make_set(8001, "Nöjd", contact="P-77", at=datetime(2026, 9, 2, 14, tzinfo=UTC), customer="C-1001")
    newest = make_set(9001, "Mycket missnöjd", contact="P-77", at=datetime(2026, 11, 22, 8, 10, tzinfo=UTC))
    found = summary(older, newest)
    assert (found["score"], found["band"]) == (0.0, "very_dissatisfied")
    whose = {"respondent_id": 501, "contact_id": "P-77"}
    assert found["trend"] == {"previous": 75.0, "change": -75.0, **whose}
    assert (found["answered"], found["last_answered_at"], found["low_respondents"]) == (2, "2026-11-22T08:10:00Z", 1)
    assert found["history"] == [
        {"answered_at": "2026-11-22T08:10:00Z", "score": 0.0, "survey_id": 4711, "kind": "satisfaction", **whose},
        {"answered_at": "2026-09-02T14:00:00Z", "score": 75.0, "survey_id": 4711, "kind": "satisfaction", **whose},
    ]
    assert found["latest"] == {
        "answer_set_id": 9001,
        "survey": {"id": 4711, "name": "Kundnöjdhet"},
        "respondent_id": 501,
        "contact_id": "P-77",
        "answered_at": "2026-11-22T08:10:00Z",
        "updated_at": "2026-11-22T08:10:00Z",
        "score": 0.0,
        "band": "very_dissatisfied",
        "score_basis": {"kind": "satisfaction", "items": 1},
        "answers": [
            {
                "question_item_id": 31,
                "question": "Hur nöjd är du med oss?",
                "kind": "satisfaction",
                "answer": "Mycket missnöjd",
                "score": 0.0,
                "band": "very_dissatisfied",
                "scale": {"points": 5, "direction": "ascending"},
                "method": "wording",
                "language": "sv",
                "reason": None,
                "step": 1,
            }
        ],
    }
    assert found["low"] == [
        {
            **whose,
            "score": 0.0,
            "band": "very_dissatisfied",
            "kind": "satisfaction",
            "answered_at": "2026-11-22T08:10:00Z",
            "survey_id": 4711,
        }
    ]


def test_latest_is_the_newest_and_the_score_is_the_newest_scored():
    found = summary(
        make_set(1, "Missnöjd"),
        make_set(2, "Vet ej", at=START + timedelta(days=1)),
        make_set(3, at=START - timedelta(1)),
    )
    assert found["latest"]["answer_set_id"] == 2
    assert (found["latest"]["score"], found["score"], found["band"]) == (None, 25.0, "dissatisfied")
    assert found["trend"] == {"previous": 75.0, "change": -50.0, "respondent_id": 501}
    assert [entry["score"] for entry in found["history"]] == [None, 25.0, 75.0]


def test_a_trend_never_mixes_kinds():
    nps = make_set(2, None, recommend=9, at=START + timedelta(days=1))
    assert summary(make_set(1, "Nöjd"), nps)["trend"] is None
    third = make_set(3, None, recommend=3, at=START + timedelta(days=2))
    assert summary(make_set(1, "Nöjd"), nps, third)["trend"] == {
        "previous": 90.0,
        "change": -60.0,
        "respondent_id": 501,
    }


def test_comments_are_shown_only_where_they_may_be():
    given = make_set(1, "Nöjd", comment="privat")
    assert [answer["answer"] for answer in summary(given)["latest"]["answers"]] == ["Nöjd"]
    shown_all = summary(given, comments=True)["latest"]["answers"]
    assert [(answer["answer"], answer.get("comment")) for answer in shown_all] == [("Nöjd", None), ("privat", True)]


def test_nps_keeps_its_class():
    (result,) = results(make_set(1, None, recommend=8))
    answer = result_document(result, comments=False)["answers"][0]
    assert (answer["nps"], answer["band"], answer["kind"]) == ("passive", "neutral", "nps")


def test_a_result_says_whose_it_is_and_a_summary_says_it_once():
    (result,) = results(make_set(1))
    assert result_document(result, comments=False)["customer_id"] == "C-1"
    assert "customer_id" not in summary(make_set(1))["latest"]
    unscored = replace(result, score=None, band=None, basis=None)
    assert result_document(unscored, comments=False)["score_basis"] is None


def test_history_is_the_newest_fifty():
    rows = [Row(1_700_000_000 + n, 1, n, 1, Kind.NPS, 1.0, Band.DISSATISFIED) for n in range(HISTORY + 7)]
    found = summary_document("C", rows, None, comments=False)
    assert (len(found["history"]), found["answered"]) == (HISTORY, HISTORY + 7)
    assert found["history"][0]["answered_at"] == iso(rows[-1].answered_at)


@pytest.mark.parametrize(
    ("score", "as_shown"), [(None, None), (66.666, 66.7), (0.04, 0.0), (100.0, 100.0), (33.35, 33.4)]
)
def test_scores_are_rounded_only_when_shown(score, as_shown):
    assert shown(score) == as_shown


def test_the_change_is_taken_before_rounding():
    rows = [Row(1, 1, 1, 1, Kind.NPS, 66.66, Band.SATISFIED), Row(2, 1, 2, 1, Kind.NPS, 33.34, Band.DISSATISFIED)]
    trend = summary_document("C", rows, None, comments=False)["trend"]
    assert (trend["previous"], trend["change"]) == (66.7, -33.3)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 22, 8, 10, tzinfo=UTC), "2026-11-22T08:10:00Z"),
        (datetime(2026, 11, 22, 8, 10, 0, 999_999, tzinfo=UTC), "2026-11-22T08:10:00Z"),
        (datetime(2026, 11, 22, 9, 10, tzinfo=timezone(timedelta(hours=1))), "2026-11-22T08:10:00Z"),
        (datetime(2, 1, 1, tzinfo=UTC), "0002-01-01T00:00:00Z"),
    ],
)
def test_moments_are_utc_to_the_second(moment, text):
    assert iso(moment) == text


def days(number):
    return START + timedelta(days=number)


def test_a_trend_is_one_persons_and_never_a_colleagues():
    anna = make_set(1, "Mycket nöjd", respondent=501, at=days(0))
    bo = make_set(2, "Nöjd", respondent=502, at=days(1))
    again = make_set(3, "Missnöjd", respondent=501, at=days(2))
    assert summary(anna, bo)["trend"] is None
    assert summary(anna, bo, again)["trend"] == {"previous": 100.0, "change": -75.0, "respondent_id": 501}


def test_a_contact_with_several_respondents_is_one_person():
    before = make_set(1, "Nöjd", respondent=501, contact="P-1")
    other = make_set(2, "Mycket nöjd", respondent=502, contact="P-2", at=days(1))
    after = make_set(3, "Missnöjd", respondent=503, contact="P-1", at=days(2))
    found = summary(before, other, after)
    assert found["trend"] == {"previous": 75.0, "change": -50.0, "respondent_id": 503, "contact_id": "P-1"}
    assert [(entry["respondent_id"], entry["contact_id"]) for entry in found["history"]] == [
        (503, "P-1"), (502, "P-2"), (501, "P-1"),
    ]  # fmt: skip


def test_who_is_dissatisfied_now_is_named_newest_first():
    found = summary(
        make_set(1, "Missnöjd", respondent=501, contact="P-1"),
        make_set(2, "Mycket missnöjd", respondent=502, at=days(1)),
        make_set(3, "Missnöjd", respondent=503, at=days(2)),
        make_set(4, "Nöjd", respondent=503, at=days(3)),
        make_set(5, "Vet ej", respondent=501, at=days(4)),
    )
    assert [(low["respondent_id"], low.get("contact_id"), low["score"]) for low in found["low"]] == [
        (502, None, 0.0), (501, "P-1", 25.0),
    ]  # fmt: skip
    assert found["low_respondents"] == 2


def test_at_most_ten_are_named_and_all_are_counted():
    found = summary(*(make_set(n, "Missnöjd", respondent=n, at=days(n)) for n in range(1, 15)))
    assert (found["low_respondents"], [low["respondent_id"] for low in found["low"]]) == (14, list(range(14, 4, -1)))


def test_nobody_low_is_left_out():
    assert "low" not in summary(make_set(1, "Nöjd"))


@pytest.mark.parametrize(
    ("word", "step"), [("Mycket missnöjd", 1), ("Varken nöjd eller missnöjd", 3), ("Vet ej", None)]
)
def test_an_answer_says_its_step(word, step):
    assert summary(make_set(1, word))["latest"]["answers"][0].get("step") == step


@pytest.mark.parametrize("number", [0, 6, 10])
def test_a_recommendations_step_is_its_number(number):
    assert summary(make_set(1, None, recommend=number))["latest"]["answers"][0]["step"] == number
