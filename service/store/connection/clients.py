"""Opens Redis in each of its forms, and turns its errors into ours."""

from __future__ import annotations

import threading
import time
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import parse_qs, unquote, urlsplit

import redis
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.cluster import ClusterNode, ClusterPipeline, RedisCluster
from redis.exceptions import AuthenticationError
from redis.retry import Retry
from redis.sentinel import Sentinel

from service.store.connection.connections import CONNECTIONS
from service.store.connection.guard import guard

if TYPE_CHECKING:
    from collections.abc import Callable

Client: TypeAlias = "redis.Redis | RedisCluster"

SENTINEL_SCHEMES = frozenset({"redis+sentinel", "rediss+sentinel"})
CLUSTER_SCHEMES = frozenset({"redis+cluster", "rediss+cluster"})
SCHEMES = frozenset({"redis", "rediss", "unix"}) | SENTINEL_SCHEMES | CLUSTER_SCHEMES
DEFAULT_PORT = {"sentinel": 26379, "cluster": 6379}
DEFAULT_SERVICE = "mymaster"
CLUSTER_TRIES = 3


def script(name: str) -> str:
    """A Lua script of this package."""
    return files("service.store").joinpath("scripts", f"{name}.lua").read_text("utf-8")


class PatientRetry(Retry):
    """Retries errors that may pass by themselves; a wrong password does not."""

    def call_with_retry(self, do: Any, fail: Any, *given: Any, **more: Any) -> Any:  # noqa: ANN401  (redis-py's)
        """As redis-py's, with our rule for what is retried where the caller gives none."""
        return super().call_with_retry(do, fail, *given, **{"is_retryable": _may_pass, **more})


def _may_pass(error: Exception) -> bool:
    return not isinstance(error, AuthenticationError)


class BoundedCluster(RedisCluster):
    """A Cluster's client whose pipelines end with the first timeout.

    (When a pipeline fails, redis-py sends each of its commands once more by itself, each with its own timeout.)
    """

    def pipeline(self, transaction: Any = None, shard_hint: Any = None) -> ClusterPipeline:  # noqa: ANN401  (redis-py's)
        made: ClusterPipeline = super().pipeline(transaction, shard_hint)  # type: ignore[no-untyped-call]
        ask: Callable[..., Any] = made.parent_execute_command
        ends = time.monotonic() + self._longest

        def ask_in_time(*words: Any, **more: Any) -> Any:  # noqa: ANN401  (redis-py's)
            if time.monotonic() >= ends:
                raise redis.exceptions.TimeoutError("timed out")  # redis-py needs its text
            return ask(*words, **more)

        made.parent_execute_command = ask_in_time
        return made

    @property
    def _longest(self) -> float:
        return float(self.nodes_manager.connection_kwargs["socket_timeout"])


