"""One command on a connection of the thread's own: what the pool does around each costs more than the command."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import redis

if TYPE_CHECKING:
    from service.store.connection import Client


class Quick:
    """Asks one server. Behind Sentinels and in a Cluster the client does it, since it knows who answers for what."""

    def __init__(self, client: Client) -> None:
        self._client: Any = client
        pool: Any = client.connection_pool if type(client) is redis.Redis else None
        self._pool: Any = pool if type(pool) is redis.ConnectionPool else None
        self._own = threading.local()

    def ask(self, *command: str) -> Any:  # noqa: ANN401  (whatever Redis answers)
        """Send a command that only reads; a broken connection is the client's to mend. Raises as that does."""
        if self._pool is None:
            return self._client.execute_command(*command)
        try:
            connection = self._own.connection
        except AttributeError:
            connection = self._own.connection = self._pool.get_connection()
        try:
            connection.send_packed_command(connection.pack_command(*command))
            return connection.read_response()
        except redis.ConnectionError:
            return self._client.execute_command(*command)
