from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

import pytest

from service.survey.model import Band, Kind
from service.survey.results import Result, Row, ScoreBasis, low_respondents, newest_scored


def row(answered, score=None, *, kind=Kind.SATISFACTION, respondent=1, survey=1, number=None):
    band = None if score is None else Band.DISSATISFIED if score < 40 else Band.SATISFIED
    return Row(answered, survey, number or answered, respondent, kind if score is not None else None, score, band)


def test_rows_sort_by_time_then_survey_then_set():
    rows = [row(1), row(2, survey=1, number=9), row(2, survey=2, number=1), row(2, survey=2, number=3), row(3, 50.0)]
    for shuffled in permutations(rows):
        assert sorted(shuffled) == rows
    assert all(older < newer for older, newer in pairwise(rows))


def test_newest_scored():
    rows = [row(1, 10.0), row(2, 90.0, kind=Kind.NPS), row(3)]
    assert newest_scored(rows) == rows[1]
    assert newest_scored(rows, Kind.SATISFACTION) == rows[0]
    assert newest_scored(rows, Kind.EFFORT) is None
    assert newest_scored([]) is None


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([], 0),
        ([row(1, 10.0)], 1),
        ([row(1, 10.0), row(2, 80.0)], 0),
        ([row(1, 80.0), row(2, 10.0)], 1),
        ([row(2, 10.0), row(1, 80.0)], 1),
        ([row(1, 10.0), row(2)], 1),
        ([row(1, 10.0), row(2, 10.0, respondent=2), row(3, 80.0, respondent=3)], 2),
        ([row(1, 10.0), row(2, 80.0, respondent=2)], 1),
    ],
)
def test_low_respondents_stand_low_with_their_newest_score(rows, count):
    assert low_respondents(rows) == count


def test_the_row_of_a_result():
    moment = datetime(2026, 11, 22, 8, 10, 0, 999_000, tzinfo=UTC)
    basis = ScoreBasis(Kind.NPS, 2)
    result = Result(
        9, 4711, "n", 501, "C", None, moment, moment + timedelta(days=1), (), 33.3, Band.DISSATISFIED, basis
    )
    found = result.row
    assert (found.key, found.respondent_id, found.kind, found.score, found.low) == (
        (4711, 9),
        501,
        Kind.NPS,
        33.3,
        True,
    )
    assert found.answered_at == moment.replace(microsecond=0)
    assert found.updated == int(moment.timestamp() * 1000) + 86_400_000


def test_a_result_without_a_score_is_not_low():
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    found = Result(9, 4711, "n", 501, "C", None, moment, moment, (), None, None, None).row
    assert (found.low, found.kind, found.score) == (False, None, None)
