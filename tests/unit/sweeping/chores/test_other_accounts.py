"""What an old API key has left behind is found, named, kept no longer than our own, and removed when asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from service.store.keys import Keys
from service.store.redis_store import redis_store
from service.survey.retention import Retention
from service.sweeping.chores.other_accounts import OtherAccounts
from tests.support.fakes import START, make_set
from tests.support.house import House

DAY = timedelta(days=1)
KEEP = timedelta(days=100)


@pytest.fixture
def old(fake):
    """Swept under an old key: a result of today, one that expires in ten days, and one without a customer."""
    house = House(fake, account="0123456789ab")
    house.upstream.put(
        make_set(1, "Mycket missnöjd", customer="C-1", respondent=1),
        make_set(2, "Nöjd", customer="C-2", respondent=2, at=START - 90 * DAY),
        make_set(3, "Nöjd", customer=None, respondent=3),
    )
    house.sweep()
    return house


@pytest.fixture
def care(house):
    def open_other(name):
        return redis_store(house.client, Keys(name), house.clock)

    return OtherAccounts(house.store, open_other, Retention(keep=KEEP), 90.0)


def look(house, care, after):
    house.clock.advance(after.total_seconds())
    with capture_logs() as lines:
        care.look()
    return [(line["account"], line["removed"]) for line in lines if line["event"] == "other_account_stored"]


def test_others_are_found_by_name_with_all_their_keys(house, old):
    house.file(make_set(9))
    (other,) = house.store.accounts.others()
    assert (other.name, other.in_use) == ("0123456789ab", False)
    assert other.keys == len(house.client.keys("*0123456789ab*"))
    assert other.last_swept == old.store.control.swept()[4711]
    (seen,) = old.store.accounts.others()
    assert seen.name == "test"


def test_retention_holds_for_what_an_old_key_has_left(house, old, care):
    assert look(house, care, DAY / 2) == [("0123456789ab", 0)]  # its deployment may come back
    assert look(house, care, 11 * DAY) == [("0123456789ab", 1)]
    assert (old.sets_of("C-1"), old.sets_of("C-2")) == ([1], [])
    assert look(house, care, 95 * DAY) == [("0123456789ab", 2)]
    assert house.client.keys("*0123456789ab*") == []
    assert house.store.accounts.others() == []


def test_an_account_that_another_deployment_sweeps_is_left_to_it(house, old, care):
    for clock in (house.clock, old.clock):
        clock.advance(365 * 86_400)
    old.store.lists.renew((4711,))
    assert look(house, care, timedelta(0)) == []
    assert old.sets_of("C-1") == [1]


@pytest.mark.parametrize("name", [b"nr:check:ab12", b"other", b"nr:", b"nr:\xff\xfe", b"nr:{}:x"])
def test_what_is_no_accounts_key_is_no_account(house, name):
    house.client.set(name, "x")
    assert house.store.accounts.others() == []
