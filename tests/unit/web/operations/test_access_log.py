"""Requests are named, timed and told in one line that holds no customer, no query and no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fakeredis
import pytest

from service.web.operations.access_log import template, trace_of
from tests.support.edge import HEADERS, Edge
from tests.support.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
PATH = "/v1/customers/Kund-Geheim-77/satisfaction"


@pytest.fixture
def edge() -> Iterator[Edge]:
    client = fakeredis.FakeRedis()
    yield Edge(House(client))
    client.close()


def test_one_line_for_a_request(edge: Edge) -> None:
    edge.get(PATH)
    (line,) = edge.lines
    assert {name: line[name] for name in ("event", "level", "method", "route", "status", "key")} == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/v1/customers/{id}/satisfaction",
        "status": 200,
        "key": "crm",
    }
    assert line["ms"] >= 0
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "path",
    [
        PATH,
        "/v1/customers/Kund-Geheim-77/results?limit=Geheim",
        "/v1/customers/satisfaction?id=Kund-Geheim-77&token=eyGeheim",
        "/v1/respondents/Geheim/results/latest",
        "/Geheim",
        "/widget/customers/Geheim?token=Geheim",
    ],
)
@pytest.mark.parametrize("headers", [HEADERS, {}, {"Authorization": "Bearer Geheim"}, {"X-Request-ID": "Geheim ja"}])
def test_no_line_holds_what_a_caller_sent(edge: Edge, path: str, headers: dict[str, str]) -> None:
    edge.get(path, headers=headers)
    assert edge.lines
    assert "Geheim" not in edge.log
    assert HEADERS["Authorization"].split()[1] not in edge.log


def test_a_callers_request_id_is_kept_and_told_in_header_log_and_problem(edge: Edge) -> None:
    reply = edge.get("/v1/nothing", headers={**HEADERS, "X-Request-ID": "req/1:a=b"})
    assert reply.headers["X-Request-ID"] == "req/1:a=b"
    assert reply.get_json()["request_id"] == "req/1:a=b"
    assert edge.lines[0]["request_id"] == "req/1:a=b"


@pytest.mark.parametrize("given", ["", "with space", "é", "x" * 129, "{}", '"'])
def test_a_request_id_that_could_do_harm_is_replaced(edge: Edge, given: str) -> None:
    told = edge.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert told != given
    assert len(told) == 16


def test_a_request_without_an_id_gets_one_of_its_own(edge: Edge) -> None:
    first, second = (edge.get("/healthz").headers["X-Request-ID"] for _ in range(2))
    assert first != second


def test_the_callers_trace_goes_on_with_a_span_of_ours(edge: Edge) -> None:
    edge.get(PATH, headers={**HEADERS, "traceparent": f"00-{TRACE}-{PARENT}-01"})
    (line,) = edge.lines
    assert (line["trace_id"], line["parent_id"]) == (TRACE, PARENT)
    assert len(line["span_id"]) == 16
    assert line["span_id"] != PARENT


def test_one_requests_trace_does_not_stick_to_the_next(edge: Edge) -> None:
    edge.get(PATH, headers={**HEADERS, "traceparent": f"00-{TRACE}-{PARENT}-01"})
    edge.get(PATH)
    assert "trace_id" not in edge.lines[1]


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "nonsense",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{TRACE}-{PARENT}-01x",
        f"00-{TRACE}-{PARENT}",
    ],
)
def test_a_bad_traceparent_is_no_trace(traceparent: str) -> None:
    assert trace_of(traceparent) == {}


@pytest.mark.parametrize("traceparent", [f"00-{TRACE}-{PARENT}-00", f"cc-{TRACE}-{PARENT}-01-what-comes-later"])
def test_a_good_traceparent_is_one_also_of_a_later_version(traceparent: str) -> None:
    assert trace_of(traceparent)["trace_id"] == TRACE


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/readyz"])
def test_what_machines_ask_all_day_is_not_told(edge: Edge, path: str) -> None:
    edge.get(path)
    assert edge.lines == []


def test_what_machines_ask_is_told_when_it_breaks(edge: Edge) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    edge.app.view_functions["metrics.metrics"] = broken
    assert edge.get("/metrics").status_code == 500
    assert [(line["route"], line["status"]) for line in edge.lines if line["event"] == "request"] == [("/metrics", 500)]


def test_an_unknown_key_has_no_name(edge: Edge) -> None:
    edge.get(PATH, headers={"Authorization": "Bearer wrong"})
    assert (edge.lines[0]["key"], edge.lines[0]["status"]) == (None, 401)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("/v1/customers/<opaque:identifier>/results", "/v1/customers/{id}/results"),
        ("/widget/customers/<path:customer_id>", "/widget/customers/{id}"),
        ("/v1/surveys/<int:survey_id>/scales", "/v1/surveys/{id}/scales"),
        ("/docs/<name>", "/docs/{name}"),
        ("/healthz", "/healthz"),
    ],
)
def test_templates(rule: str, told: str) -> None:
    assert template(rule) == told
