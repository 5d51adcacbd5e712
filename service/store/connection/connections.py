"""redis-py's connections, each of which counts the replies that it still owes.

A connection that has seen an error, or that is given back with a reply still to come, is closed: a late reply would be
read as the answer to the next command, which may be about another customer. (redis-py's own are not closed behind
Sentinels, nor after an error between two replies.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redis.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import ReadOnlyError, ResponseError
from redis.sentinel import SentinelManagedConnection, SentinelManagedSSLConnection

if TYPE_CHECKING:
    from collections.abc import Iterable

    _Base: Any = AbstractConnection  # much of it is untyped
else:
    _Base = object


class Counting(_Base):  # type: ignore[misc]  # see above
    """Added to each kind of connection. A pool closes a returned connection whose `should_reconnect` is true."""

    _owed = 0  # replies

    def send_command(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (redis-py's)
        self._owed += 1
        super().send_command(*args, **kwargs)

    def pack_commands(self, commands: Iterable[Any]) -> Any:  # noqa: ANN401
        """As redis-py, which packs several commands only to send them."""
        listed = list(commands)
        self._owed += len(listed)
        return super().pack_commands(listed)

    def send_all(self, packed: bytes, count: int) -> None:
        """Send `count` commands that are packed already."""
        self._owed += count
        self.send_packed_command([packed])

    def read_response(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        kwargs.pop("disconnect_on_error", None)
        try:
            # Not the Sentinel connection's own method: it reports a master that refuses a write as unreachable.
            reply = AbstractConnection.read_response(self, *args, **kwargs)
        except ResponseError as error:
            self._owed -= 1
            if isinstance(error, ReadOnlyError):
                self.mark_for_reconnect()  # it may be a former master: the next connection asks who is master now
            raise
        except BaseException:
            self.disconnect()
            raise
        self._owed -= 1
        return reply

    @property
    def has_more(self) -> bool:
        """Whether more has been received than was read."""
        reader = getattr(self._parser, "_reader", None)
        return reader is not None and bool(reader.has_data())

    def disconnect(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self._owed = 0
        super().disconnect(*args, **kwargs)

    def should_reconnect(self) -> bool:
        return bool(self._owed or super().should_reconnect())


class PlainConnection(Counting, Connection):
    """TCP."""


class TlsConnection(Counting, SSLConnection):
    """TCP with TLS."""


class SocketConnection(Counting, UnixDomainSocketConnection):
    """A unix socket."""


class SentinelConnection(Counting, SentinelManagedConnection):
    """TCP to the master that the Sentinels name."""


class SentinelTlsConnection(Counting, SentinelManagedSSLConnection):
    """The same with TLS."""


# By the scheme of the address.
CONNECTIONS: dict[str, Any] = {
    "redis": PlainConnection,
    "rediss": TlsConnection,
    "unix": SocketConnection,
    "redis+sentinel": SentinelConnection,
    "rediss+sentinel": SentinelTlsConnection,
    "redis+cluster": PlainConnection,
    "rediss+cluster": TlsConnection,
}
