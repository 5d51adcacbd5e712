"""Spans of requests, the fast path's too, and of calls to Netigate: templates and outcomes, never an ID."""

from __future__ import annotations

import subprocess
import sys

import pytest

from service.observability import tracing
from tests.harness.processes import ROOT, environment
from tests.support.edge import Edge

pytest.importorskip("opentelemetry.sdk", reason="the extra otel")
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans(monkeypatch):
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr("service.app.web.tracer", lambda: provider.get_tracer("tests"))
    yield kept.get_finished_spans, provider.get_tracer("tests")
    provider.shutdown()


@pytest.mark.parametrize("path", ["/v1/customers/C-1001/satisfaction", "/v1/customers/C-1001/results?limit=7"])
def test_a_request_is_a_span_in_its_callers_trace(house, spans, path):
    finished, _ = spans
    edge = Edge(house)
    assert (
        edge.client.get(path, headers={"Authorization": "Bearer a-key-of-the-tests", "traceparent": CALLER}).status_code
        == 200
    )
    (span,) = finished()
    assert span.name.startswith("GET /v1/customers/{id}/")
    assert span.attributes["http.response.status_code"] == 200
    assert f"{span.context.trace_id:032x}" == CALLER.split("-")[1]
    assert f"{span.parent.span_id:016x}" == CALLER.split("-")[2]
    assert not [word for word in ("C-1001", "limit") if word in span.to_json()]


def test_a_call_to_netigate_is_a_span(spans):
    finished, tracer = spans
    told = []
    observe = tracing.traced_calls(lambda *call: told.append(call), tracer)
    observe("/surveys/{id}", "unavailable", 0.25)
    (span,) = finished()
    assert told == [("/surveys/{id}", "unavailable", 0.25)]
    assert (span.name, span.status.is_ok) == ("GET /surveys/{id}", False)
    assert span.end_time - span.start_time == 250_000_000


@pytest.mark.parametrize(
    ("variables", "on"),
    [
        ({}, False),
        ({"OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, True),
    ],
)
def test_nothing_is_imported_where_it_is_off(variables, on):
    told = started("print(tracer() is not None, 'opentelemetry' in sys.modules)", **variables)
    assert told.split() == [str(on), str(on)]


@pytest.mark.parametrize("missing", ["opentelemetry", "opentelemetry.sdk"])
def test_without_the_extra_it_goes_on_and_says_so(missing):
    told = started(
        f"sys.modules[{missing!r}] = None; print(tracer())", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9"
    )
    assert "no_traces" in told
    assert told.endswith("None\n")


def started(program, **variables):
    """What a process says that runs this."""
    return subprocess.run(
        [sys.executable, "-c", f"import sys; from service.observability.tracing import tracer; {program}"],
        env=environment(**variables),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
