"""Whose reply a connection gives: the one asked for, whatever came before."""

from __future__ import annotations

import threading

import pytest
import redis

from service.store.connection.auto_pipeline import AutoPipeline
from service.store.connection.clients import connect
from tests.harness.kinds import KINDS
from tests.harness.proxy import DOUBLE, HOLD, PASS
from tests.harness.waiting import until


@pytest.fixture(scope="module")
def served():
    with KINDS["plain"]() as found:
        yield found


@pytest.fixture
def client(served):
    made = connect(served.url, timeout=5)
    for name in "abc":
        made.set(name, name)
    yield made
    served.proxy.mode = PASS
    made.close()


def test_a_connection_given_back_with_a_reply_to_come_is_closed(client):
    connection = client.connection_pool.get_connection()
    connection.send_command("GET", "a")
    client.connection_pool.release(connection)
    assert not connection.is_connected
    assert client.get("b") == b"b"


def test_one_whose_every_reply_was_read_is_kept(client):
    connection = client.connection_pool.get_connection()
    client.connection_pool.release(connection)
    with pytest.raises(redis.ResponseError):
        client.execute_command("HGET", "a", "b")  # a reply's own error
    pipe = client.pipeline(transaction=False)
    pipe.get("a").get("b")
    assert pipe.execute() == [b"a", b"b"]
    assert connection.is_connected


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_breaks_between_two_replies_closes_it(client, error):
    def broken(*_args, **_more):
        raise error

    pipe = client.pipeline(transaction=False)
    pipe.response_callbacks["GET"] = broken
    pipe.get("a").get("b").get("c")
    connection = client.connection_pool.get_connection()
    client.connection_pool.release(connection)  # the one that is taken next
    with pytest.raises(error):
        pipe.execute()
    assert not connection.is_connected


@pytest.mark.parametrize("several", [False, True])
def test_a_late_reply_is_nobodys(served, several, request):
    client = connect(served.url, timeout=0.5)
    request.addfinalizer(client.close)
    client.set("c", "c")
    pipeline = AutoPipeline(client)
    served.proxy.mode = HOLD
    with pytest.raises(redis.TimeoutError):
        pipeline.ask_all([("GET", "a"), ("GET", "b")]) if several else pipeline.ask("GET", "a")
    with pytest.raises(redis.TimeoutError):
        client.get("a")
    served.proxy.mode = PASS
    assert [pipeline.ask("GET", "c"), client.get("c")] == [b"c", b"c"]


def test_more_replies_than_commands_are_nobodys(served, client):
    pipeline = AutoPipeline(client)
    assert pipeline.ask("GET", "a") == b"a"
    served.proxy.mode = DOUBLE
    assert pipeline.ask("GET", "a") == b"a"
    assert pipeline.ask("GET", "b") == b"b"


def test_a_leader_that_is_ended_leaves_nobody_waiting(client, monkeypatch):
    pipeline, begun, go = AutoPipeline(client), threading.Event(), threading.Event()
    assert pipeline.ask("GET", "a") == b"a"

    def ended(*_args):
        begun.set()
        go.wait(60)
        raise SystemExit

    outcomes = {}

    def ask(name):
        try:
            outcomes[name] = pipeline.ask("GET", name)
        except BaseException as error:  # noqa: BLE001  (any is what is asked)
            outcomes[name] = type(error)

    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "_over_own", ended)
        threads = [threading.Thread(target=ask, args=(name,)) for name in "abc"]
        threads[0].start()
        assert begun.wait(60)
        for thread in threads[1:]:
            thread.start()
        until(lambda: len(pipeline._waiting) == 2, what="two that wait")
        go.set()
        for thread in threads:
            thread.join(60)
    assert outcomes == {"a": SystemExit, "b": redis.ConnectionError, "c": redis.ConnectionError}
    assert pipeline.ask("GET", "c") == b"c"


def test_one_that_is_ended_while_it_waits_is_not_waited_for(client, monkeypatch):
    pipeline, begun, go = AutoPipeline(client), threading.Event(), threading.Event()
    found = {}
    real = pipeline._over_own

    def slow(asked):
        begun.set()
        go.wait(60)
        return real(asked)

    monkeypatch.setattr(pipeline, "_over_own", slow)
    leader = threading.Thread(target=lambda: found.update(a=pipeline.ask("GET", "a")))
    leader.start()
    assert begun.wait(60)

    class Ended:
        """A turn whose waiting is broken off."""

        def acquire(self):
            raise KeyboardInterrupt

        def release(self):
            pass

    import service.store.connection.auto_pipeline as module

    class Breaking(module._Ask):
        def __init__(self, commands):
            super().__init__(commands)
            self.turn = Ended()

    with monkeypatch.context() as broken:
        broken.setattr(module, "_Ask", Breaking)
        with pytest.raises(KeyboardInterrupt):
            pipeline.ask("GET", "b")
    go.set()
    leader.join(60)
    assert (found, pipeline.ask("GET", "c")) == ({"a": b"a"}, b"c")
