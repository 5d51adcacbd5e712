"""Names each request, ties it to the caller's trace, times it, and writes one line about it.

The line holds the route's template, never the path or the query: both hold customers' IDs, and a query a token.
"""

from __future__ import annotations

import itertools
import re
import secrets
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog
from flask import Flask, Response, g, request

from service.observability.logs import ABOUT
from service.web.auth import Caller

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIEnvironment

    from service.ports import Clock

    # method, route template, response, seconds
    Measure = Callable[[str, str, Response, float], None]

log = structlog.get_logger()

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD: Final = "OTHER"
NO_ROUTE: Final = "none"
QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})  # polled by machines; logged only when they fail
_ANSWERS: Final = frozenset({200, 503})  # of quiet routes, not logged: 503 is "not ready yet", no failure
_REQUEST_ID = re.compile(r"[\w.:/+=-]{1,128}", re.ASCII)
# W3C Trace Context: version-traceid-parentid-flags. Version ff and ids of zeros are invalid; later versions may add
# fields.
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?P<trace>(?!0{32})[0-9a-f]{32})-(?P<parent>(?!0{16})[0-9a-f]{16})-[0-9a-f]{2}(-.*)?"
)
_CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_IDS: Final = frozenset({"identifier", "customer_id", "survey_id"})
_VERSION_0_LENGTH = 55


_ids = itertools.count(secrets.randbits(32))


def _next_id() -> str:
    # Unique, not secret: a number drawn at random when the process first needs it, so after the fork, and a count.
    return f"{_process():08x}{next(_ids) & 0xFFFFFFFF:08x}"


@cache
def _process() -> int:
    return secrets.randbits(32)


class Begun(NamedTuple):
    """A request under way: when it began (monotonic), and its name."""

    at: float
    identifier: str


@cache
def template(rule: str) -> str:
    """A route as the contract writes it: `/v1/customers/{id}/results`."""
    return _CONVERTER.sub(lambda found: "{id}" if found[1] in _IDS else "{" + found[1] + "}", rule)


def trace_of(traceparent: str) -> dict[str, str]:
    """The trace that a request belongs to, with a span of our own; empty where the header is invalid."""
    match = _TRACEPARENT.fullmatch(traceparent)
    if not match or (traceparent.startswith("00") and len(traceparent) != _VERSION_0_LENGTH):
        return {}
    return {"trace_id": match["trace"], "parent_id": match["parent"], "span_id": secrets.token_hex(8)}


class AccessLog:
    """Names, times, counts and logs requests."""

    def __init__(self, clock: Clock, measure: Measure) -> None:
        self._clock = clock
        self._measure = measure

    def begin(self, environ: WSGIEnvironment) -> Begun:
        """Name a request; every line that is logged before the next one bears the name."""
        given = environ.get("HTTP_X_REQUEST_ID")
        identifier = given if given and _REQUEST_ID.fullmatch(given) else _next_id()
        traceparent = environ.get("HTTP_TRACEPARENT")
        trace = trace_of(traceparent.strip()) if traceparent else {}
        ABOUT.set({"request_id": identifier, **trace})
        return Begun(self._clock.monotonic(), identifier)

    def end(self, method: str, route: str, response: Response, begun: Begun, key: str | None) -> None:
        """Give the response its name, count it and write its line."""
        response.headers.add("X-Request-ID", begun.identifier)
        seconds = self._clock.monotonic() - begun.at
        self._measure(method, route, response, seconds)
        status = response.status_code
        if route not in QUIET or status not in _ANSWERS:
            log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 2), key=key)


def install_access_log(app: Flask, access: AccessLog) -> None:
    """Wrap every request, also those that match no route."""

    @app.before_request
    def begin() -> None:
        g.begun = access.begin(request.environ)
        g.request_id = g.begun.identifier

    @app.after_request
    def end(response: Response) -> Response:
        route = template(request.url_rule.rule) if request.url_rule else NO_ROUTE
        caller = g.get("caller")
        method = request.method if request.method in METHODS else OTHER_METHOD
        access.end(method, route, response, g.begun, caller.name if isinstance(caller, Caller) else None)
        return response
