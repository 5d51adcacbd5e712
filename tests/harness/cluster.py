"""A real Cluster on loopback: nodes, joined, each on ports that the kernel chose."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from redis.crc import key_slot

from tests.harness.processes import free_ports
from tests.harness.valkey import STEADY, Node, ended
from tests.harness.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

MASTERS = 3
JOINING = 1000  # ms; the shorter the nodes' timeout, the more often they tell each other of themselves
SLOTS = 16384


@dataclass
class Cluster:
    """Masters and, where asked for, a replica of each: `replicas[n]` follows `masters[n]`."""

    masters: list[Node]
    replicas: list[Node]

    @property
    def nodes(self) -> list[Node]:
        return self.masters + self.replicas

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def holder(self, key: str) -> int:
        """The index in `masters` of the node that was given this key's slot at first."""
        share = SLOTS // len(self.masters)
        return min(key_slot(key.encode()) // share, len(self.masters) - 1)

    def join(self) -> None:
        first = self.masters[0]
        share = SLOTS // len(self.masters)
        for number, node in enumerate(self.masters):
            end = SLOTS - 1 if number == len(self.masters) - 1 else (number + 1) * share - 1
            node.ask("CLUSTER", "ADDSLOTSRANGE", number * share, end)
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in self.nodes[1:]:
            node.ask("CLUSTER", "MEET", "127.0.0.1", first.port, first.options["cluster-port"])
        for node in self.nodes:
            until(lambda node=node: self._knows(node) == len(self.nodes), what="the nodes' meeting", every=0.02)
        for master, replica in zip(self.masters, self.replicas, strict=False):
            name = master.ask("CLUSTER", "MYID").decode()
            until(lambda r=replica, n=name: n in r.ask("CLUSTER", "NODES").decode(), what="the master's name")
            replica.ask("CLUSTER", "REPLICATE", name)
        for node in self.nodes:
            until(lambda node=node: self._is_whole(node), what="a whole cluster", every=0.02)
        for replica in self.replicas:
            until(lambda r=replica: r.info("replication")["master_link_status"] == "up", what="replication", every=0.02)

    def _knows(self, node: Node) -> int:
        lines = node.ask("CLUSTER", "NODES").decode().splitlines()
        return sum("handshake" not in line for line in lines)

    def _is_whole(self, node: Node) -> bool:
        told = node.ask("CLUSTER", "SLOTS")
        covered = sum(last - first + 1 for first, last, *_ in told)
        replicated = sum(len(found) - 3 for _, _, *found in [(None, None, *entry) for entry in told])
        ok = b"cluster_state:ok" in node.ask("CLUSTER", "INFO")
        return ok and covered == SLOTS and replicated == len(self.replicas)


@contextlib.contextmanager
def cluster(*, replicated: bool = False, down_after: int = STEADY) -> Iterator[Cluster]:
    """Three masters, each with a replica where asked for; always ended with the block.

    down_after: ms of silence after which a master counts as dead.
    """
    ports = free_ports(MASTERS * (4 if replicated else 2))
    with tempfile.TemporaryDirectory(prefix="nr-cl-") as directory:
        nodes = []
        for number, (port, bus) in enumerate(zip(ports[::2], ports[1::2], strict=True)):
            options = {
                "cluster-enabled": "yes",
                "cluster-port": str(bus),
                "cluster-node-timeout": str(JOINING),
                "cluster-replica-validity-factor": "0",
                "repl-diskless-sync-delay": "0",
            }
            nodes.append(Node(Path(directory) / str(number), port, options))
        made = Cluster(nodes[:MASTERS], nodes[MASTERS:])
        with ended(*nodes):
            for node in nodes:
                node.start()
            made.join()
            for node in nodes:
                node.ask("CONFIG", "SET", "cluster-node-timeout", down_after)
            yield made
