"""Spans for requests and for calls to Netigate, where an exporter is named by the standard OTEL_* variables.

They hold route templates, methods, statuses and outcomes; never an ID, a query or a text. Without those variables, or
without the extra `otel`, nothing of OpenTelemetry is imported.
"""

from __future__ import annotations

import os
import time
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import structlog

from service.observability.logs import ABOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.trace import SpanKind, Tracer

NAMES = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
OTLP = {"otlp": "otlp_proto_http"}  # the one that the extra brings
SERVER_FAULT = 500


@cache
def tracer() -> Tracer | None:
    """The tracer of this process; None where traces are off. Sampler, resource and batches are the SDK's options."""
    on = any(os.environ.get(name, "").strip() for name in NAMES)
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "").strip() or "otlp"
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if not on or disabled or exporter == "none":
        return None
    if not _has_sdk():
        structlog.get_logger().warning("no_traces", missing="netigate-results[otel]")
        return None
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  (only where traces are on)
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    provider = TracerProvider(resource=Resource.create({} if named else {"service.name": "netigate-results"}))
    for name in exporter.split(","):
        for found in entry_points(group="opentelemetry_traces_exporter", name=OTLP.get(name.strip(), name.strip())):
            provider.add_span_processor(BatchSpanProcessor(found.load()()))
    return provider.get_tracer("netigate-results")


def _has_sdk() -> bool:
    """Whether the extra is installed; other packages bring OpenTelemetry's API alone."""
    try:
        return find_spec("opentelemetry.sdk") is not None
    except ModuleNotFoundError:
        return False


def traced_requests(measure: Callable[..., None], tracer: Tracer | None) -> Callable[..., None]:
    """Make a span for each measured request, within the caller's trace where the request names one."""
    if tracer is None:
        return measure
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    def measured(method: str, route: str, response: Any, seconds: float) -> None:  # noqa: ANN401  (a Flask response)
        measure(method, route, response, seconds)
        status = response.status_code
        told = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        _span(tracer, f"{method} {route}", SpanKind.SERVER, seconds, told, failed=status >= SERVER_FAULT)

    return measured


def traced_calls(
    observe: Callable[[str, str, float], None], tracer: Tracer | None
) -> Callable[[str, str, float], None]:
    """Make a span for each observed call to Netigate."""
    if tracer is None:
        return observe
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    def observed(route: str, outcome: str, seconds: float, /) -> None:
        observe(route, outcome, seconds)
        told = {"http.request.method": "GET", "url.template": route, "netigate.outcome": outcome}
        _span(tracer, f"GET {route}", SpanKind.CLIENT, seconds, told, failed=outcome != "ok")

    return observed


def _span(tracer: Tracer, name: str, kind: SpanKind, seconds: float, told: Mapping[str, Any], *, failed: bool) -> None:
    from opentelemetry.trace import StatusCode  # noqa: PLC0415

    end = time.time_ns()
    span = tracer.start_span(name, _parent(), kind, told, start_time=end - int(seconds * 1e9))
    if failed:
        span.set_status(StatusCode.ERROR)
    span.end(end)


def _parent() -> Any:  # noqa: ANN401  (a context of OpenTelemetry's, or None)
    """The caller's span, as the request's log lines name it."""
    about = ABOUT.get()
    if "trace_id" not in about:
        return None
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context  # noqa: PLC0415

    trace, parent = int(about["trace_id"], 16), int(about["parent_id"], 16)
    caller = SpanContext(trace, parent, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(caller))
