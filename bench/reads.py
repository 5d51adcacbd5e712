"""Reads compared with other ways to serve them, each behind its own server; ours with everything on."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from bench import processes, servers, wrk
from bench.servers import GRANIAN, GUNICORN, UVICORN
from bench.table import AT_LEAST, AT_MOST, Report, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.processes import Web

    Runs = dict[str, Callable[[int], wrk.Load]]

HOT = "/v1/customers/C-0000001/satisfaction"
BEFORE, BEHIND = "/v1/customers/", "/satisfaction"
BATCH = 100
FEW, MANY = wrk.CONNECTIONS, 256
# A contender: its module, its server, and whether it answers from Redis, which is then filled first.
CONTENDERS = {
    "Flask": ("bench.contenders.bare", GRANIAN, False),
    "Flask on gunicorn": ("bench.contenders.bare", GUNICORN, False),
    "FastAPI": ("bench.contenders.fastapi_view", UVICORN, True),
    "flask-caching": ("bench.contenders.flask_caching_view", GRANIAN, True),
    "dogpile.cache": ("bench.contenders.dogpile_view", GRANIAN, True),
    "requests-cache": ("bench.contenders.requests_cache_view", GRANIAN, True),
}
LIBRARIES = {"flask-caching": 2.0, "dogpile.cache": 1.5, "requests-cache": 3.0}  # and their goals
BOTH = {"hot": "hot read", "spread": "at random"}
CACHED = [name for name, (_, _, cached) in CONTENDERS.items() if cached]


@dataclass(frozen=True, slots=True)
class Compared:
    """One row: ours compared with another's, by answers a second or by the p99."""

    what: str
    ours: str
    against: str
    other: str
    goal: float | None
    p99: bool = False

    @property
    def headline(self) -> bool:
        """Whether the README shows it, too."""
        return self.other.split()[0] in {"Flask", "FastAPI"} and self.ours != "held"


def compared(customers: int) -> list[Compared]:
    """The rows of the table."""
    spread = f"reads at random over {customers:,} customers"
    rows = [
        Compared("hot read of one customer's satisfaction", "hot", "bare Flask on granian", "Flask", 0.85),
        Compared(spread, "spread", "bare Flask on granian", "Flask", 0.60),
        Compared("304 on a matching ETag", "held", "bare Flask on granian", "Flask", 0.90),
        Compared("hot read, on gunicorn", "hot on gunicorn", "bare Flask on gunicorn", "Flask on gunicorn", 0.85),
        Compared("at random, on gunicorn", "spread on gunicorn", "bare Flask on gunicorn", "Flask on gunicorn", 0.60),
        Compared("hot read", "hot", "FastAPI on uvicorn", "FastAPI hot", 3.0),
        Compared("at random", "spread", "FastAPI on uvicorn", "FastAPI spread", 2.0),
    ]
    for (name, what), (connections, end) in product(BOTH.items(), {FEW: "", MANY: f" {MANY}"}.items()):
        told = f"{what}, p99 at {connections} connections"
        rows.append(Compared(told, name + end, "FastAPI on uvicorn", f"FastAPI {name}{end}", 0.5, p99=True))
    for (library, goal), (name, what) in product(LIBRARIES.items(), BOTH.items()):
        rows.append(Compared(what, name, f"{library} on granian", f"{library} {name}", goal))
    for name, what in BOTH.items():
        rows.append(Compared(what, name, "nginx `proxy_cache`, which checks no key", f"nginx {name}", None))
    return rows


@contextlib.contextmanager
def contenders(url: str, body: bytes, customers: int) -> Iterator[dict[str, Web]]:
    """All contenders. The caches of those that have one hold every customer."""
    with contextlib.ExitStack() as stack:
        file = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nr-bench-"))) / "body"
        file.write_bytes(body)
        more = {"BENCH_BODY": str(file), "REDIS_URL": url}
        found = {}
        for name, (module, server, cached) in CONTENDERS.items():
            if cached:
                subprocess.run(
                    [str(processes.BENCH_PYTHON), "-m", "bench.contenders.warm", module, str(customers)],
                    env=processes.environment(BENCH_KEY=processes.KEY, **more),
                    cwd=processes.ROOT,
                    check=True,
                )
            found[name] = stack.enter_context(servers.contender(f"{module}:app", server, **more))
        found["nginx"] = stack.enter_context(servers.nginx(found["Flask"]))
        yield found


