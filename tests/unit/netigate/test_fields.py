"""Each form in which a date, a number or a text may be written."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.netigate import wire
from service.netigate.fields import moment, text, whole

from .saying import answer_set, utc


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
