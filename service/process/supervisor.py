"""Runs the service's processes in the foreground, and restarts each that dies.

None outlives this process, however it ends: a child asks the kernel for SIGTERM at its parent's death.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

REFUSES = 2  # exit status of a child that cannot start with these options; it has said why
QUICK = 5.0  # seconds; a child that dies sooner after its start counts as a quick death
QUICK_DEATHS = 5  # in a row; then everything stops
PRIVATE = 0o077  # what children write holds customers' answers: for their own user alone
GRACE = 10.0  # seconds between SIGTERM and SIGKILL
RESTART_DELAY = 0.5
READY_WITHIN = 30.0
LOOK = 0.1
ENDINGS = (signal.SIGINT, signal.SIGTERM)
TERMINAL = "/dev/tty"


class StartError(Exception):
    """Something that must be there before the service can start is not."""


class RefusedError(StartError):
    """A child has said that it cannot start with these options; trying again is useless."""


@dataclass(slots=True)
class Child:
    """A process to keep running. `ready` tells whether it can be used; the next child waits for that.

    mend: repairs one thing that keeps it from starting, and returns what it did; None where it finds nothing.
    why: the last line that the process wrote.
    reload: the signal at which it takes new code and secrets. restarts: it is restarted to take them.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool] = lambda: True
    pass_fds: tuple[int, ...] = ()
    mend: Callable[[], str | None] = lambda: None
    why: Callable[[], str] = str
    reload: signal.Signals | None = None
    restarts: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started: float = 0.0
    quick_deaths: int = 0


class Supervisor:
    """Starts children in order, restarts them, ends them in reverse order. Use from the main thread only.

    (The kernel's notice of a parent's death is bound to the thread that forked.)
    """

    def __init__(
        self,
        children: Sequence[Child],
        say: Callable[[str], None],
        *,
        objection: Callable[[], str | None] = lambda: None,
        drain: Callable[[threading.Event], None] = lambda _hurry: None,
    ) -> None:
        """objection: why not to reload, in words; None to go on. drain: called before the children are ended.

        The event that `drain` is given is set by a second signal to end, and means: hurry.
        """
        self._children = children
        self._say = say
        self._objection = objection
        self._drain = drain
        self._stop, self._hurry, self._reload = threading.Event(), threading.Event(), threading.Event()
        self._had_terminal = _has_terminal()

    def run(self, when_ready: Callable[[], bool]) -> int:
        """Run until told to end (returns 0), until a child keeps dying (1) or refuses its options (2).

        `when_ready` is called again and again until it returns true.
        """
        handlers = dict.fromkeys(ENDINGS, self._on_end) | {signal.SIGHUP: self._on_hangup}
        told = [number for number in handlers if signal.getsignal(number) is not signal.SIG_IGN]  # as under nohup
        previous = {number: signal.signal(number, handlers[number]) for number in told}
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
                if self._reload.is_set():
                    self._reload_all()
                announced = announced or when_ready()
        except RefusedError:
            return REFUSES
        except StartError as error:
            self._say(str(error))
            return 1
        finally:
            self._end()
            for number, handler in previous.items():
                signal.signal(number, handler)
        return 0

    def _on_end(self, _number: int, _frame: object) -> None:
        (self._hurry if self._stop.is_set() else self._stop).set()

    def _on_hangup(self, number: int, frame: object) -> None:
        """SIGHUP: end if our terminal was closed; else it is a request to reload."""
        if self._had_terminal and not _has_terminal():
            self._on_end(number, frame)
        else:
            self._reload.set()

    def _reload_all(self) -> None:
        self._reload.clear()
        objection = self._objection()
        if objection is not None:
            self._say(f"Not reloaded. {objection}")
            return
        for child in self._children:
            if child.process is None or child.process.poll() is not None:
                continue  # its next start takes what is new
            if child.reload is not None:
                child.process.send_signal(child.reload)
            elif child.restarts:
                _end_one(child)
                self._start(child)

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        # A session of its own: Ctrl-C reaches only this process, which ends its children in order.
        child.process = subprocess.Popen(  # noqa: S603  (our own commands)
            [*leash(), *child.argv],
            env=dict(child.env),
            pass_fds=child.pass_fds,
            start_new_session=True,
            umask=PRIVATE,
        )

    def _await(self, child: Child) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not self._stop.is_set() and not child.ready():
            if child.process is not None and child.process.poll() is not None:
                self._mend(child)
                deadline = time.monotonic() + READY_WITHIN
            if time.monotonic() > deadline:
                raise StartError(f"{child.name} is not ready after {READY_WITHIN:g} s")
            self._stop.wait(LOOK / 2)

    def _mend(self, child: Child) -> None:
        """Repair a child that ended at its start, and start it again. Raises StartError if nothing can be repaired."""
        done = child.mend()
        if done is None:
            status = child.process.returncode if child.process else None
            why = child.why()
            raise StartError(f"{child.name} ended at its start (exit status {status})" + (f": {why}" if why else ""))
        self._say(done)
        self._start(child)

    def _revive(self, child: Child) -> None:
        if child.process is None or child.process.poll() is None:
            return
        if child.process.returncode == REFUSES:
            raise RefusedError
        lived = time.monotonic() - child.started
        child.quick_deaths = child.quick_deaths + 1 if lived < QUICK else 0
        self._say(f"{child.name} ended (exit status {child.process.returncode}); starting it again")
        if child.quick_deaths and (done := child.mend()):
            self._say(done)
        if child.quick_deaths >= QUICK_DEATHS:
            raise StartError(f"{child.name} keeps ending; giving up")
        if not self._stop.wait(RESTART_DELAY):
            self._start(child)

    def _end(self) -> None:
        if any(child.process is not None for child in self._children):
            self._drain(self._hurry)
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


def _has_terminal() -> bool:
    try:
        os.close(os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def leash() -> list[str]:
    """The command that makes the kernel end a child with its parent; empty where there is no setpriv (not Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []


def lock(directory: Path) -> int:
    """Keep a second service off a data directory for as long as this process lives. Raises StartError."""
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
    """Run a module. Safely (-P): by itself Python would take a file of that name in the working folder instead."""
    return [sys.executable, "-P", "-m", *arguments]
