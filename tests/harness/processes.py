"""Children of this process: started, listened to, looked at in /proc, and always ended."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.crm.options import CRM_OPTIONS
from service.options.option_table import OPTIONS
from service.options.settings import DEMO_MARK
from service.process.supervisor import leash
from tests.harness.waiting import PATIENCE, until

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
START_SECONDS, STOP_SECONDS = 2 * PATIENCE, PATIENCE

OURS = {*(option.name for option in OPTIONS), *(name for name, _ in CRM_OPTIONS), DEMO_MARK}


def environment(**options: str) -> dict[str, str]:
    """This process's environment, with only these options. The others are set but empty, so that no .env fills them."""
    return os.environ | dict.fromkeys(OURS, "") | options


def without_options(**more: str) -> dict[str, str]:
    """This process's environment without the service's options, for programs that are not the service."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | more


_KEPT: list[socket.socket] = []


def free_ports(count: int) -> list[int]:
    """Different ports on loopback, kept for this process's own servers until it ends.

    Each stays bound to a socket that does not listen: nobody is given it who asks the kernel for any port, for a server
    or for a connection, while a server that names it may have it (SO_REUSEADDR, which ours all set).
    """
    kept = [socket.socket() for _ in range(count)]
    for one in kept:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", 0))
    _KEPT.extend(kept)
    return [one.getsockname()[1] for one in kept]


def free_port() -> int:
    return free_ports(1)[0]


def start(argv: Sequence[object], env: Mapping[str, str] | None = None, **how: Any) -> subprocess.Popen[bytes]:
    """A child, in the checkout unless `cwd` says otherwise. It ends with the thread that started it: the main one."""
    return subprocess.Popen([*leash(), *map(str, argv)], env=env, **{"cwd": ROOT, **how})


def stop(child: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM, seconds: float = STOP_SECONDS) -> int:
    """End a child, and its group if it leads one; kill it if it does not end in time. Returns its exit status."""
    if child.poll() is None:
        tell = os.killpg if os.getpgid(child.pid) == child.pid else os.kill
        tell(child.pid, by)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            tell(child.pid, signal.SIGKILL)
            child.wait()
    return child.returncode


def run(*command: object, cwd: Path = ROOT, **more: str) -> str:
    """Run a command to its end. Returns its output. AssertionError if it fails."""
    words = list(map(str, command))
    done = subprocess.run(words, cwd=cwd, env=os.environ | more, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)[:300]}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


@contextlib.contextmanager
def process(
    argv: Sequence[object], env: Mapping[str, str] | None = None, **how: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A child that lives as long as the block."""
    child = start(argv, env, **how)
    try:
        yield child
    finally:
        stop(child)


def await_said(
    child: subprocess.Popen[bytes], pattern: re.Pattern[str], seconds: float = START_SECONDS
) -> re.Match[str]:
    """The first match in what a child writes to its pipe; its `string` is all of that. AssertionError if none comes."""
    assert child.stdout is not None
    said = b""

    def found() -> re.Match[str] | None:
        nonlocal said
        if selector.select(0.5):
            read = os.read(child.stdout.fileno(), 65536)
            said += read
            assert read, f"it ended with {child.wait()}: {said.decode(errors='replace')}"
        return pattern.search(said.decode(errors="replace"))

    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        return until(found, seconds=seconds, what=f"{pattern.pattern} of {child.args}", every=0)


def _stat(pid: int) -> list[str]:
    """State, parent and so on; empty for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def parent(pid: int) -> int:
    return int((_stat(pid) or [0, 0])[1])


def running(pids: Iterable[int]) -> set[int]:
    """Those of the processes that still exist; zombies do not count."""
    return {pid for pid in pids if (_stat(pid) or ["Z"])[0] != "Z"}


def descendants(pid: int) -> dict[int, str]:
    """Every process under a process, with its command line."""
    parents = {one: parent(one) for one in running(int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit())}
    found: set[int] = set()
    while more := {one for one, above in parents.items() if above in {pid, *found}} - found:
        found |= more
    return {one: _command(one) for one in found}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def resident(pid: int) -> int:
    """Resident memory in bytes; 0 for a process that is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def processor(pid: int) -> float:
    """Processor time used so far, seconds."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
