"""A master, its replica and three Sentinels on loopback."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.process import embedded_server as embedded
from tests.harness.processes import free_ports
from tests.harness.valkey import STEADY, Node, ended
from tests.harness.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "results"
SENTINELS = 3


@dataclass
class Watcher(Node):
    """A Sentinel. It needs a configuration file of its own, since it rewrites it."""

    master: int = 0
    down_after: int = STEADY

    @property
    def argv(self) -> list[str]:
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"dir {self.directory}",
            "loglevel warning",
            f"logfile {embedded.log_file(self.directory)}",
            f"sentinel monitor {NAME} 127.0.0.1 {self.master} 2",
            f"sentinel down-after-milliseconds {NAME} {self.down_after}",
            f"sentinel failover-timeout {NAME} 5000",
            f"sentinel parallel-syncs {NAME} 1",
        ]
        path = self.directory / "sentinel.conf"
        path.write_text("\n".join(lines) + "\n")
        return [str(embedded.binary()), str(path), "--sentinel"]

    def told_master(self) -> int:
        found = self.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)
        return int(found[1])

    def knows_all(self) -> bool:
        (master,) = self.ask("SENTINEL", "MASTERS")
        state = master if isinstance(master, dict) else dict(zip(master[::2], master[1::2], strict=True))
        plain = {_text(name): _text(value) for name, value in state.items()}
        others = int(plain["num-other-sentinels"]), int(plain["num-slaves"])
        return others == (SENTINELS - 1, 1)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@dataclass
class Sentinels:
    """`nodes` are the two servers; the first one was the master at first."""

    nodes: list[Node]
    watchers: list[Watcher]

    @property
    def url(self) -> str:
        return "redis+sentinel://" + ",".join(f"127.0.0.1:{w.port}" for w in self.watchers) + f"/{NAME}"

    @property
    def master(self) -> Node:
        """The node that the Sentinels name now."""
        port = self.watchers[0].told_master()
        return next(node for node in self.nodes if node.port == port)


@contextlib.contextmanager
def sentinels(*, down_after: int = STEADY) -> Iterator[Sentinels]:
    """Start them; always ended with the block. down_after: ms of silence after which a master counts as dead."""
    ports = free_ports(2 + SENTINELS)
    with tempfile.TemporaryDirectory(prefix="nr-se-") as directory:
        at = Path(directory)
        quick = {"repl-diskless-sync-delay": "0"}
        nodes = [Node(at / "a", ports[0], quick)]
        nodes.append(Node(at / "b", ports[1], {**quick, "replicaof": f"127.0.0.1 {ports[0]}"}))
        watchers = [
            Watcher(at / f"s{n}", port, master=ports[0], down_after=down_after) for n, port in enumerate(ports[2:])
        ]
        with ended(*watchers, *nodes):
            for node in nodes:
                node.start()
            until(lambda: nodes[1].info("replication")["master_link_status"] == "up", what="replication", every=0.02)
            for watcher in watchers:
                watcher.start()
            for watcher in watchers:
                until(watcher.knows_all, what="the Sentinels' meeting")
            yield Sentinels(nodes, watchers)
