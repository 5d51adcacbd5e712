"""Threads that ask together get what the client gives, each its own, in fewer round trips."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import fakeredis
import pytest
import redis

from service.store.connection.auto_pipeline import AutoPipeline
from service.store.connection.clients import connect
from tests.harness.valkey import valkey
from tests.harness.waiting import until
from tests.support.stores import connected, connected_nowhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from tests.harness.valkey import Node


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with valkey() as server:
        yield server


@pytest.fixture
def server(node: Node) -> Iterator[redis.Redis]:
    with connected(node.url) as client:
        client.hset("h", mapping={"a": b"1", "b": b"\xff\x00"})
        yield client


def test_it_answers_as_the_client_does(server):
    together = AutoPipeline(server)
    for command in (("HMGET", "h", "a", "b", "none"), ("HMGET", "none", "a"), ("GET", "none"), ("HLEN", "h")):
        assert together.ask(*command) == server.execute_command(*command)


def test_a_refused_command_is_an_error_and_the_next_one_is_answered(server):
    together = AutoPipeline(server)
    with pytest.raises(redis.ResponseError):
        together.ask("GET", "h")
    assert together.ask("HMGET", "h", "a") == [b"1"]


def test_a_broken_connection_costs_no_answer(server):
    together = AutoPipeline(server)
    for _ in range(3):
        assert together.ask("HMGET", "h", "a") == [b"1"]
        server.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


@pytest.fixture
def frozen(node: Node) -> Callable[[], AbstractContextManager[None]]:
    """Within it the server does nothing; what it was asked meanwhile is answered behind it."""

    @contextlib.contextmanager
    def freeze() -> Iterator[None]:
        node.freeze()
        try:
            yield
        finally:
            node.thaw()

    return freeze


def test_what_comes_too_late_is_nobodys_answer(node, server, frozen):
    impatient = connect(node.url, timeout=0.5)
    together = AutoPipeline(impatient)
    assert together.ask("HGET", "h", "a") == b"1"
    with frozen(), pytest.raises(redis.TimeoutError):
        together.ask("HGET", "h", "a")

    def answered() -> bool:
        try:
            return together.ask("HGET", "h", "b") == b"\xff\x00"
        except redis.TimeoutError:
            return False

    assert until(answered)
    impatient.close()


def at_once(works: Sequence[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result(60)


def test_each_thread_gets_its_own_answer(server):
    together, wrong = AutoPipeline(server), []
    server.mset({f"k{n}": n for n in range(8)})

    def ask(number: int) -> None:
        for _ in range(300):
            if together.ask("GET", f"k{number}") != b"%d" % number:
                wrong.append(number)
            with pytest.raises(redis.ResponseError):
                together.ask("GET", "h")  # refused, in the midst of others that are not

    at_once([partial(ask, number) for number in range(8)])
    assert not wrong


def test_what_cannot_be_sent_is_its_own_threads_error(server):
    together = AutoPipeline(server)
    answers: list[int] = []
    refused: list[type] = []

    def ask(number: int) -> None:
        for _ in range(200):
            if number:
                answers.append(together.ask("HLEN", "h"))
            else:
                try:
                    together.ask("GET", "\ud800")
                except UnicodeEncodeError as error:
                    refused.append(type(error))

    at_once([partial(ask, number) for number in range(8)])
    assert answers == [2] * 1400
    assert len(refused) == 200


def test_those_that_wait_go_in_one_write(node, server, frozen):
    patient = connect(node.url, timeout=60)
    together = AutoPipeline(patient)
    together.ask("HLEN", "h")
    before = server.info("stats")["total_reads_processed"]
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(together.ask("HLEN", "h"))) for _ in range(16)]
    with frozen():
        for thread in threads:
            thread.start()
        until(lambda: len(together._waiting) == 15, what="fifteen that wait behind one that leads")
    for thread in threads:
        thread.join(60)
    assert answers == [2] * 16
    # One that led, the others behind it; besides, this look itself.
    assert server.info("stats")["total_reads_processed"] - before <= 3
    patient.close()


def test_nobody_waits_for_each_of_the_others_timeouts(node, server, frozen):
    impatient = connect(node.url, timeout=0.5)
    together = AutoPipeline(impatient)
    together.ask("HLEN", "h")
    late: list[type] = []

    def ask() -> None:
        try:
            together.ask("HLEN", "h")
        except redis.TimeoutError as error:
            late.append(type(error))

    with frozen():
        begun = time.monotonic()
        at_once([ask] * 16)
        took = time.monotonic() - begun
    assert late == [redis.TimeoutError] * 16
    assert took < 6, "one after the other takes eight seconds"

    def answered() -> bool:
        try:
            return together.ask("HLEN", "h") == 2
        except redis.TimeoutError:
            return False

    assert until(answered)
    impatient.close()


def test_a_server_that_is_not_there():
    with connected_nowhere() as nowhere, pytest.raises(redis.ConnectionError):
        AutoPipeline(nowhere).ask("GET", "x")


def test_other_clients_ask_for_themselves():
    with fakeredis.FakeRedis() as fake:
        fake.set("x", b"1")
        assert AutoPipeline(fake).ask("GET", "x") == b"1"
