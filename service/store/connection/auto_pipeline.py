"""One connection for many threads' commands: those that come while it is in use are sent together, in one write."""

from __future__ import annotations

import os
import threading
from copy import copy
from typing import TYPE_CHECKING, Any

import redis
from hiredis import pack_command

from service.store.connection.connections import Counting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.store.connection.clients import Client

Command = tuple[str, ...]
_ENDED = redis.ConnectionError("the leader ended")  # copied before it is raised
_pack: Callable[[Command], bytes] = pack_command  # type: ignore[assignment]  # typed for commands of one word


class _Ask:
    """A thread's commands, and what came of them."""

    __slots__ = ("commands", "leads", "packed", "replies", "turn")

    def __init__(self, commands: Sequence[Command]) -> None:
        self.commands = commands
        # Packed here, in the asking thread: a command that cannot be packed fails for that thread alone.
        self.packed = b"".join([_pack(command) for command in commands])
        self.replies: Sequence[Any] | None = None
        self.leads = False
        self.turn = threading.Lock()  # released when the thread may go on
        self.turn.acquire()


class AutoPipeline:
    """Asks one server. Behind Sentinels and in a Cluster the client does, since it knows which server to ask.

    The first thread to come leads: it sends what waits, reads the replies, and hands the lead to the first thread that
    has come meanwhile. So n threads cost one round trip instead of n, and a thread waits for two at most: the one
    under way and its own.
    """

    def __init__(self, client: Client) -> None:
        self._client: Any = client
        pool: Any = client.connection_pool if type(client) is redis.Redis else None
        own = type(pool) is redis.ConnectionPool and issubclass(pool.connection_class, Counting)
        self._pool: Any = pool if own else None
        self._connection: Any = None  # the leader's
        self._distrusted = False
        self._lock = threading.Lock()
        self._waiting: list[_Ask] = []
        self._led = False

    def ask(self, *command: str) -> Any:  # noqa: ANN401  (whatever Redis answers)
        """Send a command that only reads, by the client where the connection is broken. Raises as the client does."""
        if self._pool is None:
            return self._client.execute_command(*command)  # a Cluster's pipeline of one costs a sixth more
        return self.ask_all([command])[0]

    def ask_all(self, commands: Sequence[Command]) -> Sequence[Any]:
        """Send one or more commands in one write; a reply for each. Raises the first error among them."""
        replies = self._by_client(commands) if self._pool is None else self._in_turn(commands)
        for reply in replies:
            if isinstance(reply, Exception):
                raise copy(reply)  # other threads may raise the same one, and each adds its own frames
        return replies

    def forget(self) -> None:
        """Have the next command go over a new connection: what came over this one was somebody else's answer."""
        self._distrusted = True

    def _in_turn(self, commands: Sequence[Command]) -> Sequence[Any]:
        own = _Ask(commands)
        with self._lock:
            own.leads, self._led = not self._led, True
            self._waiting.append(own)
        try:
            if not own.leads:
                own.turn.acquire()
            if own.replies is None:
                self._lead()
        except BaseException:
            self._leave(own)
            raise
        if own.replies is None:
            raise copy(_ENDED)
        return own.replies

    def _leave(self, own: _Ask) -> None:
        """Withdraw a thread that is interrupted while it waits, so that nobody waits for it to lead."""
        with self._lock:
            if own not in self._waiting:
                return  # a leader has taken it up, perhaps this thread itself: `_hand_over` releases the others
            self._waiting.remove(own)
        if own.leads:
            self._hand_over([], [], _ENDED)

    def _lead(self) -> None:
        asked: list[_Ask] = []
        replies: Sequence[Any] = ()
        failure: Exception | None = _ENDED
        try:
            with self._lock:
                asked, self._waiting = self._waiting, []
            replies = self._exchange(asked)
            failure = None
        except (redis.RedisError, OSError) as error:
            failure = error
        finally:
            self._hand_over(asked, replies, failure)

    def _hand_over(self, asked: list[_Ask], replies: Sequence[Any], failure: Exception | None) -> None:
        """Release the threads that were answered, and the next leader."""
        with self._lock:
            if failure is not None:
                # Threads that came meanwhile fail too: each would wait for a server that does not answer.
                asked, self._waiting = asked + self._waiting, []
                replies = [failure] * sum(len(ask.commands) for ask in asked)
            leader = self._waiting[0] if self._waiting else None
            self._led = leader is not None
            if leader is not None:
                leader.leads = True
                leader.turn.release()
        first = 0
        for ask in asked:
            after = first + len(ask.commands)
            ask.replies, first = replies[first:after], after
            ask.turn.release()

    def _exchange(self, asked: list[_Ask]) -> Sequence[Any]:
        """A reply for each command; where Redis refused it, the error."""
        try:
            return self._over_own(asked)
        except redis.ConnectionError:
            return self._by_client([command for ask in asked for command in ask.commands])

    def _by_client(self, commands: Sequence[Command]) -> Sequence[Any]:
        pipe = self._client.pipeline(transaction=False)
        for command in commands:
            pipe.execute_command(*command)
        replies: list[Any] = pipe.execute(raise_on_error=False)
        return replies

    def _over_own(self, asked: list[_Ask]) -> list[Any]:
        connection = self._own()
        try:
            count = sum(len(ask.commands) for ask in asked)
            connection.send_all(b"".join([ask.packed for ask in asked]), count)
            replies = [_reply(connection) for _ in range(count)]
        except BaseException:
            connection.disconnect()  # replies still on their way must not become another thread's answer
            raise
        if connection.has_more:
            connection.disconnect()
            raise redis.ConnectionError("more replies than commands")
        return replies

    def _own(self) -> Any:  # noqa: ANN401
        connection = self._connection
        if connection is None or connection.pid != os.getpid():  # a fork's child must not read its parent's replies
            connection = self._connection = self._pool.get_connection()
        if self._distrusted:
            self._distrusted = False
            connection.disconnect()
        return connection


def _reply(connection: Any) -> Any:  # noqa: ANN401
    try:
        return connection.read_response()
    except redis.ResponseError as error:
        return error


def as_mapping(reply: Any) -> dict[bytes, bytes]:  # noqa: ANN401
    """A hash as a dict. Redis sends it as a flat list before RESP3; the client's own calls give a dict already."""
    return reply if isinstance(reply, dict) else dict(zip(reply[::2], reply[1::2], strict=True))
