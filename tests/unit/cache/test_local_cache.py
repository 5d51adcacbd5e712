"""A process's own copies: bounded, young while Redis is there, emptied by any erasure."""

from __future__ import annotations

import pytest

from service.cache.circuit_breaker import PROBE_AFTER, CircuitBreaker
from service.cache.local_cache import ERASURES, HOT_SECONDS, OVERHEAD, CachedDocument, LocalCache
from service.survey.errors import StoreAwayError
from tests.harness.waiting import until
from tests.support.fakes import FakeClock


class Store:
    def __init__(self):
        self.away, self.body, self.swept, self.asked = False, b"{}", {ERASURES: 0}, 0
        self.unreadable = False

    def load(self):
        self.asked += 1
        self._check()
        return CachedDocument(self.body, "etag", dict(self.swept), unreadable=self.unreadable)

    def read_swept(self):
        self._check()
        return dict(self.swept)

    def _check(self):
        if self.away:
            raise StoreAwayError


class Place:
    def __init__(self, **how):
        self.clock, self.store = FakeClock(), Store()
        self.breaker = CircuitBreaker(self.clock)
        self.copies = LocalCache(self.breaker, self.store.read_swept, self.clock, **how)

    def read(self, key="a"):
        held, away = self.copies.read(key, self.store.load)
        return held.body, away

    def has(self, key):
        try:
            return bool(self.read(key))
        except StoreAwayError:
            return False


@pytest.fixture
def place():
    return Place()


def test_for_a_moment_a_copy_spares_redis(place):
    assert place.read() == (b"{}", False)
    place.store.body = b"new"
    assert place.read() == (b"{}", False)
    place.clock.advance(HOT_SECONDS)
    assert place.read() == (b"new", False)
    assert place.store.asked == 2


def test_while_redis_is_away_copies_are_given_and_said_to_be(place):
    place.read()
    place.clock.advance(HOT_SECONDS)
    place.store.away = True
    assert place.read() == (b"{}", True)
    with pytest.raises(StoreAwayError):
        place.read("never seen")
    # Nor is one that is young given as if Redis were there.
    place.clock.advance(-HOT_SECONDS)
    assert place.read() == (b"{}", True)


def test_it_comes_back_by_itself(place):
    place.read()
    place.clock.advance(HOT_SECONDS)
    place.store.away = True
    place.read()
    place.store.away, place.store.body = False, b"new"
    place.clock.advance(PROBE_AFTER + 0.1)
    assert place.read() == (b"new", False)


@pytest.mark.parametrize("how", ["look", "read"])
def test_an_erasure_empties_it(place, how):
    place.read("a")
    place.store.swept[ERASURES] = 1
    if how == "look":
        place.copies.look()
    else:
        place.read("b")
    place.store.away = True
    place.clock.advance(HOT_SECONDS)
    with pytest.raises(StoreAwayError):
        place.read("a")


def test_what_was_read_before_an_erasure_is_not_kept_after_it(place):
    place.read("b")

    def load():
        held = place.store.load()
        place.store.swept[ERASURES] = 1
        place.copies.look()  # another thread, meanwhile
        return held

    place.copies.read("a", load)
    place.store.away = True
    place.clock.advance(HOT_SECONDS)
    for key in "ab":
        with pytest.raises(StoreAwayError):
            place.read(key)


def test_another_redis_with_fewer_erasures_is_believed_at_the_next_look(place):
    place.store.swept[ERASURES] = 3
    place.read()
    place.store.swept[ERASURES] = 0
    place.copies.look()
    place.read()
    place.store.away = True
    place.clock.advance(HOT_SECONDS)
    assert place.read() == (b"{}", True)


def test_looking_while_redis_is_away_changes_nothing(place):
    place.read()
    place.store.away = True
    place.copies.look()
    assert place.breaker.open
    assert place.read() == (b"{}", True)


def test_it_is_bounded_and_drops_what_was_not_asked_for_longest():
    room = 10
    place = Place(largest=room * (OVERHEAD + 2))
    for number in range(100):
        place.read("asked for all along")
        place.read(number)
        place.read(number)  # again within the moment, or after it: it takes its room once
        place.clock.advance(HOT_SECONDS)
    place.store.away = True
    place.clock.advance(HOT_SECONDS)
    assert place.read("asked for all along") == (b"{}", True)
    kept = [number for number in range(100) if place.has(number)]
    assert kept == list(range(100 - len(kept), 100))
    assert room // 2 <= len(kept) + 1 <= room


def test_what_is_larger_than_everything_is_not_kept():
    place = Place(largest=OVERHEAD)
    place.store.body = b"x" * 10
    assert place.read() == (b"x" * 10, False)
    assert place.read() == (b"x" * 10, False)
    assert place.store.asked == 2


def test_erasures_are_looked_for_without_anybody_reading():
    place = Place(watch=True)
    place.read()
    place.read("b")  # one watcher does for all
    place.store.swept[ERASURES] = 1
    place.store.away = False

    def dropped():
        place.store.away = True
        try:
            place.clock.advance(HOT_SECONDS)
            place.read()
        except StoreAwayError:
            return True
        finally:
            place.store.away = False
            place.clock.advance(PROBE_AFTER + 0.1)
        return False

    assert until(dropped, what="the copy's end", every=0.1)


def test_what_was_read_before_it_was_damaged_is_better_than_nothing(place):
    assert place.read() == (b"{}", False)
    place.clock.advance(HOT_SECONDS)
    place.store.body, place.store.unreadable = b"nothing", True
    assert place.read() == (b"{}", True)
    assert place.read("b") == (b"nothing", False)
    place.store.body, place.store.unreadable = b"healed", False
    assert place.read() == (b"healed", False)
