"""Stored values: what goes in comes out, and places sort as customers stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service.store import codec
from service.survey.errors import DamagedValueError
from service.survey.identity import Ids
from service.survey.model import Band, Kind
from service.survey.normalise import normalise
from service.survey.results import Row
from tests.support.fakes import make_set
from tests.support.house import read_survey

HOW = read_survey()


@given(some.binary(max_size=2000))
def test_what_is_packed_comes_out(plain):
    assert codec.unpack(codec.pack(plain)) == plain


def test_a_value_of_another_version_is_refused():
    with pytest.raises(DamagedValueError):
        codec.unpack(b"\x03" + codec.pack(b"x")[1:])
    with pytest.raises(DamagedValueError):
        codec.unpack(b"")


def test_the_dictionary_makes_a_result_small():
    raw = make_set(9001, "Mycket missnöjd", contact="P-77", recommend=3)
    stored = codec.encode_result(normalise(raw, HOW), raw)
    assert len(stored) < 250


@pytest.mark.parametrize(
    "raw",
    [
        make_set(1, "Nöjd"),
        make_set(2, "Vet ej", customer=None, comment="☃ \x00 </script>"),
        make_set(3, None, contact="P", recommend=0),
        make_set(4, "Nöjd", updated=datetime(2026, 11, 23, 12, 0, 0, 123_000, tzinfo=UTC)),
    ],
)
def test_a_result_comes_out_with_what_it_was_made_from(raw):
    result = normalise(raw, HOW)
    found, again = codec.decode_result(codec.encode_result(result, raw))
    assert found == result
    assert normalise(again, HOW, ids=(result.customer_id, result.contact_id)) == result


def test_a_result_without_its_times_is_refused():
    whole = normalise(make_set(1), HOW)
    plain = codec.unpack(codec.encode_result(whole, make_set(1)))
    import orjson

    values = orjson.loads(plain)
    values[6] = None
    with pytest.raises(DamagedValueError):
        codec.decode_result(codec.pack(orjson.dumps(values)))


def row(number, score=None, band=None, kind=None):
    return Row(1_700_000_000 + number, 4711, number, 501, kind, score, band, number)


def test_rows_come_out_newest_first():
    rows = [row(1, 33.333333333333336, Band.DISSATISFIED, Kind.NPS), row(3), row(2, 0.0, Band.VERY_DISSATISFIED)]
    assert codec.decode_rows(codec.encode_rows(rows)) == sorted(rows, reverse=True)
    assert codec.encode_rows([]) == b""
    assert codec.decode_rows(b"") == codec.decode_rows(None) == []


REVISION = codec.Revision("d", 1_700_000_000_500, 1_700_000_000_000, 501, "cX", "C-1")


def test_a_revision_comes_out():
    assert codec.Revision.decode(REVISION.encode()) == REVISION
    assert codec.Revision.decode(b"") is codec.Revision.decode(None) is None


def revision(raw, customer="C-1", contact=None, partition="cX"):
    return codec.revision_of(raw, Ids(customer, contact), partition)


BASE = make_set(1, "Nöjd", comment="Bra", recommend=9)


@pytest.mark.parametrize(
    "other",
    [
        revision(make_set(1, "Missnöjd", comment="Bra", recommend=9)),
        revision(make_set(1, "Nöjd", comment="Bra.", recommend=9)),
        revision(make_set(1, "Nöjd", comment="Bra", recommend=8)),
        revision(make_set(1, "Nöjd", comment="Bra", recommend=9, respondent=7)),
        revision(replace(BASE, updated=BASE.updated + timedelta(milliseconds=1))),
        revision(replace(BASE, completed=BASE.completed - timedelta(seconds=1))),
        revision(replace(BASE, completed=None)),
        revision(replace(BASE, answers=(replace(BASE.answers[0], weight=4), *BASE.answers[1:]))),
        revision(replace(BASE, answers=(replace(BASE.answers[0], question_text="Q"), *BASE.answers[1:]))),
        revision(BASE, customer="C-2"),
        revision(BASE, customer=None),
        revision(BASE, contact="P-1"),
    ],
)
def test_whatever_can_change_what_is_served_makes_another_digest(other):
    assert other.digest != revision(BASE).digest


def test_the_same_content_has_the_same_digest():
    assert revision(replace(BASE)) == revision(BASE)
    # Netigate's own row ids mean nothing.
    assert revision(replace(BASE, answers=tuple(replace(a, id=a.id + 1) for a in BASE.answers))) == revision(BASE)
    # Where it is kept is not what it is.
    assert revision(BASE, partition="elsewhere").digest == revision(BASE).digest


def test_a_set_that_may_not_be_served_is_nobodys():
    assert revision(BASE, partition=None).customer_id is None


def test_a_listed_set_matches_to_the_second():
    listed = replace(BASE, answers=())
    assert revision(BASE).matches(listed)
    assert revision(BASE).matches(replace(listed, updated=BASE.updated + timedelta(milliseconds=300)))
    assert not revision(BASE).matches(replace(listed, updated=BASE.updated + timedelta(seconds=1)))
    assert not revision(BASE).matches(replace(listed, completed=None))
    assert not revision(BASE).matches(replace(listed, respondent_id=-1))
    assert revision(BASE).matches(replace(listed, respondent_id=0), named=False)
    unfinished = replace(BASE, completed=None, updated=None)
    assert revision(unfinished).matches(replace(unfinished, answers=()))


ORDER = [
    (Band.VERY_DISSATISFIED, 0.0, 1_700_000_000),
    (Band.VERY_DISSATISFIED, 0.0, 1_700_000_060),
    (Band.VERY_DISSATISFIED, 0.001, 1_600_000_000),
    (Band.VERY_DISSATISFIED, 19.9, 1_600_000_000),
    (Band.DISSATISFIED, 5.0, 1_600_000_000),
    (Band.NEUTRAL, 50.0, 1_600_000_000),
    (Band.SATISFIED, 75.0, 1_600_000_000),
    (Band.VERY_SATISFIED, 100.0, 9_999_999_999),
    (None, None, 0),
    (None, None, 9_999_999_999),
]


def test_places_stand_worst_first_then_longest_ago():
    places = [codec.standing(*who) for who in ORDER]
    assert places == sorted(places)
    assert all(worse < better for worse, better in pairwise(places))
    # Redis keeps scores as doubles: each place must be exact in one.
    assert [int(float(place)) for place in places] == places


@pytest.mark.parametrize(("band", "score", "last"), ORDER)
def test_a_place_lies_in_its_bands_range_alone(band, score, last):
    place = codec.standing(band, score, last)
    for other in (*Band, None):
        first, end = codec.standing_range(other)
        assert (first <= place <= end) is (other == band)


def test_a_customer_stands_by_its_newest_score_and_when_it_last_answered():
    rows = [row(1, 10.0, Band.VERY_DISSATISFIED), row(2, 75.0, Band.SATISFIED), row(600)]
    assert codec.place(rows) == codec.standing(Band.SATISFIED, 75.0, 1_700_000_600)
    assert codec.place([row(1)]) == codec.standing(None, None, 1_700_000_001)
    assert codec.place([]) == codec.standing(None, None, 0)
