"""Granian over a listening socket that is handed to it, ended and reloaded without a reset connection.

Granian alone would listen on an address, and would end a worker with whatever its connections are about to ask. Here it
listens on a descriptor that its parent holds; a worker that is to end first stops accepting and closes each connection
behind its next answer; a reload waits until the new worker can answer.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
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
CLOSING = signal.SIGUSR1  # to a worker: accept no more, and close each connection behind its next answer
CLOSES_WITHIN = 0.5  # seconds; a connection that asks nothing for so long is idle
BOOT_SECONDS = 15.0  # a reload waits so long for a new worker
ENDS_WITHIN = 10  # seconds that a worker has for the requests under way
BACKLOG = 2048
PR_SET_PDEATHSIG = 1  # Linux
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
                # What granian does to sockets of its own: else an answer sent in two pieces waits for the client's ACK.
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
            os.read(self._booted, 4096)  # of workers before
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
    """Have workers close their connections, and wait for those that are not idle."""
    living = [worker for worker in workers if worker.is_alive()]
    for worker in living:
        worker.interrupt_by_parent = True
        os.kill(worker._id(), CLOSING)  # noqa: SLF001  (granian has no public name for it)
    if living:
        time.sleep(CLOSES_WITHIN)


def load(descriptor: int, tell_booted: int, server: int) -> WSGIApplication:
    """The application in a worker of ours, which can be asked to close."""
    # By its name, as gunicorn has it, and in the worker alone: a reload brings new code.
    closing = Closing(import_module(TARGET).app)
    _end_with_parent(server)
    signal.signal(CLOSING, lambda *_: closing.begin(descriptor))
    os.write(tell_booted, b".")
    return closing


def _end_with_parent(server: int) -> None:
    """Have the kernel end this worker when the server is killed: it would go on alone, and hold its port.

    Not by SIGTERM, at which a worker waits for its connections, with nobody left to end the waiting.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server:
            os.kill(os.getpid(), signal.SIGKILL)


class Closing:
    """An application whose answers end their connections, once it is told to."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._closing = False

    def begin(self, descriptor: int) -> None:
        self._closing = True
        stop_accepting(descriptor)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._app(environ, _closed(start_response) if self._closing else start_response)


def _closed(start_response: StartResponse) -> Callable[..., Any]:
    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401  (WSGI's)
        return start_response(status, [*headers, ("Connection", "close")], *more)

    return start


def stop_accepting(descriptor: int) -> None:
    """Have this process accept no more, while others go on with the same socket and its queue.

    Each descriptor of the socket comes to mean a socket to which nobody connects: the server, which has no word for
    this, finds nothing to accept there. Its polls have to forget the socket first: they would go on to be told of it,
    and without end once it is shut down.
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
        return None  # the listed folder's own


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
