"""What a look for erasures found of the sweeps spares reads the question, and never hides an erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fakeredis
import pytest

from service.cache.circuit_breaker import CircuitBreaker
from service.cache.local_cache import RECENT_SECONDS, LocalCache
from service.cache.lookup import Lookup
from tests.support.fakes import make_set
from tests.support.house import SURVEY, House

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def house() -> Iterator[House]:
    client = fakeredis.FakeRedis()
    house = House(client)
    house.store.control.set_swept(SURVEY, house.store.filer.now())
    yield house
    client.close()


def looked(house: House) -> tuple[LocalCache, Lookup]:
    copies = LocalCache(CircuitBreaker(house.clock), house.store.control.swept, house.clock)
    copies.look()
    return copies, Lookup(house.store.reads, house.rule, house.clock, copies)


def test_a_read_after_a_look_brings_what_is_stored_now(house: House) -> None:
    _, lookup = looked(house)
    house.file(make_set(1, "Nöjd", comment="Bra"))
    plain, told = (lookup.satisfaction("C-1", comments=comments) for comments in (False, True))
    assert b'"answered":1' in plain.body
    assert b"Bra" not in plain.body
    assert b"Bra" in told.body
    assert plain.freshness.age_seconds == 0


def test_what_was_looked_at_is_used_for_a_while_only(house: House) -> None:
    copies, lookup = looked(house)
    house.clock.advance(RECENT_SECONDS - 0.1)
    house.store.control.set_swept(SURVEY, house.store.filer.now())
    assert copies.recent() is not None
    assert lookup.satisfaction("C-1", comments=False).freshness.age_seconds == 0
    house.clock.advance(0.2)
    assert copies.recent() is None
    assert lookup.satisfaction("C-2", comments=False).freshness.age_seconds == 0


def test_an_age_is_never_told_too_low(house: House) -> None:
    _, lookup = looked(house)
    house.clock.advance(0.5)
    house.store.control.set_swept(SURVEY, house.store.filer.now())
    house.clock.advance(0.49)
    as_of = lookup.satisfaction("C-1", comments=False).freshness.as_of
    assert as_of is not None
    assert (house.clock.now() - as_of).total_seconds() == pytest.approx(0.99)


def test_a_body_read_before_an_erasure_does_not_outlive_the_next_look(house: House) -> None:
    house.file(make_set(1))
    copies, lookup = looked(house)
    assert b'"answered":1' in lookup.satisfaction("C-1", comments=False).body
    house.store.eraser.customer("C-1")
    copies.look()
    assert b'"answered":0' in lookup.satisfaction("C-1", comments=False).body


def test_an_erasure_seen_while_a_body_was_on_its_way_keeps_it_out(house: House) -> None:
    house.file(make_set(1))
    copies, _ = looked(house)

    class Slow:
        def summary(self, *args, **more):
            found = house.store.reads.summary(*args, **more)
            house.store.eraser.customer("C-1")
            copies.look()
            return found

    Lookup(Slow(), house.rule, house.clock, copies).satisfaction("C-1", comments=False)
    after = Lookup(house.store.reads, house.rule, house.clock, copies).satisfaction("C-1", comments=False)
    assert b'"answered":0' in after.body
