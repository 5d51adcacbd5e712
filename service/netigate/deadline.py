"""Sessions of requests that go where they are told, and end in time.

requests' own time-outs are for each read and each address, and not for the look-up of a name: a reply that drips would
never end, and a name server that is silent would hold its caller for half a minute.
"""

from __future__ import annotations

import io
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http.client import HTTPResponse, RemoteDisconnected
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

_left: ContextVar[Callable[[], float] | None] = ContextVar("left", default=None)


@contextmanager
def within(left: Callable[[], float]) -> Iterator[None]:
    """Bound every connecting and every read in this context: `left` tells the seconds until a time-out is raised."""
    token = _left.set(left)
    try:
        yield
    finally:
        _left.reset(token)


class _TimedReads(io.RawIOBase):
    """A socket's file that looks at the time before each piece: status line, headers and body alike."""

    def __init__(self, file: io.RawIOBase, sock: socket.socket) -> None:
        self._file = file
        self._socket = sock
        self.ended = False  # whether the peer has closed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401  (a writable buffer has no type in 3.11)
        left = _left.get()
        if left is not None:
            seconds = left()
            if seconds <= 0:
                raise TimeoutError
            self._socket.settimeout(seconds)
        count = self._file.readinto(buffer)
        self.ended = self.ended or count == 0
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (http.client's)
        super().__init__(sock, *args, **kwargs)
        self._reads = _TimedReads(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._reads)

    def begin(self) -> None:
        """Read the head. http.client takes one that was cut off as complete; here that is RemoteDisconnected."""
        super().begin()
        if self._reads.ended:
            raise RemoteDisconnected("closed within the head")


def _connect(open_socket: Callable[[], socket.socket], wanted: Future[socket.socket]) -> None:
    try:
        sock = open_socket()
    except Exception as error:  # noqa: BLE001  (handed on to who waits)
        with suppress(InvalidStateError):
            wanted.set_exception(error)
        return
    try:
        wanted.set_result(sock)
    except InvalidStateError:  # nobody waits any more
        sock.close()


def _in_time(open_socket: Callable[[], socket.socket], seconds: float) -> socket.socket | None:
    """What is opened; None after so many seconds.

    In a thread of its own, since nothing ends a look-up but the system's resolver, in its own time.
    """
    wanted: Future[socket.socket] = Future()
    threading.Thread(target=_connect, args=(open_socket, wanted), name="connect", daemon=True).start()
    try:
        return wanted.result(max(0.0, seconds))
    except TimeoutError:
        return None if wanted.cancel() else wanted.result()


class _Connection(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        left = _left.get()
        found = super()._new_conn() if left is None else _in_time(super()._new_conn, left())
        if found is None:
            raise ConnectTimeoutError(self, "not connected in time")
        return found


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS: Final = {"http": _Pool, "https": _SecurePool}


class DeadlineAdapter(HTTPAdapter):
    """An adapter whose connections keep the deadline of `within`; through a SOCKS proxy they do not."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (requests')
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # noqa: ANN401  (requests')
        manager = super().proxy_manager_for(proxy, **kwargs)
        if isinstance(manager, ProxyManager):
            manager.pool_classes_by_scheme = _POOLS
        return manager


Auth: TypeAlias = "Callable[[requests.PreparedRequest], requests.PreparedRequest]"


class BoundedSession(requests.Session):
    """A session that keeps the deadline of `within`, follows no redirect, and keeps no cookie."""

    def __init__(self, auth: Auth, *, connections: int) -> None:
        """`auth` says who asks; it is called for each request, so that nothing of .netrc is added to any."""
        super().__init__()
        self.auth = auth
        self.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            self.mount(scheme, DeadlineAdapter(pool_connections=2, pool_maxsize=connections, max_retries=0))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Always None: requests prepares the next hop, and reads the body for it, even when told not to follow."""
