"""One connection for a command that many threads send: those that come while it is taken go together, in one write."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import redis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.store.connection import Client

Command = tuple[str, ...]


class _Ask:
    """A thread's command, and what came of it."""

    __slots__ = ("answered", "command", "reply", "turn")

    def __init__(self, command: Command) -> None:
        self.command = command
        self.reply: Any = None
        self.answered = False
        self.turn = threading.Lock()  # free when the thread may go on
        self.turn.acquire()


class Together:
    """Asks one server. Behind Sentinels and in a Cluster the client does it, since it knows who answers for what.

    The first thread to come leads: it sends what waits, reads the replies, and hands the lead to the first of those
    that have come meanwhile. So n threads cost Redis and this process one round trip and not n, and nobody waits for
    more than one that was under way and the own.
    """

    def __init__(self, client: Client) -> None:
        self._client: Any = client
        pool: Any = client.connection_pool if type(client) is redis.Redis else None
        self._pool: Any = pool if type(pool) is redis.ConnectionPool else None
        self._connection: Any = None  # the leader's
        self._lock = threading.Lock()
        self._waiting: list[_Ask] = []
        self._led = False

    def ask(self, *command: str) -> Any:  # noqa: ANN401  (whatever Redis answers)
        """Send a command that only reads; a broken connection is the client's to mend. Raises as that does."""
        if self._pool is None:
            return self._client.execute_command(*command)
        own = _Ask(command)
        with self._lock:
            follows, self._led = self._led, True
            self._waiting.append(own)
        if follows:
            own.turn.acquire()
        if not own.answered:
            self._lead()
        if isinstance(own.reply, Exception):
            raise own.reply
        return own.reply

    def _lead(self) -> None:
        with self._lock:
            asked, self._waiting = self._waiting, []
        failure: Exception | None = redis.ConnectionError("the leader ended")
        replies: Sequence[Any] = ()
        try:
            replies = self._exchange([ask.command for ask in asked])
            failure = None
        except (redis.RedisError, OSError) as error:
            failure = error
        finally:
            self._hand_over(asked, replies, failure)

    def _hand_over(self, asked: list[_Ask], replies: Sequence[Any], failure: Exception | None) -> None:
        """Let everybody go that was answered, and the next to lead."""
        with self._lock:
            if failure is not None:
                # Those that have come meanwhile would each wait for a server that does not answer.
                asked, self._waiting = asked + self._waiting, []
                replies = [failure] * len(asked)
            leader = self._waiting[0] if self._waiting else None
            self._led = leader is not None
        if leader is not None:
            leader.turn.release()
        for ask, reply in zip(asked, replies, strict=True):
            ask.reply, ask.answered = reply, True
            ask.turn.release()

    def _exchange(self, commands: list[Command]) -> Sequence[Any]:
        """A reply for each; a command that is refused has the error as its reply."""
        try:
            return self._over_own(commands)
        except redis.ConnectionError:
            pipe = self._client.pipeline(transaction=False)
            for command in commands:
                pipe.execute_command(*command)
            replies: list[Any] = pipe.execute(raise_on_error=False)
            return replies

    def _over_own(self, commands: list[Command]) -> list[Any]:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._pool.get_connection()
        pack = connection.pack_command
        try:
            connection.send_packed_command([b"".join([part for command in commands for part in pack(*command)])])
            return [_reply(connection) for _ in commands]
        except BaseException:
            connection.disconnect()  # what is still to come must be nobody's answer
            raise


def _reply(connection: Any) -> Any:  # noqa: ANN401
    try:
        return connection.read_response()
    except redis.ResponseError as error:
        return error
