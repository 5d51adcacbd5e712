"""The same reads over a thousand customers and over a million; how much memory a customer takes in Redis."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from bench import population, processes, wrk
from bench.table import AT_MOST, Report, Row
from tests.harness.cluster import cluster
from tests.harness.valkey import valkey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.processes import Web
    from tests.harness.valkey import Node

FEW = 1000
UNCOPIED = "bench.uncopied"
PAGE = 20  # as many as the smaller store has of each


def asks(web: Web, customers: int) -> dict[str, wrk.Ask]:
    """Every kind of read. Pages are of one size in stores of any size."""
    cursor = quote(json.loads(web.get("/v1/changes?since=now")[2])["cursor"], safe="")
    nothing = f"/v1/changes?cursor={cursor}"
    etag = web.get(nothing)[1]["ETag"]
    customer = "/v1/customers/"
    return {
        "summary": wrk.Ask(customer, "/satisfaction", customers),
        "results of a customer": wrk.Ask(customer, "/results", customers),
        "latest of a respondent": wrk.Ask("/v1/respondents/", "/results/latest", customers, name="5%06d"),
        "page of the feed": wrk.Ask(f"/v1/changes?limit={PAGE}"),
        "poll with nothing new (304)": wrk.Ask(nothing, headers=(("If-None-Match", etag),)),
        "page of updates": wrk.Ask(f"/v1/customers/updates?limit={PAGE}"),
        "page of who stands low": wrk.Ask(f"/v1/customers?limit={PAGE}"),
        "page of who fell silent": wrk.Ask(f"/v1/customers?silent_days=100&limit={PAGE}"),
    }


def used(nodes: Sequence[Node]) -> int:
    return sum(int(node.info("memory")["used_memory"]) for node in nodes)


def filled(report: Report, url: str, nodes: Sequence[Node], customers: int, where: str) -> float:
    """File so many customers and report the pace. Returns bytes of memory a customer."""
    before = used(nodes)
    rate = population.fill(url, customers)
    each = (used(nodes) - before) / customers
    report.add(Row(f"filing {customers:,} customers, two processes", where, rate, unit=" a second"))
    return each


def compare(report: Report, small: str, large: str, customers: int, where: str, *, seconds: float, rounds: int) -> None:
    """Time of each read over the large store as a ratio of the small one's."""
    with contextlib.ExitStack() as stack:
        few = stack.enter_context(processes.ours(small, module=UNCOPIED))
        many = stack.enter_context(processes.ours(large, module=UNCOPIED))
        mine, theirs = asks(few, FEW), asks(many, customers)
        for name in mine:
            runs: dict[str, Callable[[int], wrk.Load]] = {
                "few": lambda seed, ask=mine[name]: wrk.run(few.address, ask, seconds, seed=seed + 1),
                "many": lambda seed, ask=theirs[name]: wrk.run(many.address, ask, seconds, seed=seed + 1),
            }
            found = wrk.alternate(runs, rounds=rounds, warm=lambda key, runs=runs: runs[key](99) and None)
            ratio = wrk.ratio(found["few"], found["many"])
            more = f"{wrk.rate(found['many']):,.0f} to {wrk.rate(found['few']):,.0f} a second"
            report.add(Row(f"{name}, {customers:,} customers, {where}", f"{FEW:,}", ratio, AT_MOST, 1.2, " ×", more))
            report.series.setdefault("scale", {}).setdefault(where, {})[name] = ratio
    slowest, ratio = max(report.series["scale"][where].items(), key=lambda item: item[1])
    what = f"any page at {customers:,} customers, `updates` included, {where}"
    report.add(Row(what, f"{FEW:,}", ratio, AT_MOST, 1.2, " ×", f"the slowest: {slowest}", headline=True))


def result_bytes(web: Web) -> int:
    """The JSON of one result of three answers, as a caller gets it."""
    (result,) = json.loads(web.get(f"/v1/customers/{population.customer(1)}/results")[2])["results"]
    assert len(result["answers"]) == 3
    return len(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode())


def embedded(report: Report, customers: int, *, seconds: float, rounds: int) -> None:
    with valkey() as small, valkey() as large:
        population.fill(small.url, FEW)
        each = filled(report, large.url, [large], customers, "embedded server")
        with processes.ours(small.url) as web:
            own = result_bytes(web)
        more = f"{each:,.0f} bytes a customer with one result, all indexes and its part of the feed; the JSON is {own}"
        report.add(Row("memory in Redis", "the result's own JSON", each / own, AT_MOST, 2.5, " ×", more, headline=True))
        compare(report, small.url, large.url, customers, "embedded", seconds=seconds, rounds=rounds)


def clustered(report: Report, customers: int, *, seconds: float, rounds: int) -> None:
    """The same on three nodes, each size on a Cluster of its own."""
    with cluster() as small, cluster() as large:
        population.fill(small.url, FEW)
        each = filled(report, large.url, large.nodes, customers, "Cluster of three")
        sizes = [used([node]) / 2**20 for node in large.nodes]
        more = "nodes: " + ", ".join(f"{size:,.0f} MiB" for size in sizes)
        report.add(Row("bytes a customer", "Cluster of three", each, unit=" B", more=more))
        compare(report, small.url, large.url, customers, "Cluster", seconds=seconds, rounds=rounds)
