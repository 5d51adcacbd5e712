from dataclasses import replace
from datetime import timedelta

import pytest

from service.survey.changes import ChangeKind, change_document, change_of, previous_of
from service.survey.model import Band, Kind
from service.survey.normalise import normalise
from service.survey.results import Row
from tests.support.fakes import START, make_set
from tests.support.house import read_survey

FIRST_LOW, CROSSED, DROPPED, RECOVERED = (
    ChangeKind.FIRST_LOW,
    ChangeKind.CROSSED_BELOW,
    ChangeKind.DROPPED,
    ChangeKind.RECOVERED,
)


def row(answered, score, kind=Kind.SATISFACTION, *, number=None, respondent=1):
    bands = [Band.VERY_DISSATISFIED, Band.DISSATISFIED, Band.NEUTRAL, Band.SATISFIED, Band.VERY_SATISFIED]
    band = None if score is None else bands[min(4, int(score // 20))]
    return Row(answered, 4711, number or answered, respondent, None if score is None else kind, score, band)


@pytest.mark.parametrize(
    ("before", "new", "kind", "compared_with"),
    [
        ([], row(1, 10.0), FIRST_LOW, None),
        ([], row(1, 75.0), None, None),
        ([], row(1, None), None, None),
        ([row(1, None)], row(2, 10.0), FIRST_LOW, None),
        ([row(1, 75.0)], row(2, 10.0), CROSSED, 75.0),
        ([row(1, 75.0)], row(2, 40.0), DROPPED, 75.0),
        ([row(1, 75.0)], row(2, 50.0), DROPPED, 75.0),
        ([row(1, 75.0)], row(2, 50.1), None, None),
        ([row(1, 75.0)], row(2, 100.0), None, None),
        ([row(1, 35.0)], row(2, 10.0), DROPPED, 35.0),
        ([row(1, 35.0)], row(2, 20.0), None, None),
        ([row(1, 10.0)], row(2, 10.0), None, None),
        ([row(1, 10.0)], row(2, 75.0), RECOVERED, 10.0),
        # Only scores of the same kind are compared.
        ([row(1, 75.0, Kind.NPS)], row(2, 10.0), FIRST_LOW, None),
        ([row(1, 75.0), row(2, 10.0, Kind.NPS)], row(3, 10.0), CROSSED, 75.0),
        # The newest older one counts.
        ([row(1, 10.0), row(2, 75.0)], row(3, 10.0), CROSSED, 75.0),
        # An answer older than the newest scored one makes none, one that has no score does not stand in its way.
        ([row(5, 75.0)], row(2, 10.0), None, None),
        ([row(5, 75.0, Kind.NPS)], row(2, 10.0), None, None),
        ([row(1, 75.0), row(5, None)], row(2, 10.0), CROSSED, 75.0),
        # An edited answer is compared with what it replaces.
        ([row(1, 10.0), row(2, 75.0)], row(2, 10.0), CROSSED, 75.0),
        ([row(1, 75.0), row(2, 10.0)], row(2, 75.0), RECOVERED, 10.0),
        ([row(1, 75.0), row(2, 10.0)], row(2, 10.0), None, None),
        ([row(1, 75.0), row(2, 10.0)], row(1, 10.0, number=1), None, None),
        ([row(1, 75.0)], row(1, None), None, None),
        # One that had no score is compared with what was before it.
        ([row(1, 75.0), row(2, None)], row(2, 10.0), CROSSED, 75.0),
    ],
)
def test_changes(before, new, kind, compared_with):
    found = change_of(before, new, drop_points=25.0)
    assert (found and found[0]) == kind
    if found:
        assert (found[1] and found[1].score) == compared_with


def test_drop_points_are_the_operators():
    assert change_of([row(1, 75.0)], row(2, 70.0), drop_points=5.0)[0] is DROPPED
    assert change_of([row(1, 75.0)], row(2, 70.1), drop_points=5.0) is None


def test_an_edit_that_moves_in_time_is_compared_with_what_it_replaces():
    before = [row(1, 75.0), row(5, 80.0, number=2)]
    assert previous_of(before, row(3, 10.0, number=2)).score == 80.0


def document(given, kind=CROSSED, previous=None, rows=None):
    result = normalise(given, read_survey())
    return change_document("id-1", kind, previous, result, rows or [result.row], START + timedelta(minutes=1))


def test_a_change_tells_who_and_what():
    given = make_set(9, "Mycket missnöjd", contact="P-7", comment="Ring mig", recommend=2)
    found = document(given, previous=row(1, 75.04))
    assert found == {
        "id": "id-1",
        "kind": "crossed_below",
        "customer_id": "C-1",
        "contact_id": "P-7",
        "respondent_id": 501,
        "survey": {"id": 4711, "name": "Kundnöjdhet"},
        "answer_set_id": 9,
        "score": 0.0,
        "previous_score": 75.0,
        "band": "very_dissatisfied",
        "score_kind": "satisfaction",
        "low_respondents": 1,
        "answered_at": "2026-11-23T12:00:00Z",
        "detected_at": "2026-11-23T12:01:00Z",
        "question": "Hur nöjd är du med oss?",
        "answer": "Mycket missnöjd",
        "comments": ["Ring mig"],
    }


def test_a_first_low_has_no_previous_score():
    assert document(make_set(9, "Missnöjd"), FIRST_LOW)["previous_score"] is None


def test_the_answer_told_is_one_that_made_the_score():
    how = read_survey()
    result = normalise(make_set(9, "Nöjd"), how)
    (made,) = result.answers
    rows_of_a_matrix = [replace(made, question_item_id=60, question=q, score=0.0) for q in ("Priset", "Leveransen")]
    both = replace(result, answers=(*rows_of_a_matrix, made))
    found = change_document("id", RECOVERED, None, both, [both.row], START)
    assert found["answer"] == "Nöjd"
    lowest = replace(made, question_item_id=61, question="Bemötandet", answer="Missnöjd", score=25.0)
    two = replace(result, basis=replace(result.basis, items=2), answers=(made, lowest))
    assert change_document("id", RECOVERED, None, two, [two.row], START)["question"] == "Bemötandet"


def test_without_a_telling_answer_nothing_is_made_up():
    bare = replace(normalise(make_set(9, "Nöjd"), read_survey()), answers=(), basis=None)
    found = change_document("id", RECOVERED, None, bare, [], START)
    assert (found["question"], found["answer"], found["score_kind"], found["comments"]) == (None, None, None, [])
