"""Every kind of server that the service takes, with what can be done to it: hang, refuse, damage."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tests.harness.cluster import Cluster, cluster
from tests.harness.processes import free_port
from tests.harness.proxy import CUT, HALF, HOLD, PASS, Proxy, certificate, proxy
from tests.harness.sentinel import Sentinels, sentinels
from tests.harness.valkey import Node, valkey
from tests.harness.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


@dataclass
class Served:
    """A server that runs. `nodes` are those that hold data and take writes."""

    kind: str
    url: str
    nodes: list[Node]
    proxy: Proxy | None = None
    sentinels: Sentinels | None = None
    cluster: Cluster | None = None

    def ask_each(self, *words: object) -> None:
        for node in self.nodes:
            node.ask(*words)


@contextlib.contextmanager
def _one(kind: str, **_: int) -> Iterator[Served]:
    with contextlib.ExitStack() as stack:
        node = stack.enter_context(valkey(free_port(), appendonly="yes"))
        if kind == "socket":
            path = node.directory / "proxy"
            between = stack.enter_context(proxy(node.port, path=path))
            url = f"unix://{path}"
        elif kind == "tls":
            public, context = certificate(node.directory)
            between = stack.enter_context(proxy(node.port, tls=context))
            url = f"rediss://127.0.0.1:{between.listener.getsockname()[1]}?ssl_ca_certs={public}"
        else:
            between = stack.enter_context(proxy(node.port))
            url = f"redis://127.0.0.1:{between.listener.getsockname()[1]}"
        yield Served(kind, url, [node], between)


@contextlib.contextmanager
def _sentinel(**how: int) -> Iterator[Served]:
    with sentinels(**how) as found:
        yield Served("sentinel", found.url, [found.master], sentinels=found)


@contextlib.contextmanager
def _cluster(**how: int) -> Iterator[Served]:
    with cluster(replicated=True, **how) as found:
        yield Served("cluster", found.url, found.masters, cluster=found)


# Each takes `down_after`, as `cluster` and `sentinels` do.
KINDS: dict[str, Callable[..., AbstractContextManager[Served]]] = {
    "plain": partial(_one, "plain"),
    "tls": partial(_one, "tls"),
    "socket": partial(_one, "socket"),
    "sentinel": _sentinel,
    "cluster": _cluster,
}


@dataclass(frozen=True)
class Way:
    """One thing done to a server for a while. `needs_proxy`: only where a proxy stands before the server."""

    name: str
    begin: Callable[[Served], None]
    end: Callable[[Served], None]
    needs_proxy: bool = False
    without: frozenset[str] = frozenset()  # kinds that cannot have it


def _each(act: str) -> Callable[[Served], None]:
    def do(served: Served) -> None:
        for node in served.nodes:
            getattr(node, act)()

    return do


def _ask(*words: object) -> Callable[[Served], None]:
    return lambda served: served.ask_each(*words)


def _nothing(_served: Served) -> None:
    return None


def _proxied(mode: str) -> Way:
    def turn(to: str) -> Callable[[Served], None]:
        def do(served: Served) -> None:
            assert served.proxy is not None
            served.proxy.mode = to

        return do

    return Way(mode, turn(mode), turn(PASS), needs_proxy=True)


HANGS = (
    Way("stopped", _each("freeze"), _each("thaw")),
    Way("paused", _ask("CLIENT", "PAUSE", 350, "ALL"), _nothing),  # not ended early: it takes no commands then
    _proxied(HOLD),
    _proxied(CUT),
    _proxied(HALF),
)


def _save(node: Node, status: str) -> None:
    node.ask("BGSAVE")
    until(lambda: node.info("persistence")["rdb_last_bgsave_status"] == status, what=f"a save that is {status}")


def _fill_disk(served: Served) -> None:
    """Make saves fail, as on a full disk."""
    for node in served.nodes:
        file = node.directory / "dump.rdb"
        file.unlink(missing_ok=True)
        file.mkdir()  # a folder: no file can replace it
        node.ask("CONFIG", "SET", "save", "3600 100000")
        _save(node, "err")


def _free_disk(served: Served) -> None:
    for node in served.nodes:
        (node.directory / "dump.rdb").rmdir()
        _save(node, "ok")
        node.ask("CONFIG", "SET", "save", "")


# What refuses writes → the word for it (`refusals`).
REFUSALS = (
    Way("memory", _ask("CONFIG", "SET", "maxmemory", "1"), _ask("CONFIG", "SET", "maxmemory", "0")),
    Way("disk", _fill_disk, _free_disk),
    Way(
        "read_only",
        _ask("REPLICAOF", "127.0.0.1", "1"),
        _ask("REPLICAOF", "NO", "ONE"),
        without=frozenset({"sentinel", "cluster"}),  # the others would choose another master
    ),
    Way(
        "replicas",
        _ask("CONFIG", "SET", "min-replicas-to-write", "3"),
        _ask("CONFIG", "SET", "min-replicas-to-write", "0"),
    ),
    Way("paused", _ask("CLIENT", "PAUSE", 60_000, "WRITE"), _ask("CLIENT", "UNPAUSE")),
)


def ways(kind: str, among: tuple[Way, ...]) -> list[Way]:
    """The ways that are possible with this kind of server."""
    proxied = kind in {"plain", "tls", "socket"}
    return [way for way in among if kind not in way.without and (proxied or not way.needs_proxy)]