def measure(report: Report, url: str, customers: int, *, seconds: float, rounds: int) -> None:
    """The first rows of the table, over a store of so many customers."""
    few = min(customers, 20_000)  # that the others hold; their look-ups cost the same for any number
    with processes.ours(url) as ours, processes.ours(url, GUNICORN) as gunicorn:
        _, headers, body = ours.get(HOT)
        with contenders(url, body, few) as others:
            runs = _ours(ours, gunicorn, headers["ETag"], customers, seconds) | _others(others, few, seconds)
            found = wrk.alternate(runs, rounds=rounds, warm=lambda name: runs[name](99) and None)
    for row in compared(customers):
        report.add(_row(row, found))
    # Both ask at random over all customers, so that copies in the process help neither.
    batch = wrk.ratio(found["spread"], found["many"])
    more = f"{BATCH} customers at random in each request"
    report.add(Row("batch of 100 summaries", "one summary", batch, AT_MOST, 12, " ×", more))
    report.series["throughput"] = {name: wrk.rate(loads) for name, loads in found.items()}
    report.series["p99"] = {name: wrk.p99(loads) for name, loads in found.items()}


def _asking(web: Web, ask: wrk.Ask, seconds: float, connections: int = FEW) -> Callable[[int], wrk.Load]:
    return lambda seed: wrk.run(web.address, ask, seconds, connections=connections, seed=seed + 1)


def _ours(granian: Web, gunicorn: Web, etag: str, customers: int, seconds: float) -> Runs:
    hot, spread = wrk.Ask(HOT), wrk.Ask(BEFORE, BEHIND, customers)
    many = wrk.Ask("/v1/customers/satisfaction?", numbers=customers, many=BATCH)
    return {
        "hot": _asking(granian, hot, seconds),
        "spread": _asking(granian, spread, seconds),
        "held": _asking(granian, wrk.Ask(HOT, headers=(("If-None-Match", etag),)), seconds),
        "many": _asking(granian, many, seconds),
        f"hot {MANY}": _asking(granian, hot, seconds, MANY),
        f"spread {MANY}": _asking(granian, spread, seconds, MANY),
        "hot on gunicorn": _asking(gunicorn, hot, seconds),
        "spread on gunicorn": _asking(gunicorn, spread, seconds),
    }


def _others(others: dict[str, Web], customers: int, seconds: float) -> Runs:
    hot, spread = wrk.Ask(HOT), wrk.Ask(BEFORE, BEHIND, customers)
    runs = {name: _asking(others[name], hot, seconds) for name in ("Flask", "Flask on gunicorn")}
    for name in (*CACHED, "nginx"):
        runs[f"{name} hot"] = _asking(others[name], hot, seconds)
        runs[f"{name} spread"] = _asking(others[name], spread, seconds)
    for name, ask in (("hot", hot), ("spread", spread)):
        runs[f"FastAPI {name} {MANY}"] = _asking(others["FastAPI"], ask, seconds, MANY)
    return runs


def _row(row: Compared, found: dict[str, list[wrk.Load]]) -> Row:
    mine, theirs = found[row.ours], found[row.other]
    ratio = wrk.ratio(mine, theirs, by="p99" if row.p99 else "rate")
    if row.p99:
        sign, more = AT_MOST, f"{wrk.p99(mine):.1f} to {wrk.p99(theirs):.1f} ms"
    else:
        sign, more = AT_LEAST, f"{wrk.rate(mine):,.0f} to {wrk.rate(theirs):,.0f} a second"
    return Row(row.what, row.against, ratio, sign, row.goal, " ×", more, row.headline)
