"""Runs the whole service in the foreground: embedded server, simulator, sweeper and web, each restarted if it dies.

None outlives this process, however it ends: a child asks the kernel for SIGTERM at its parent's death.
"""

from __future__ import annotations

import contextlib
import fcntl
import http
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

QUICK = 5.0  # seconds; a child that dies sooner than this after its start has not worked
QUICK_DEATHS = 5  # in a row, then everything stops
GRACE = 10.0  # seconds between SIGTERM and SIGKILL
RESTART_DELAY = 0.5
READY_WITHIN = 30.0
LOOK = 0.1
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # the last when the terminal is closed
FIRST_HANDED = 3  # the descriptor of the first socket that a service manager hands on


class StartError(Exception):
    """Something that must be there before the service can start is not."""


@dataclass(slots=True)
class Child:
    """A process to keep running. `ready` tells whether it can be used; the next child waits for that."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool] = lambda: True
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started: float = 0.0
    quick_deaths: int = 0


class Supervisor:
    """Starts children in order, restarts them, ends them in reverse order. Use from the main thread only.

    (The kernel's notice of a parent's death is bound to the thread that forked.)
    """

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self._children = children
        self._say = say
        self._stop = threading.Event()

    def run(self, when_ready: Callable[[], bool]) -> int:
        """Run until told to end (0) or until a child keeps dying (1). `when_ready` is tried until it is true."""
        told = [number for number in ENDINGS if signal.getsignal(number) is not signal.SIG_IGN]  # as nohup has it
        previous = {number: signal.signal(number, self._on_signal) for number in told}
        announced = False
        try:
            for child in self._children:
                if self._stop.is_set():
                    break
                self._start(child)
                self._await(child)
            while not self._stop.wait(LOOK):
                for child in self._children:
                    self._revive(child)
                announced = announced or when_ready()
        except StartError as error:
            self._say(str(error))
            return 1
        finally:
            self._end()
            for number, handler in previous.items():
                signal.signal(number, handler)
        return 0

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._stop.set()

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        # A session of its own: Ctrl-C reaches only us, and we end them in order.
        child.process = subprocess.Popen(  # noqa: S603  (our own commands)
            [*leash(), *child.argv], env=dict(child.env), pass_fds=child.pass_fds, start_new_session=True
        )

    def _await(self, child: Child) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not self._stop.is_set() and not child.ready():
            if child.process is not None and child.process.poll() is not None:
                raise StartError(f"{child.name} ended at its start (exit status {child.process.returncode})")
            if time.monotonic() > deadline:
                raise StartError(f"{child.name} is not ready after {READY_WITHIN:g} s")
            self._stop.wait(LOOK / 2)

    def _revive(self, child: Child) -> None:
        if child.process is None or child.process.poll() is None:
            return
        lived = time.monotonic() - child.started
        child.quick_deaths = child.quick_deaths + 1 if lived < QUICK else 0
        self._say(f"{child.name} ended (exit status {child.process.returncode}); starting it again")
        if child.quick_deaths >= QUICK_DEATHS:
            raise StartError(f"{child.name} keeps ending; giving up")
        if not self._stop.wait(RESTART_DELAY):
            self._start(child)

    def _end(self) -> None:
        for child in reversed(self._children):
            _end_one(child)


def _end_one(child: Child) -> None:
    if child.process is None or child.process.poll() is not None:
        return
    child.process.terminate()
    try:
        child.process.wait(GRACE)
    except subprocess.TimeoutExpired:
        child.process.kill()
        child.process.wait()


def leash() -> list[str]:
    """Makes the kernel end a child with its parent; where there is no setpriv (not Linux), nothing does."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []


def listen(host: str, port: int, *, handed: bool = False) -> socket.socket:
    """The service's listening socket. CachedDocument here, so that a restarted web process loses no connection.

    handed: take the one that a service manager holds for us, so that a restart of everything loses none either.
    """
    if handed and _is_handed():
        return socket.socket(fileno=FIRST_HANDED)
    try:
        return socket.create_server((host, port), backlog=2048, family=_family(host))
    except OSError as error:
        raise StartError(f"PORT {port} on {host} cannot be used: {error.strerror}") from None


def _is_handed() -> bool:
    # sd_listen_fds(3): meant for this process, and one.
    named = os.environ.pop("LISTEN_PID", None), os.environ.pop("LISTEN_FDS", None)
    return named == (str(os.getpid()), "1")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def answers(port: int, path: str, headers: Mapping[str, str] | None = None) -> bool:
    """Whether what listens on this machine answers with success. No proxy of the environment comes between."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def lock(directory: Path) -> int:
    """Keep a second service off a data directory, for as long as this process lives."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StartError(f"DATA_DIR cannot be used: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise StartError("DATA_DIR is in use by another netigate-results") from None
    return descriptor


def python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]
