"""Who was purged stays out, whatever Redis loses under running workers."""

from __future__ import annotations

import stat

import pytest
from structlog.testing import capture_logs

from service.store.filing.keep_out_file import KeepOutFile
from service.store.keys import Keys, account_secret
from service.store.redis_store import redis_store
from service.sweeping.chores.keep_outs import Keeper
from service.sweeping.worker import Worker
from tests.support.fakes import make_set
from tests.unit.sweeping.test_worker import Care


def keeper(house, folder=None):
    file = KeepOutFile(folder, house.keys.account) if folder else None
    return Keeper(house.store.eraser.keep_outs, file)


def worker(house, keeper):
    sweep = house.sweeper().sweep
    return Worker(sweep, Care(), house.store.control, house.surveys, 60.0, house.clock, hold=keeper.hold)


@pytest.fixture
def filled(house):
    house.upstream.put(make_set(1, customer="C-1", respondent=1), make_set(2, customer="C-2", respondent=2))
    return house


def test_a_purge_after_redis_lost_its_data_under_a_running_worker_holds(filled):
    running = worker(filled, keeper(filled))
    with capture_logs():
        running.sweep_one(4711)
        filled.client.flushall()
        filled.store.eraser.customer("C-1")
        running.sweep_one(4711)
    assert (filled.sets_of("C-1"), filled.sets_of("C-2")) == ([], [2])


@pytest.mark.parametrize("what", ["customer", "respondent"])
def test_a_purge_from_before_redis_lost_its_data_holds(filled, what):
    keeping = keeper(filled)
    running = worker(filled, keeping)
    with capture_logs():
        running.sweep_one(4711)
        if what == "customer":
            filled.store.eraser.customer("C-1")
        else:
            filled.store.eraser.respondent(1)
        keeping.hold()
        filled.client.flushall()
        running.sweep_one(4711)
    assert (filled.sets_of("C-1"), filled.sets_of("C-2")) == ([], [2])
    assert filled.client.hlen(filled.keys.kept_out) == 1


def test_a_purge_holds_when_redis_lost_its_data_and_the_worker_was_started_anew(filled, tmp_path):
    filled.store.eraser.customer("C-1")
    assert keeper(filled, tmp_path / "data").hold()
    filled.client.flushall()
    with capture_logs():
        worker(filled, keeper(filled, tmp_path / "data")).sweep_one(4711)
    assert (filled.sets_of("C-1"), filled.sets_of("C-2")) == ([], [2])


def test_a_failover_that_lost_the_last_purge_is_no_lift(house):
    keeping, mark = keeper(house), house.keys.mark("customer", "C-1")
    house.store.eraser.customer("C-1")
    keeping.hold()
    house.client.hdel(house.keys.kept_out, mark)
    with capture_logs():
        keeping.hold()
    assert house.client.hexists(house.keys.kept_out, mark)


def test_who_is_let_in_again_is_in_no_copy(filled, tmp_path):
    keeping = keeper(filled, tmp_path)
    filled.store.eraser.customer("C-1")
    keeping.hold()
    assert filled.store.eraser.keep_outs.lift("customer", "C-1")
    keeping.hold()
    with capture_logs():
        worker(filled, keeping).sweep_one(4711)
    assert filled.sets_of("C-1") == [1]
    assert KeepOutFile(tmp_path, filled.keys.account).load() == {}
    filled.store.eraser.customer("C-1")
    keeping.hold()
    filled.client.flushall()
    with capture_logs():
        worker(filled, keeping).sweep_one(4711)
    assert filled.sets_of("C-1") == []


def test_two_accounts_with_other_keys_write_other_digests():
    marks = {Keys("a", account_secret("https://x", key)).mark("customer", "C-1") for key in ("one", "two")}
    assert len(marks) == 2
    assert account_secret("https://X/", "one") == account_secret("https://x", "one")


def test_the_file_is_its_owners_alone_and_a_broken_one_is_none(tmp_path):
    file = KeepOutFile(tmp_path / "data", "abc")
    file.save({})
    assert not (tmp_path / "data").exists()
    file.save({"ab": 1})
    (path,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert file.load() == {"ab": 1}
    for text in (b"", b"[1]", b"{", b'{"a": "x"}', b"null"):
        path.write_bytes(text)
        assert file.load() == {}
    file.remove()
    assert file.load() == {}


def test_a_disk_that_refuses_stops_nothing(house, tmp_path):
    (tmp_path / "file").touch()
    keeping = keeper(house, tmp_path / "file" / "data")
    house.store.eraser.customer("C-1")
    with capture_logs():
        assert [keeping.hold() for _ in range(3)] == [False] * 3


def test_two_processes_name_the_same_person_alike(fake, house):
    other = redis_store(fake, Keys("test"), house.clock)
    house.store.eraser.customer("C-1")
    fake.flushall()
    other.eraser.customer("C-1")
    house.file(make_set(1, customer="C-1"))
    assert house.sets_of("C-1") == []


@pytest.mark.parametrize("moment", ["", "17", "\x7f764", "foreign"])
def test_a_purge_whose_moment_is_damaged_holds_and_stops_no_sweep(filled, moment):
    running = worker(filled, keeper(filled))
    running.sweep_one(4711)
    filled.store.eraser.customer("C-1")
    (mark,) = filled.client.hkeys(filled.keys.kept_out)
    filled.client.hset(filled.keys.kept_out, mark, moment)
    filled.upstream.put(make_set(3, customer="C-3", respondent=3))
    filled.clock.advance(61)
    with capture_logs() as lines:
        running.sweep_one(4711)
    assert "sweep_broke" not in {line["event"] for line in lines}
    assert [filled.sets_of(customer) for customer in ("C-1", "C-2", "C-3")] == [[], [2], [3]]
