"""One key far above its limit beside others within theirs: who is refused, what fails, how memory moves.

Loopback only, bounded in time and count. The others' latency is compared with the same load without the greedy key.
Exit status 1 where a promise was not kept.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.harness.processes import descendants, resident
from tests.harness.service import Service, account
from tests.harness.simulator import SimulatorProcess

LIMIT = 1200  # requests a minute for each key
OTHERS = ("crm", "portal", "alerts")
OTHERS_EVERY = 0.1  # seconds between two requests of each of the others: 600 a minute, half their limit
GREEDY_THREADS = 3
GREEDY_MOST = 200_000  # requests of a greedy thread, whatever the time
WARM_UP, QUIET = 5.0, 15.0
GROWTH_ALLOWED = 1.10  # of all processes' memory over the run


@dataclass
class Counters:
    """What one key was answered. Seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    broken: int = 0
    without_wait: int = 0  # 429 without Retry-After

    def p(self, share: float) -> float:
        ordered = sorted(self.times) or [0.0]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def ask(address: str, key: str, counters: Counters, *, until: float, every: float, most: int) -> None:
    """Ask one customer after the other until the time or the count is up."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    due = time.monotonic()
    for number in range(most):
        due += every
        pause = due - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        started = time.monotonic()
        if started >= until:
            break
        path = f"/v1/customers/C-{1001 + number % 60}/satisfaction"
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
            reply = connection.getresponse()
            reply.read()
        except (OSError, http.client.HTTPException):
            counters.broken += 1
            connection.close()
            continue
        counters.times.append(time.monotonic() - started)
        counters.statuses[reply.status] += 1
        counters.without_wait += reply.status == 429 and not reply.headers.get("Retry-After")
    connection.close()


def phase(address: str, seconds: float, *, greedy: bool) -> dict[str, Counters]:
    """Everybody asks for so long."""
    tallies = {name: Counters() for name in (*OTHERS, *(["greedy"] if greedy else []))}
    until = time.monotonic() + seconds
    callers = [(name, OTHERS_EVERY, int(seconds / OTHERS_EVERY) + 1) for name in OTHERS]
    callers += [("greedy", 0.0, GREEDY_MOST)] * (GREEDY_THREADS if greedy else 0)
    threads = [
        threading.Thread(
            target=ask, args=(address, name, tallies[name]), kwargs={"until": until, "every": every, "most": most}
        )
        for name, every, most in callers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tallies


def memory(pid: int) -> int:
    """Resident kilobytes of a process and all under it."""
    return sum(map(resident, (pid, *descendants(pid)))) // 1024


def judge(quiet: dict[str, Counters], loud: dict[str, Counters], seconds: float, before: int, after: int) -> list[str]:
    """Promises that were not kept."""
    wrong = [f"{name} was not answered 200 always" for name in OTHERS if set(loud[name].statuses) != {200}]
    wrong += [f"{name} lost {counters.broken} requests" for name, counters in loud.items() if counters.broken]
    greedy = loud["greedy"]
    windows = int(seconds // 60) + 1  # a window begins with the first request
    if set(greedy.statuses) - {200, 429}:
        wrong.append(f"the greedy key met {dict(greedy.statuses)}")
    if greedy.statuses[200] > LIMIT * windows:
        wrong.append(f"the greedy key was let through {greedy.statuses[200]} times")
    if greedy.without_wait:
        wrong.append("a 429 came without Retry-After")
    if after > before * GROWTH_ALLOWED:
        wrong.append(f"memory grew from {before} to {after} kB")
    if not all(counters.statuses[200] for counters in quiet.values()):
        wrong.append("nothing was answered before the greedy key came")
    return wrong


def told(name: str, counters: Counters) -> str:
    refused = counters.statuses[429]
    rest = sum(count for status, count in counters.statuses.items() if status not in {200, 429}) + counters.broken
    return (
        f"| {name} | {counters.statuses[200]} | {refused} | {rest} | {counters.p(0.5):.1f} | {counters.p(0.99):.1f} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    keys = {"API_KEYS": ",".join(f"{n}:{hashlib.sha256(n.encode()).hexdigest()}:results" for n in (*OTHERS, "greedy"))}
    with SimulatorProcess(customers=60) as netigate:
        options = account(netigate, **keys, RATE_LIMIT=str(LIMIT), SWEEP_INTERVAL_SECONDS="5", WEB_CONCURRENCY="2")
        with Service(**options) as service:
            phase(service.url, WARM_UP, greedy=False)
            quiet = phase(service.url, QUIET, greedy=False)
            before = memory(service.process.pid)
            loud = phase(service.url, seconds, greedy=True)
            after = memory(service.process.pid)
    wrong = judge(quiet, loud, seconds, before, after)
    print(f"limit {LIMIT} a minute for each key; {seconds:g} s; 2 web processes on a machine shared with the callers\n")
    print("| key | 200 | 429 | other | p50 ms | p99 ms |\n|---|---|---|---|---|---|")
    for name in OTHERS:
        print(told(f"{name}, alone with the others", quiet[name]))
    for name, counters in loud.items():
        print(told(f"{name}, with the greedy one", counters))
    print(f"\nmemory of all processes: {before / 1024:.0f} MiB before, {after / 1024:.0f} MiB after")
    print("\n".join(f"NOT KEPT: {line}" for line in wrong) or "all promises kept")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
