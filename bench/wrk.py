"""Load by wrk: bounded in time, from this machine to this machine."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.processes import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SCRIPT = Path(__file__).with_name("wrk.lua")
CONNECTIONS = 16
# Seconds before each run. A worker that still answers the run before accepts none of the new connections, so that the
# other one would serve them all.
CALM = 0.3
MISSING = "wrk is missing: `apt-get install wrk` brings it (Debian's packages); nothing was measured"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: one URL, one of many customers at random, or many of them in each request."""

    path: str
    behind: str = ""
    numbers: int = 0
    many: int = 0
    name: str = "C-%07d"
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def mode(self) -> str:
        return "many" if self.many else "each" if self.numbers else "one"


@dataclass(frozen=True, slots=True)
class Load:
    """The result of one run. Times in seconds."""

    rate: float  # answers a second
    p99: float
    mean: float
    bad: int


def there() -> bool:
    return shutil.which("wrk") is not None


def run(address: str, ask: Ask, seconds: float, *, connections: int = CONNECTIONS, seed: int = 1) -> Load:
    """Ask for so long. Raises RuntimeError for any answer but success, and if there was none."""
    headers = {"Authorization": f"Bearer {KEY}", **dict(ask.headers)}
    argv = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "-s", str(SCRIPT)]
    for name, value in headers.items():
        argv += ["-H", f"{name}: {value}"]
    argv += [address, "--", ask.mode, ask.path, ask.behind, str(ask.numbers), str(ask.many), str(seed)]
    argv.append(ask.name)
    done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=seconds + 60)
    said = json.loads(done.stdout.strip().rsplit("\n", 1)[-1])
    if said["bad"] or not said["requests"]:
        raise RuntimeError(f"{said['bad']} of {said['requests']} answers were none: {address}, {ask}")
    micro = 1e-6
    return Load(
        said["requests"] / (said["micros"] * micro),
        said["p99"] * micro,
        said["mean"] * micro,
        said["bad"],
    )


def alternate(
    runs: Mapping[str, Callable[[int], Load]], *, rounds: int, warm: Callable[[str], None] | None = None
) -> dict[str, list[Load]]:
    """Run each in turn, for so many rounds, so that other work on the machine affects all of them alike."""
    found: dict[str, list[Load]] = {name: [] for name in runs}
    for number in range(rounds):
        # Forwards and backwards, so that none always follows the same other.
        for name in list(runs) if number % 2 == 0 else list(runs)[::-1]:
            if warm and number == 0:
                warm(name)
            time.sleep(CALM)
            found[name].append(runs[name](number))
    return found


def ratio(ours: Sequence[Load], theirs: Sequence[Load], *, by: str = "rate") -> float:
    """Median over rounds of the ratio of one figure of the two loads (`by`)."""
    return statistics.median(getattr(mine, by) / getattr(other, by) for mine, other in zip(ours, theirs, strict=True))


def rate(loads: Sequence[Load]) -> float:
    return statistics.median(load.rate for load in loads)


def p99(loads: Sequence[Load]) -> float:
    """Milliseconds."""
    return statistics.median(load.p99 for load in loads) * 1000
