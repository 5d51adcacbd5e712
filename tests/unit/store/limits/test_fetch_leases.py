"""Marks of on-demand fetches: one at a time, and none by somebody whose time is over."""

from __future__ import annotations

import pytest

from service.store.keys import Keys
from service.store.limits.fetch_leases import JITTER, Fetched, Fetches
from service.survey.errors import StoreAwayError
from tests.support import stores


@pytest.fixture
def fetches(fake):
    return Fetches(fake, Keys("test"))


def test_one_fetches_at_a_time(fetches):
    token = fetches.take(501, 10)
    assert token
    assert fetches.held(501)
    assert fetches.take(501, 10) is None
    assert fetches.take(502, 10)
    fetches.release(501, token)
    assert not fetches.held(501)
    assert fetches.take(501, 10) not in {None, token}


def test_a_lease_ends_with_its_time_and_its_holder_ends_no_other(fetches, fake):
    late = fetches.take(501, 10)
    assert 0 < fake.pttl(fetches._lease(501)) <= 10_000
    fake.delete(fetches._lease(501))  # its time is over
    newer = fetches.take(501, 10)
    fetches.release(501, late)
    assert fetches.held(501)
    fetches.release(501, newer)
    assert not fetches.held(501)


@pytest.mark.parametrize("fetched", [Fetched(123, ok=True), Fetched(456, ok=False)])
def test_a_mark_says_when_and_how_and_ends_about_then(fetches, fake, fetched):
    assert fetches.last(501) is None
    fetches.done(501, fetched, 100)
    assert fetches.last(501) == fetched
    assert 100_000 * (1 - JITTER) - 1000 <= fake.pttl(fetches._mark(501)) <= 100_000
    assert fetches.last(502) is None


def test_lifetimes_are_spread(fetches, fake):
    for respondent in range(40):
        fetches.done(respondent, Fetched(1, ok=True), 1000)
    assert len({fake.pttl(fetches._mark(respondent)) // 1000 for respondent in range(40)}) > 5


def test_without_redis_every_call_says_so():
    with stores.connected_nowhere() as client:
        fetches = Fetches(client, Keys("test"))
        for call in (
            lambda: fetches.take(1, 1),
            lambda: fetches.release(1, "t"),
            lambda: fetches.held(1),
            lambda: fetches.done(1, Fetched(1, ok=True), 1),
            lambda: fetches.last(1),
        ):
            with pytest.raises(StoreAwayError):
                call()
