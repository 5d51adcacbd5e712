"""One key far above its limit beside others within theirs: who is refused, what fails, how memory moves.

Loopback only, bounded in time and count. The others' latency is compared with the same load without the greedy key.
Exit status 1 where a promise was not kept.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from typing import TYPE_CHECKING

from chaos.load import Ask, Load, Seen
from tests.harness.processes import descendants, resident
from tests.harness.service import Service, account, api_keys
from tests.harness.simulator import SimulatorProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPResponse

LIMIT = 1200  # requests a minute for each key
OTHERS = ("crm", "portal", "alerts")
OTHERS_EVERY = 0.1  # seconds between two requests of each of the others: 600 a minute, half their limit
GREEDY_THREADS = 3
ANSWERED, REFUSED, NO_WAIT = "200", "429", "429 without Retry-After"
WARM_UP, QUIET = 5.0, 15.0
GROWTH_ALLOWED = 1.10  # of all processes' memory over the run


def asks(_thread: int) -> Iterator[Ask]:
    """One customer after the other."""
    for number in itertools.count():
        yield Ask(f"/v1/customers/C-{1001 + number % 60}/satisfaction")


def judge(reply: HTTPResponse, _body: bytes, _ask: Ask) -> str:
    word = str(reply.status)
    return NO_WAIT if word == REFUSED and not reply.headers["Retry-After"] else word


def phase(address: str, seconds: float, *, greedy: bool) -> dict[str, Seen]:
    """Everybody asks for so long."""
    loads = {name: Load(address, name, asks, judge, threads=1, pace=OTHERS_EVERY) for name in OTHERS}
    if greedy:
        loads["greedy"] = Load(address, "greedy", asks, judge, threads=GREEDY_THREADS, pace=0.0)
    for load in loads.values():
        load.start()
    time.sleep(seconds)
    for load in loads.values():
        load.stop()
    return {name: load.take() for name, load in loads.items()}


def memory(pid: int) -> int:
    """Resident kilobytes of a process and all under it."""
    return sum(map(resident, (pid, *descendants(pid)))) // 1024


def broken(quiet: dict[str, Seen], loud: dict[str, Seen], seconds: float, before: int, after: int) -> list[str]:
    """Promises that were not kept."""
    wrong = [f"{name} met {dict(loud[name].verdicts)}" for name in OTHERS if set(loud[name].verdicts) != {ANSWERED}]
    greedy = loud["greedy"]
    windows = int(seconds // 60) + 1  # a window begins with the first request
    if greedy.but(ANSWERED, REFUSED):
        wrong.append(f"the greedy key met {dict(greedy.verdicts)}")
    if greedy.verdicts[ANSWERED] > LIMIT * windows:
        wrong.append(f"the greedy key was let through {greedy.verdicts[ANSWERED]} times")
    if after > before * GROWTH_ALLOWED:
        wrong.append(f"memory grew from {before} to {after} kB")
    if not all(seen.verdicts[ANSWERED] for seen in quiet.values()):
        wrong.append("nothing was answered before the greedy key came")
    return wrong


def told(name: str, seen: Seen) -> str:
    counts = [seen.verdicts[ANSWERED], seen.verdicts[REFUSED], seen.but(ANSWERED, REFUSED).total()]
    times = [f"{seen.percentile(share) * 1000:.1f}" for share in (0.5, 0.99)]
    return f"| {name} | " + " | ".join(map(str, counts + times)) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    keys = {"API_KEYS": api_keys(dict.fromkeys((*OTHERS, "greedy"), "results"))}
    with SimulatorProcess(customers=60) as netigate:
        options = account(netigate, **keys, RATE_LIMIT=str(LIMIT), SWEEP_INTERVAL_SECONDS="5", WEB_CONCURRENCY="2")
        with Service(**options) as service:
            phase(service.url, WARM_UP, greedy=False)
            quiet = phase(service.url, QUIET, greedy=False)
            before = memory(service.process.pid)
            loud = phase(service.url, seconds, greedy=True)
            after = memory(service.process.pid)
    wrong = broken(quiet, loud, seconds, before, after)
    print(f"limit {LIMIT} a minute for each key; {seconds:g} s; 2 web processes on a machine shared with the callers\n")
    print("| key | 200 | 429 | other | p50 ms | p99 ms |\n|---|---|---|---|---|---|")
    for name in OTHERS:
        print(told(f"{name}, alone with the others", quiet[name]))
    for name, seen in loud.items():
        print(told(f"{name}, with the greedy one", seen))
    print(f"\nmemory of all processes: {before / 1024:.0f} MiB before, {after / 1024:.0f} MiB after")
    print("\n".join(f"NOT KEPT: {line}" for line in wrong) or "all promises kept")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
