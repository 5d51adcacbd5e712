"""Small children of a supervisor, that write down when they start and end."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
from typing import TYPE_CHECKING

from tests.harness.processes import running

if TYPE_CHECKING:
    from pathlib import Path


def sleeper(log: Path, name: str) -> list[str]:
    """Writes when it starts and when it is told to end."""
    program = f"""
        import os, signal, sys, threading
        log = open({str(log)!r}, "a", buffering=1)
        end = threading.Event()
        def told(*_):
            log.write("end {name}\\n")
            end.set()
        signal.signal(signal.SIGTERM, told)
        log.write("start {name} " + str(os.getpid()) + "\\n")
        end.wait(60)
    """
    return [sys.executable, "-c", textwrap.dedent(program)]


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def pids(log: Path, name: str) -> list[int]:
    return [int(line.split()[2]) for line in lines(log) if line.startswith(f"start {name} ")]


def alive(pid: int) -> bool:
    return bool(running([pid]))


def end_us():
    os.kill(os.getpid(), signal.SIGTERM)
    return True