class LateCluster:
    """Looks for the Cluster when it is first used, so that a process can start, and wait, without one."""

    def __init__(self, make: Callable[[], RedisCluster]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: RedisCluster | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (any of the client's)
        if self._made is None:
            self._find()
        return getattr(self._made, name)

    def _find(self) -> None:
        with self._lock, guard():
            if self._made is None:
                self._made = self._make()

    def close(self) -> None:
        if self._made is not None:
            self._made.close()


def connect(url: str, *, timeout: float, patience: float = 0.0, **more: Any) -> Client:  # noqa: ANN401
    """A client for `url`; opens nothing yet.

    timeout: seconds for connecting and for each reply. patience: seconds for which a command is retried during
    a failover; 0 fails at once, which is what a reader wants. Raises ValueError for a bad URL.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError("scheme is not one of " + ", ".join(sorted(SCHEMES)))
    options: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "retry": _retry(patience),
        **more,
    }
    if patience:
        options["retry_on_error"] = [redis.exceptions.ReadOnlyError, redis.exceptions.ConnectionError]
    if parts.scheme in SENTINEL_SCHEMES:
        return _sentinel(url, options)
    if parts.scheme in CLUSTER_SCHEMES:
        return _cluster(url, options, patient=patience > 0)
    return redis.Redis.from_url(url, connection_class=CONNECTIONS[parts.scheme], **options)


def forget_connections(client: Client) -> None:
    """Close every connection of a client, those in use when they are given back."""
    nodes = client.get_nodes() if hasattr(client, "get_nodes") else []
    clients = [node.redis_connection for node in nodes if node.redis_connection] or [client]
    for pool in (each.connection_pool for each in clients):
        pool.update_active_connections_for_reconnect()
        pool.disconnect(inuse_connections=False)


def replicated(url: str) -> bool:
    """Whether another server may take this one's place, without the last writes."""
    return urlsplit(url).scheme in SENTINEL_SCHEMES | CLUSTER_SCHEMES


def _retry(patience: float) -> Retry:
    if patience:
        # Waits grow from 0.1 s to 1 s, so there is about one try a second in the end.
        return PatientRetry(ExponentialWithJitterBackoff(base=0.1, cap=1), int(patience) + 3)
    # Once more for a pooled connection that a restart has broken; never after a timeout, which has cost enough.
    return Retry(NoBackoff(), 1, supported_errors=(redis.exceptions.ConnectionError,))


def _hosts(netloc: str, default_port: int) -> list[tuple[str, int]]:
    hosts = []
    for part in netloc.rpartition("@")[2].split(","):
        at = urlsplit(f"//{part}")
        hosts.append((at.hostname or "localhost", at.port or default_port))
    return hosts


def _credentials(netloc: str) -> dict[str, str]:
    user, _, password = netloc.rpartition("@")[0].partition(":")
    named = {"username": unquote(user), "password": unquote(password)}
    return {name: value for name, value in named.items() if value}


def _tls(scheme: str) -> dict[str, bool]:
    return {"ssl": True} if scheme.startswith("rediss") else {}


def _sentinel(url: str, options: dict[str, Any]) -> redis.Redis:
    # redis+sentinel://user:password@host1:26379,host2:26379/service-name?db=0
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    secrets: dict[str, Any] = _credentials(parts.netloc)
    sentinel_secrets = {
        name.removeprefix("sentinel_"): values[-1] for name, values in query.items() if name.startswith("sentinel_")
    }
    timeouts = {name: options[name] for name in ("socket_timeout", "socket_connect_timeout")}
    sentinel: Any = Sentinel(  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        _hosts(parts.netloc, DEFAULT_PORT["sentinel"]),
        # Each Sentinel is asked once: redis-py would ask one that hangs four times, waiting in between.
        sentinel_kwargs={**timeouts, "retry": Retry(NoBackoff(), 0), **_tls(parts.scheme), **sentinel_secrets},
        **options,
        **secrets,
        connection_class=CONNECTIONS[parts.scheme],
        db=int(query.get("db", ["0"])[-1]),
    )
    master: redis.Redis = sentinel.master_for(unquote(parts.path.strip("/")) or DEFAULT_SERVICE)
    return master


def _cluster(url: str, options: dict[str, Any], *, patient: bool) -> RedisCluster:
    # redis+cluster://user:password@host1:6379,host2:6379
    parts = urlsplit(url)
    node: Any = ClusterNode  # untyped in redis-py
    hosts = _hosts(parts.netloc, DEFAULT_PORT["cluster"])
    options = {name: value for name, value in options.items() if name != "retry_on_error"} | _credentials(parts.netloc)
    # The Cluster's client does not wait between tries, so more of them would not outlast a failover either. A reader
    # gets no second try, since it would come after a timeout too.
    options["retry"] = Retry(NoBackoff(), CLUSTER_TRIES if patient else 0)
    kind = RedisCluster if patient else BoundedCluster

    def make() -> RedisCluster:
        # RedisCluster takes `connection_class` only together with `url`.
        return kind(
            url=f"redis://{_bracketed(*hosts[0])}",
            startup_nodes=[node(host, port) for host, port in hosts[1:]],
            connection_class=CONNECTIONS[parts.scheme],
            **options,
        )

    return cast("RedisCluster", LateCluster(make))


def _bracketed(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
