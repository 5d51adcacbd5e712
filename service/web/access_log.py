"""Names each request, ties it to the caller's trace, times it, and writes one line about it.

The line holds the route's template, never the path or the query: both hold customers' IDs, and a query a token.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final

import structlog
from flask import Flask, Response, g, request

from service.logs import ABOUT
from service.web.auth import Caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock

    # method, route template, response, seconds
    Measure = Callable[[str, str, Response, float], None]

log = structlog.get_logger()

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD: Final = "OTHER"
NO_ROUTE: Final = "none"
QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})  # asked all day by machines; told only when they break
_ANSWERS: Final = frozenset({200, 503})  # theirs: "not yet" is no failure
_REQUEST_ID = re.compile(r"[\w.:/+=-]{1,128}", re.ASCII)
# W3C Trace Context: version-traceid-parentid-flags; version ff and ids of zeros are invalid, later versions may go on.
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?P<trace>(?!0{32})[0-9a-f]{32})-(?P<parent>(?!0{16})[0-9a-f]{16})-[0-9a-f]{2}(-.*)?"
)
_CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_IDS: Final = frozenset({"identifier", "customer_id", "survey_id"})
_VERSION_0_LENGTH = 55


def template(rule: str) -> str:
    """A route as the contract writes it: `/v1/customers/{id}/results`."""
    return _CONVERTER.sub(lambda found: "{id}" if found[1] in _IDS else "{" + found[1] + "}", rule)


def trace_of(traceparent: str) -> dict[str, str]:
    """The trace that a request belongs to, with a span of our own; nothing where the header is no good."""
    match = _TRACEPARENT.fullmatch(traceparent)
    if not match or (traceparent.startswith("00") and len(traceparent) != _VERSION_0_LENGTH):
        return {}
    return {"trace_id": match["trace"], "parent_id": match["parent"], "span_id": secrets.token_hex(8)}


def install_access_log(app: Flask, clock: Clock, measure: Measure) -> None:
    """Wrap every request, those that no route takes included."""
    templates: dict[str, str] = {}

    @app.before_request
    def begin() -> None:
        g.started = clock.monotonic()
        environ = request.environ
        given = environ.get("HTTP_X_REQUEST_ID")
        g.request_id = given if given and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        traceparent = environ.get("HTTP_TRACEPARENT")
        trace = trace_of(traceparent.strip()) if traceparent else {}
        ABOUT.set({"request_id": g.request_id, **trace})

    @app.after_request
    def end(response: Response) -> Response:
        response.headers.add("X-Request-ID", g.request_id)
        seconds = clock.monotonic() - g.started
        asked = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  (werkzeug's way past its proxy)
        rule = asked.url_rule
        route = NO_ROUTE if rule is None else templates.get(rule.rule)
        if route is None:
            route = templates[rule.rule] = template(rule.rule)
        method = asked.method if asked.method in METHODS else OTHER_METHOD
        measure(method, route, response, seconds)
        if route not in QUIET or response.status_code not in _ANSWERS:
            caller = g.get("caller")
            log.info(
                "request",
                method=method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 2),
                key=caller.name if isinstance(caller, Caller) else None,
            )
        return response
