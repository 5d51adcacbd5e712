"""The server's append-only file: what was erased stays in it until a rewrite; what is written to it is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redis.cluster import RedisCluster
from redis.exceptions import RedisError

from service.store.connection.guard import guard
from service.store.connection.probe import info

if TYPE_CHECKING:
    from service.ports import Clock
    from service.store.connection.clients import Client

SYNC_MILLIS = 2000
LOOK_AGAIN = 0.2  # seconds
REWRITE_SECONDS = 60.0  # longest wait for a rewrite, which goes on all the same


class AppendOnlyFile:
    """Asks the server for what it may refuse: a managed Redis allows none of these calls, and the answer is False."""

    def __init__(self, client: Client, time: Clock) -> None:
        self._client = client
        self._time = time

    def synced(self, key: str) -> bool:
        """Whether what was written is on the server's disk, or will be within a second. Raises StoreError."""
        with guard():
            if not self._facts("aof_enabled") or not all(self._facts("aof_enabled")):
                return False
            if isinstance(self._client, RedisCluster):
                return True
            try:
                pipe: Any = self._client.pipeline(transaction=False)
                pipe.exists(key)  # WAITAOF covers what was written before this connection's last command, even a read
                pipe.execute_command("WAITAOF", 1, 0, SYNC_MILLIS)
                return bool(pipe.execute()[1][0])
            except (RedisError, IndexError, TypeError):
                return True  # a server without that command syncs each second all the same

    def start_rewrite(self) -> bool:
        """Start a rewrite, which leaves out what was erased; False where it could not start. Raises StoreError."""
        with guard():
            if not any(self._facts("aof_enabled")):
                return False
            try:
                if isinstance(self._client, RedisCluster):
                    self._client.bgrewriteaof(target_nodes=RedisCluster.PRIMARIES)
                else:
                    self._client.bgrewriteaof()
            except RedisError:
                return False  # not allowed, or one is under way
            return True

    def rewrite(self) -> bool:
        """Rewrite the file and wait for the end; True only for a rewrite that began after this call."""
        ends = self._time.monotonic() + REWRITE_SECONDS
        self._wait(ends)  # for a rewrite under way, which began before the erasure
        return self.start_rewrite() and self._wait(ends)

    def _wait(self, ends: float) -> bool:
        while self._time.monotonic() < ends:
            with guard():
                busy = self._facts("aof_rewrite_in_progress") + self._facts("aof_rewrite_scheduled")
            if not any(busy):
                return True
            self._time.sleep(LOOK_AGAIN)
        return False

    def _facts(self, name: str) -> list[int]:
        """One fact from every node; empty where the server does not tell."""
        return [int(node.get(name, 0)) for node in info(self._client, "persistence")]
