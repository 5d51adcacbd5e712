"""Reads beside other ways to do them: Flask alone, and the caching libraries, each behind the same gunicorn."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import processes, wrk
from bench.table import AT_MOST, Report, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOT = "/v1/customers/C-0000001/satisfaction"
BEFORE, BEHIND = "/v1/customers/", "/satisfaction"
LIBRARIES = {
    "flask-caching": ("bench.contenders.flask_caching_view", 2.0),
    "dogpile.cache": ("bench.contenders.dogpile_view", 1.5),
    "requests-cache": ("bench.contenders.requests_cache_view", 3.0),
}
BATCH = 100


@contextlib.contextmanager
def contenders(url: str, body: bytes, customers: int) -> Iterator[dict[str, processes.Web]]:
    """Flask alone and each library, its cache filled with every customer."""
    with contextlib.ExitStack() as stack:
        file = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nr-bench-"))) / "body"
        file.write_bytes(body)
        more = {"BENCH_BODY": str(file), "REDIS_URL": url}
        found = {"Flask": stack.enter_context(processes.served("bench.contenders.bare:app", **more))}
        for name, (module, _) in LIBRARIES.items():
            subprocess.run(
                [str(processes.BENCH_PYTHON), "-m", "bench.contenders.warm", module, str(customers)],
                env=processes.environment(**more),
                cwd=processes.ROOT,
                check=True,
            )
            found[name] = stack.enter_context(processes.served(f"{module}:app", python=processes.BENCH_PYTHON, **more))
        yield found


def measure(report: Report, url: str, customers: int, *, seconds: float, rounds: int) -> None:
    """The first rows of the table, over a store of so many customers."""
    few = min(customers, 20_000)  # what the libraries are filled with; a look-up costs them the same in any number
    with processes.ours(url) as ours:
        _, headers, body = ours.get(HOT)
        with contenders(url, body, few) as others:
            runs = _runs(ours, others, headers["ETag"], customers, few, seconds)
            found = wrk.alternate(runs, rounds=rounds, warm=lambda name: runs[name](99) and None)
    _rows(report, found, customers)
    report.series["throughput"] = {name: wrk.rate(loads) for name, loads in found.items()}
    report.series["p99"] = {name: sorted(load.p99 for load in loads)[len(loads) // 2] for name, loads in found.items()}


def _runs(
    ours: processes.Web,
    others: dict[str, processes.Web],
    etag: str,
    customers: int,
    few: int,
    seconds: float,
) -> dict[str, Callable[[int], wrk.Load]]:
    hot, spread = wrk.Ask(HOT), wrk.Ask(BEFORE, BEHIND, customers)
    held = wrk.Ask(HOT, headers=(("If-None-Match", etag),))
    many = wrk.Ask("/v1/customers/satisfaction?", numbers=customers, many=BATCH)

    def asking(web: processes.Web, ask: wrk.Ask) -> Callable[[int], wrk.Load]:
        return lambda seed: wrk.run(web.address, ask, seconds, seed=seed + 1)

    runs = {
        "Flask": asking(others["Flask"], hot),
        "hot": asking(ours, hot),
        "held": asking(ours, held),
        "spread": asking(ours, spread),
        "many": asking(ours, many),
    }
    for name in LIBRARIES:
        runs[f"{name} hot"] = asking(others[name], hot)
        runs[f"{name} spread"] = asking(others[name], wrk.Ask(BEFORE, BEHIND, few))
    return runs


def _rows(report: Report, found: dict[str, list[wrk.Load]], customers: int) -> None:
    flask = found["Flask"]

    def rates(one: str, other: str) -> str:
        return f"{wrk.rate(found[one]):,.0f} to {wrk.rate(found[other]):,.0f} a second"

    for name, what, goal in (
        ("hot", "hot read of one customer's satisfaction", 0.85),
        ("spread", f"reads spread at random over {customers:,} customers", 0.60),
        ("held", "304 on a matching ETag", 0.90),
    ):
        report.add(Row(what, "bare Flask", wrk.ratio(found[name], flask), goal=goal, more=rates(name, "Flask")))
    for library, (_, goal) in LIBRARIES.items():
        for name in ("hot", "spread"):
            other = f"{library} {name}"
            ratio = wrk.ratio(found[name], found[other])
            report.add(Row(f"the same, {name}", library, ratio, goal=goal, more=rates(name, other)))
    # Both at random over all customers, so that copies in the process help neither.
    batch = wrk.ratio(found["spread"], found["many"])
    more = f"{BATCH} customers at random in each request"
    report.add(Row("batch of 100 summaries", "one summary", batch, AT_MOST, 12, " ×", more))
