"""Granian over an inherited listening socket, ended and reloaded without a reset connection.

Granian by itself would listen on an address, and would end a worker while clients still send requests to it. Here it
listens on a descriptor that its parent holds. A worker that has to end first stops accepting, and closes each
connection after its next answer. A reload waits until the new worker can answer.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import itertools
import os
import select
import signal
import socket
import sys
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder
from granian.server.mp import MPServer

from service.observability.logs import GRANIAN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

TARGET = "service.wsgi"
CLOSING = signal.SIGUSR1  # to a worker: accept no more, and close each connection after its next answer
CLOSES_WITHIN = 0.5  # seconds; a connection without a request for so long is idle
BOOT_SECONDS = 15.0  # how long a reload waits for a new worker
ENDS_WITHIN = 10  # seconds that a worker has for the requests under way
BACKLOG = 2048
PR_SET_PDEATHSIG = 1  # Linux
RENEWED_AFTER = 128  # one in so many answers of a worker ends its connection (see Closing)
HEAD_WITHIN = 10_000  # milliseconds for the request line and the headers
LARGEST_HEAD = 524_288  # bytes: a request line of 256 KiB, and the headers


class Server(MPServer):  # type: ignore[misc]  # untyped in granian
    """Granian's server of many processes, on an inherited descriptor."""

    def __init__(self, descriptor: int, **options: Any) -> None:  # noqa: ANN401  (granian's)
        super().__init__(
            TARGET,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            websockets=False,
            http1_settings=HTTP1Settings(header_read_timeout=HEAD_WITHIN, max_buffer_size=LARGEST_HEAD),
            log_level=LogLevels.warning,
            log_dictconfig=GRANIAN,
            respawn_failed_workers=True,
            workers_kill_timeout=ENDS_WITHIN,
            backlog=BACKLOG,
            **options,
        )
        self._descriptor = descriptor
        self._booted, self._tell_booted = os.pipe()

    def listen_and_serve(self) -> None:
        """Serve until told to end."""
        self.serve(target_loader=partial(load, self._descriptor, self._tell_booted, os.getpid()), wrap_loader=False)

    def _init_shared_socket(self) -> None:
        with socket.socket(fileno=os.dup(self._descriptor)) as listener:
            is_unix = listener.family == socket.AF_UNIX
            if not is_unix:
                # As granian does with its own sockets: else an answer sent in two pieces waits for the client's ACK.
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._shd, self._sso = SocketHolder(self._descriptor, is_unix, BACKLOG), None

    def _respawn_workers(
        self,
        workers: Iterable[int],
        spawn_target: Any,  # noqa: ANN401  (granian's)
        target_loader: Any,  # noqa: ANN401
        delay: float = 0,  # noqa: ARG002  (we know when the new one can answer)
    ) -> None:
        while select.select([self._booted], [], [], 0)[0]:
            os.read(self._booted, 4096)  # discard what earlier workers wrote
        for index in workers:
            self.respawned_wrks[index] = time.monotonic()
            old, new = self.wrks[index], self._spawn_worker(index, spawn_target, target_loader)
            new.start()
            self.wrks[index] = new
            if select.select([self._booted], [], [], BOOT_SECONDS)[0]:
                os.read(self._booted, 1)
            _close([old])
            old.terminate()
            old.join(ENDS_WITHIN)
            if old.is_alive():
                old.kill()

    def _stop_workers(self) -> None:
        _close(self.wrks)
        super()._stop_workers()


def _close(workers: Iterable[Any]) -> None:
    """Have workers close their connections, and give those that are not idle time for it."""
    living = [worker for worker in workers if worker.is_alive()]
    for worker in living:
        worker.interrupt_by_parent = True
        os.kill(worker._id(), CLOSING)  # noqa: SLF001  (granian has no public name for it)
    if living:
        time.sleep(CLOSES_WITHIN)


def load(descriptor: int, tell_booted: int, server: int) -> WSGIApplication:
    """The application of a worker, which closes its connections on CLOSING."""
    # Imported by name and in the worker only, as gunicorn does it, so that a reload brings new code.
    closing = Closing(import_module(TARGET).app)
    _end_with_parent(server)
    signal.signal(CLOSING, lambda *_: closing.begin(descriptor))
    os.write(tell_booted, b".")
    return closing


def _end_with_parent(server: int) -> None:
    """Have the kernel kill this worker when the server is killed: it would live on, and hold the port.

    Not by SIGTERM: a worker would wait for its connections, and no server would be left to end that wait.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server:
            os.kill(os.getpid(), signal.SIGKILL)


class Closing:
    """An application whose answers end their connections: every one after `begin`, before that one in RENEWED_AFTER.

    The worker that wakes first accepts all connections of a burst, and would serve them alone for as long as they
    last. When a client connects again, any idle worker may accept.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._closing = False
        self._answers = itertools.count(1)

    def begin(self, descriptor: int) -> None:
        self._closing = True
        stop_accepting(descriptor)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        ends = self._closing or next(self._answers) % RENEWED_AFTER == 0
        return self._app(environ, _closed(start_response) if ends else start_response)


def _closed(start_response: StartResponse) -> Callable[..., Any]:
    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401  (WSGI's)
        return start_response(status, [*headers, ("Connection", "close")], *more)

    return start


def stop_accepting(descriptor: int) -> None:
    """Have this process accept no more, while others go on with the same socket and its queue.

    Granian has no call for this. So every descriptor of the socket is replaced by another socket, to which nobody
    connects. The server's epolls have to forget the old socket first: they would go on to report it, and endlessly once
    it is shut down.
    """
    listener = os.fstat(descriptor).st_ino
    nobodys = socket.socket(socket.AF_UNIX)
    nobodys.bind("")  # an abstract address of the kernel's choosing
    nobodys.listen(1)
    nobodys.setblocking(False)  # noqa: FBT003  (positional only)
    open_now = [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]
    polls = [number for number in open_now if _is_poll(number)]
    for number in filter(lambda number: _inode(number) == listener, open_now):
        for poll in polls:
            _forget(poll, number)
        os.dup2(nobodys.fileno(), number)


def _inode(number: int) -> int | None:
    try:
        return os.fstat(number).st_ino
    except OSError:
        return None  # the descriptor that listed the folder, closed since


def _is_poll(number: int) -> bool:
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink()) == "anon_inode:[eventpoll]"
    except OSError:
        return False


def _forget(poll: int, number: int) -> None:
    with contextlib.suppress(OSError), select.epoll.fromfd(os.dup(poll)) as known:
        known.unregister(number)


def main() -> None:
    parser = argparse.ArgumentParser(prog="granian_server", description=__doc__)
    for name in ("--descriptor", "--workers", "--threads"):
        parser.add_argument(name, type=int, required=True)
    given = parser.parse_args()
    Server(given.descriptor, workers=given.workers, blocking_threads=given.threads).listen_and_serve()


if __name__ == "__main__":
    main()
