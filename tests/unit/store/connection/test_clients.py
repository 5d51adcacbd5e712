"""Addresses of Redis in all their forms, without opening any."""

from __future__ import annotations

import pytest
import redis
from redis.exceptions import ConnectionError as RedisConnectionError

from service.store.connection.clients import connect, script
from service.store.connection.guard import guard
from service.survey.errors import StoreAwayError


def options(client):
    return client.connection_pool.connection_kwargs


def test_plain_addresses():
    client = connect("redis://user:p%40ss@example:6380/2", timeout=0.25)
    found = options(client)
    assert (found["host"], found["port"], found["db"]) == ("example", 6380, 2)
    assert (found["username"], found["password"]) == ("user", "p@ss")
    assert found["socket_timeout"] == found["socket_connect_timeout"] == 0.25
    assert options(connect("unix:///run/v.sock", timeout=1))["path"] == "/run/v.sock"
    assert issubclass(connect("rediss://h", timeout=1).connection_pool.connection_class, redis.SSLConnection)


def test_a_reader_fails_at_once_and_a_sweep_is_patient():
    reader, sweeper = connect("redis://h", timeout=1), connect("redis://h", timeout=1, patience=20)
    assert reader.get_retry().get_retries() <= 1  # a pooled connection may have died unnoticed
    assert sweeper.get_retry().get_retries() >= 20


@pytest.mark.parametrize(
    ("url", "service", "db", "hosts"),
    [
        ("redis+sentinel://a:1,b/name?db=3", "name", 3, [("a", 1), ("b", 26379)]),
        ("redis+sentinel://a", "mymaster", 0, [("a", 26379)]),
        ("redis+sentinel://u:p%2Fw@[::1]:5,b:6/x", "x", 0, [("::1", 5), ("b", 6)]),
    ],
)
def test_sentinels(url, service, db, hosts):
    pool = connect(url, timeout=0.5).connection_pool
    assert (pool.service_name, pool.connection_kwargs["db"]) == (service, db)
    asked = [s.connection_pool.connection_kwargs for s in pool.sentinel_manager.sentinels]
    assert [(found["host"], found["port"]) for found in asked] == hosts
    assert all(found["socket_timeout"] == 0.5 for found in asked)
    if "@" in url:
        assert (pool.connection_kwargs["username"], pool.connection_kwargs["password"]) == ("u", "p/w")


def test_sentinels_with_a_password_and_tls_of_their_own():
    pool = connect("rediss+sentinel://a/x?sentinel_password=s3", timeout=1).connection_pool
    (asked,) = [s.connection_pool.connection_kwargs for s in pool.sentinel_manager.sentinels]
    assert asked["password"] == "s3"
    assert "password" not in pool.connection_kwargs
    assert pool.sentinel_manager.sentinels[0].connection_pool.connection_class is redis.SSLConnection


@pytest.mark.parametrize("patience", [0, 5])
def test_a_cluster_that_is_not_there_is_looked_for_when_it_is_used(unused_port, patience):
    client = connect(f"redis+cluster://127.0.0.1:{unused_port}", timeout=0.5, patience=patience)
    for _ in range(2):
        with pytest.raises(StoreAwayError):
            client.get("a")
    client.close()


@pytest.fixture
def unused_port():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.mark.parametrize("url", ["http://h", "localhost:6379", ""])
def test_another_scheme_is_refused(url):
    with pytest.raises(ValueError, match="scheme is not one of"):
        connect(url, timeout=1)


@pytest.mark.parametrize("error", [RedisConnectionError("10.0.0.1 key nr:C-1"), OSError("C-1")])
def test_errors_name_no_key_and_no_value(error):
    with pytest.raises(StoreAwayError) as raised, guard():
        raise error
    assert str(raised.value) == type(error).__name__
    assert raised.value.__suppress_context__


def test_errors_of_our_own_pass():
    with pytest.raises(ZeroDivisionError), guard():
        raise ZeroDivisionError


@pytest.mark.parametrize("name", ["commit", "partition_page", "partition_write", "lease", "lease_keep"])
def test_scripts_ship_with_the_package(name):
    assert "redis.call" in script(name)
