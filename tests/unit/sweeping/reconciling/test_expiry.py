"""Comments that are not wanted and results past their time leave the store, and do not come back by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import fakeredis
import orjson
import pytest

from service.store.wholeness.envelope import read_sealed
from service.survey.retention import Retention
from service.sweeping.reconciling.expiry import BATCH, Expiry
from tests.support.fakes import START, make_set
from tests.support.house import SURVEY, House

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)
YEAR = Retention(keep=365 * DAY)
BARE = Retention(comments=False)


@pytest.fixture
def house() -> Iterator[House]:
    client = fakeredis.FakeRedis()
    yield House(client)
    client.close()


def everything(house: House) -> bytes:
    """All that is stored, unpacked where it is packed."""
    from service.store import codec

    def plain(value: bytes) -> bytes:
        try:
            return codec.unpack(value)
        except Exception:  # noqa: BLE001  (not packed)
            return value

    found = []
    for name in house.client.scan_iter():
        kind = house.client.type(name)
        if kind == b"hash":
            found += [plain(value) for value in house.client.hgetall(name).values()]
        elif kind == b"stream":
            found += [repr(entry).encode() for entry in house.client.xrange(name)]
        elif kind == b"string":
            found.append(plain(house.client.get(name)))
    return b"\n".join(found)


def expire(house: House, retention: Retention = YEAR) -> int:
    with house.lease() as token:
        return Expiry(house.store, retention, house.clock).expire(SURVEY, token)


def test_results_past_their_time_go_and_younger_ones_stay(house: House) -> None:
    house.upstream.put(make_set(1, at=START - 300 * DAY), make_set(2, "Missnöjd", at=START - 10 * DAY))
    house.sweep()
    assert expire(house) == 0
    house.clock.advance(100 * 86400)
    assert expire(house) == 1
    assert house.sets_of("C-1") == [2]
    summary = house.summary("C-1")
    assert (summary["answered"], summary["score"], summary["trend"]) == (1, 25.0, None)
    assert house.sets_of_respondent(501) == [2]
    assert expire(house) == 0


def test_a_customer_whose_last_result_expired_is_as_if_it_never_answered(house: House) -> None:
    house.upstream.put(make_set(1, "Mycket missnöjd", customer="C-9", comment="Ring Anders"))
    house.sweep()
    house.clock.advance(400 * 86400)
    expire(house)
    assert house.summary("C-9")["answered"] == 0
    house.store.feed.trim(house.store.filer.now())  # as the housekeeping does when changes are past theirs
    assert b"Anders" not in everything(house)


def test_what_expired_is_not_brought_back_by_a_sweep_or_filed_anew(house: House) -> None:
    old, older = make_set(1, at=START - 300 * DAY), make_set(2, customer="C-2", at=START - 500 * DAY)
    house.upstream.put(old, older)
    sweeper = house.sweeper(retention=YEAR)
    house.sweep(sweeper=sweeper)
    assert house.sets_of("C-2") == []
    house.clock.advance(100 * 86400)
    expire(house)
    house.sweep(sweeper=sweeper)
    assert house.sets_of("C-1") == []


def test_more_than_one_batch(house: House) -> None:
    house.upstream.put(*(make_set(number, customer=f"C-{number}") for number in range(1, BATCH + 3)))
    house.sweep()
    house.clock.advance(400 * 86400)
    assert expire(house) == BATCH + 2


def test_without_a_time_nothing_expires(house: House) -> None:
    house.upstream.put(make_set(1))
    house.sweep()
    house.clock.advance(36500 * 86400)
    assert expire(house, Retention()) == 0


def test_expiry_tells_no_change(house: House) -> None:
    house.upstream.put(make_set(1, "Nöjd", at=START - 20 * DAY), make_set(2, "Missnöjd", at=START - 2 * DAY))
    house.sweep()
    told = house.changes()
    house.clock.advance(400 * 86400)
    expire(house)
    assert [change["id"] for change in house.changes()] == [change["id"] for change in told][: len(house.changes())]


def test_without_comments_no_free_text_reaches_the_store(house: House) -> None:
    house.upstream.put(
        make_set(1, "Missnöjd", comment="Ring aldrig Anders"), make_set(2, "Annat: Anders", customer="C-2")
    )
    house.sweep(sweeper=house.sweeper(retention=BARE))
    assert house.summary("C-1", comments=True)["score"] == 25.0
    assert b"Anders" not in everything(house)


def test_turning_comments_off_takes_out_what_was_stored(house: House) -> None:
    house.upstream.put(make_set(1, "Missnöjd", comment="Ring aldrig Anders"))
    house.sweep()
    assert b"Anders" in everything(house)
    changes = house.changes()
    house.sweep(sweeper=house.sweeper(retention=BARE))
    assert b"Anders" not in everything(house)
    assert house.changes() == [{**change, "comments": []} for change in changes]
    assert len(changes) == 1


def test_a_feed_without_comments_is_left_as_it_is(house: House) -> None:
    house.upstream.put(make_set(1, "Missnöjd"))
    house.sweep()
    assert house.store.feed.strip_comments() == 0


def test_a_long_feed_is_rewritten_whole_with_the_same_ids_and_order(house: House) -> None:
    entries = [
        (f"{n}-0", {"e": orjson.dumps({"id": n, "comments": ["Anders"] if n % 2 else []})}) for n in range(1, 2501)
    ]
    for at, fields in entries:
        house.client.xadd(house.keys.feed, fields, id=at)
    assert house.store.feed.strip_comments() == 1250
    found = house.client.xrange(house.keys.feed)
    assert [at.decode() for at, _ in found] == [at for at, _ in entries]
    assert all(read_sealed(fields[b"e"])["comments"] == [] for _, fields in found)
    assert [name for name in house.client.scan_iter() if b"feed:" in name] == []


def test_a_change_filed_while_the_feed_is_rewritten_is_not_lost(house: House) -> None:
    told = orjson.dumps({"comments": ["Anders"]})
    house.client.xadd(house.keys.feed, {"e": told}, id="1-0")
    reads = house.client.xrange
    late = iter(["2-0"])

    def xrange(*args, **more):
        found = reads(*args, **more)
        for at in late:  # right after the first look
            house.client.xadd(house.keys.feed, {"e": told}, id=at)
        return found

    house.client.xrange = xrange
    assert house.store.feed.strip_comments() == 2
    assert [at for at, _ in reads(house.keys.feed)] == [b"1-0", b"2-0"]


def test_turning_comments_on_again_fetches_them_without_telling_a_change(house: House) -> None:
    house.upstream.put(make_set(1, "Missnöjd", comment="Tack Anders"))
    house.sweep(sweeper=house.sweeper(retention=BARE))
    changes = house.changes()
    house.clock.advance(60)
    house.sweep()
    assert b"Anders" in everything(house)
    assert "Anders" in str(house.summary("C-1", comments=True))
    assert house.changes() == changes


def test_comments_turned_off_and_on_again_come_back(house: House) -> None:
    house.upstream.put(make_set(1, "Missnöjd", comment="Tack Anders"))
    house.sweep()
    changes = house.changes()
    house.sweep(sweeper=house.sweeper(retention=BARE))
    house.clock.advance(60)
    house.sweep()
    assert "Anders" in str(house.summary("C-1", comments=True))
    assert [change["id"] for change in house.changes()] == [change["id"] for change in changes]
