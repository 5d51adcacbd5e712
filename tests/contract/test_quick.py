"""A thread's own connection gives what the client gives, and never another command's answer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import fakeredis
import pytest
import redis

from service.store.connection import connect
from service.store.quick import Quick
from tests.support.stores import connected, connected_nowhere, valkey
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with valkey() as address:
        yield address


@pytest.fixture
def server(url: str) -> Iterator[redis.Redis]:
    with connected(url) as client:
        client.hset("h", mapping={"a": b"1", "b": b"\xff\x00"})
        yield client


def test_it_answers_as_the_client_does(server):
    quick = Quick(server)
    for command in (("HMGET", "h", "a", "b", "none"), ("HMGET", "none", "a"), ("GET", "none"), ("HLEN", "h")):
        assert quick.ask(*command) == server.execute_command(*command)


def test_a_refused_command_is_an_error_and_the_next_one_is_answered(server):
    quick = Quick(server)
    with pytest.raises(redis.ResponseError):
        quick.ask("GET", "h")
    assert quick.ask("HMGET", "h", "a") == [b"1"]


def test_a_broken_connection_costs_no_answer(server):
    quick = Quick(server)
    for _ in range(3):
        assert quick.ask("HMGET", "h", "a") == [b"1"]
        server.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


def test_what_comes_too_late_is_nobodys_answer(url, server):
    impatient = connect(url, timeout=0.05)
    quick = Quick(impatient)
    assert quick.ask("HGET", "h", "a") == b"1"
    server.execute_command("CLIENT", "PAUSE", "300", "ALL")
    with pytest.raises(redis.TimeoutError):
        quick.ask("HGET", "h", "a")

    def answered() -> bool:
        try:
            return quick.ask("HGET", "h", "b") == b"\xff\x00"
        except redis.TimeoutError:
            return False

    assert until(answered, seconds=5)
    impatient.close()


def test_threads_do_not_share_one(server):
    quick, wrong = Quick(server), []
    server.mset({f"k{n}": n for n in range(8)})

    def ask(number: int) -> None:
        wrong.extend(1 for _ in range(300) if quick.ask("GET", f"k{number}") != b"%d" % number)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_server_that_is_not_there():
    with connected_nowhere() as nowhere, pytest.raises(redis.ConnectionError):
        Quick(nowhere).ask("GET", "x")


def test_other_clients_ask_for_themselves():
    with fakeredis.FakeRedis() as fake:
        fake.set("x", b"1")
        assert Quick(fake).ask("GET", "x") == b"1"
