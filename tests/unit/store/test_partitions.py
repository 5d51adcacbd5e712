"""Partitions on their own: lost bodies, tombstones and lifetimes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.store.filing.plan import PartitionChange
from service.survey.errors import DamagedValueError
from tests.support.fakes import START, make_set


def partition_of(house, *sets):
    house.file(*sets)
    (filing,) = house.filings(sets[0])
    return filing.revision.partition


def test_a_home_of_which_only_graves_are_left_goes_with_them(house):
    partition = partition_of(house, make_set(1))
    now = house.store.filer.now()
    house.store.filer.partitions.change(
        {partition: PartitionChange(drop={(4711, 1)}, tombstone_until=now + 5_000)}, now
    )
    assert 0 < house.client.pttl(house.keys.partition(partition)) <= 5_000
    house.store.filer.partitions.change(
        {partition: PartitionChange(put={(4711, 1): house.filings(make_set(1))[0].body})}, now
    )
    assert house.sets_of("C-1") == []
    house.store.filer.partitions.change(
        {partition: PartitionChange(put={(4711, 1): house.filings(make_set(1))[0].body})}, now + 5_001
    )
    assert house.sets_of("C-1") == [1]
    assert house.client.pttl(house.keys.partition(partition)) == -1


def test_an_empty_home_does_not_stay(house):
    partition = partition_of(house, make_set(1))
    now = house.store.filer.now()
    house.store.filer.partitions.change({partition: PartitionChange(drop={(4711, 1)})}, now)
    assert house.client.pttl(house.keys.partition(partition)) <= 1


def test_a_summary_without_its_newest_body_is_told_to_nobody(house):
    partition = partition_of(house, make_set(1, "Nöjd"))
    house.client.hdel(house.keys.partition(partition), "b:4711/1")
    house.file(make_set(2, "Missnöjd", at=START - timedelta(days=1)))
    with pytest.raises(DamagedValueError):
        house.summary("C-1")
    with pytest.raises(DamagedValueError):
        house.sets_of("C-1")
    house.file(make_set(1, "Nöjd"), again=True)
    document = house.summary("C-1")
    assert (document["answered"], document["score"], document["latest"]["answer_set_id"]) == (2, 75.0, 1)
    assert house.sets_of("C-1") == [1, 2]


def test_nothing_to_change_changes_nothing(house):
    house.store.filer.partitions.change({}, 0)
    assert list(house.client.scan_iter()) == []
