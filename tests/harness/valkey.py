"""A real Valkey: with the command line of the service's embedded server, at a socket file or at a port on loopback."""

from __future__ import annotations

import contextlib
import signal
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.process import embedded_server as embedded
from tests.harness.processes import start, stop
from tests.harness.waiting import until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

# How long the others of a Cluster or behind Sentinels wait, in ms, until a silent master counts as dead. STEADY: longer
# than a busy machine stalls and than tests freeze one. QUICK: for tests of a failover.
STEADY, QUICK = 60_000, 2_000


@dataclass
class Node:
    """One server. Start it from the main thread: it is told to end when that thread ends."""

    directory: Path
    port: int = 0
    options: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def argv(self) -> list[str]:
        given = {"port": str(self.port), "bind": "127.0.0.1", **self.options}
        usual = embedded.argv(self.directory, self.directory / "s", keep=False)
        return [*usual, *(word for name, value in given.items() for word in (f"--{name}", *value.split(" ")))]

    def start(self) -> None:
        self.directory.mkdir(exist_ok=True)
        self.process = start(self.argv)
        until(self.answers, what="the server", every=0.01)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}" if self.port else embedded.url(self.directory / "s")

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=10, retry=Retry(NoBackoff(), 0))

    def ask(self, *words: Any) -> Any:
        with contextlib.closing(self.client) as client:
            return client.execute_command(*words)

    def answers(self) -> bool:
        assert self.process is None or self.process.poll() is None, f"it ended: {embedded.last_word(self.directory)}"
        try:
            return bool(self.ask("PING"))
        except (redis.RedisError, OSError):
            return False

    def info(self, section: str) -> dict[str, Any]:
        with contextlib.closing(self.client) as client:
            return dict(client.info(section))

    def kill(self) -> None:
        """Kill it at once, without a shutdown, as when a machine dies; also one that is frozen."""
        if self.process is not None:
            stop(self.process, signal.SIGKILL)

    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def ended(*nodes: Node) -> Iterator[None]:
    """End these with the block."""
    try:
        yield
    finally:
        for node in nodes:
            node.kill()


@contextlib.contextmanager
def valkey(port: int = 0, **options: str) -> Iterator[Node]:
    """A server for the block; it keeps nothing on disk, unless with `appendonly="yes"`."""
    with tempfile.TemporaryDirectory(prefix="nr-") as directory:
        node = Node(Path(directory), port, options)
        with ended(node):
            node.start()
            yield node
