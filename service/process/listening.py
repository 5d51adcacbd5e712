"""The service's listening socket, which outlives the web server: made here or inherited, and closed without a reset."""

from __future__ import annotations

import contextlib
import ctypes
import http
import http.client
import os
import socket
import struct
import sys
from typing import TYPE_CHECKING, Self, TypeAlias

from service.process.supervisor import StartError

if TYPE_CHECKING:
    from collections.abc import Mapping

Target: TypeAlias = "tuple[str, int] | str"  # a host and a port, or a socket file

FIRST_HANDED = 3  # the descriptor of the first socket that a service manager passes
BACKLOG = 2048
EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # a wildcard address, and where it answers on this machine
SO_ATTACH_FILTER = 26  # Linux
# A program for the kernel's packet filter: drop a segment with the SYN flag, take any other. Each step: code, jump if
# true, jump if false, value.
_NO_SYN = ((0x30, 0, 0, 13), (0x45, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF))


class Listener:
    """The socket, kept here while web servers come and go, so that their restart loses no connection."""

    def __init__(self, made: socket.socket, *, handed: bool) -> None:
        """handed: a service manager holds it too, so it goes on when we end."""
        self._socket = made
        self._handed = handed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def descriptor(self) -> int:
        return self._socket.fileno()

    @property
    def target(self) -> Target:
        """Where it answers on this machine."""
        name = self._socket.getsockname()
        return os.fsdecode(name) if self._socket.family == socket.AF_UNIX else (EVERY.get(name[0], name[0]), name[1])

    @property
    def address(self) -> str:
        """The same, as people write it."""
        if isinstance(self.target, str):
            return f"unix:{self.target}"
        host, port = self.target
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def ignore_new(self) -> bool:
        """Let no new connection begin, while those in the queue are accepted: closing the socket then resets none.

        A client that connects now tries again after a second. Returns False where this is not done: the socket goes on
        without us, or the system cannot filter (not Linux, a socket file, a sandbox).
        """
        if self._handed or sys.platform != "linux" or self._socket.family == socket.AF_UNIX:
            return False
        code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in _NO_SYN))
        program = struct.pack("HP", len(_NO_SYN), ctypes.addressof(code))
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
        except OSError:  # a sandbox may forbid it
            return False
        return True

    def refuse_new(self) -> None:
        """Refuse new connections at once, even while other processes hold the socket too."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


def listen(host: str, port: int, *, handed: bool = False) -> Listener:
    """Listen there. handed: use the socket (TCP or a file) of a service manager that passes one. Raises StartError."""
    if handed and _is_handed():
        return Listener(socket.socket(fileno=FIRST_HANDED), handed=True)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        made = socket.create_server((host, port), backlog=BACKLOG, family=family, dualstack_ipv6=both)
    except OSError as error:
        raise StartError(f"PORT {port} on {host} cannot be used: {error.strerror}") from None
    return Listener(made, handed=False)


def _is_handed() -> bool:
    # sd_listen_fds(3): meant for this process, and exactly one socket.
    named = os.environ.pop("LISTEN_PID", None), os.environ.pop("LISTEN_FDS", None)
    return named == (str(os.getpid()), "1")


def answers(target: Target, path: str, headers: Mapping[str, str] | None = None) -> bool:
    """Whether the server there answers 200. Proxies from the environment are not used."""
    connection = http.client.HTTPConnection("localhost", timeout=2)
    with contextlib.closing(connection):
        try:
            if isinstance(target, tuple):
                connection.sock = socket.create_connection(target, timeout=2)
            else:
                connection.sock = socket.socket(socket.AF_UNIX)
                connection.sock.settimeout(2)
                connection.sock.connect(target)
            connection.request("GET", path, headers=dict(headers or {}))
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
