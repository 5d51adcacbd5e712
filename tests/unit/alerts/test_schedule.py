"""When a try is repeated, and when it is not."""

from __future__ import annotations

import pytest

from service.alerts.schedule import LONGEST_WAIT, MOST_FAILURES, Verdict, judge, wait_after


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ((200, 201, 202, 204, 299), Verdict.DELIVERED),
        ((400, 401, 403, 404, 409, 410, 413, 422, 499), Verdict.REFUSED),
        ((None, 100, 301, 302, 307, 408, 425, 429, 500, 502, 503, 504, 599), Verdict.FAILED),
    ],
)
def test_each_status_has_its_meaning(statuses, verdict):
    assert {judge(status) for status in statuses} == {verdict}


def test_waits_double_up_to_a_quarter_of_an_hour_and_spread():
    waits = [wait_after(failures, 1.0) for failures in range(1, 12)]
    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == LONGEST_WAIT == wait_after(10_000, 1.0)
    assert wait_after(4, 0.0) == wait_after(4, 1.0) / 2
    assert wait_after(1, 0.0, 90.0) == 90.0


def test_it_goes_on_for_a_day():
    assert sum(wait_after(failures, 0.5) for failures in range(1, MOST_FAILURES)) == pytest.approx(86400, rel=0.2)
