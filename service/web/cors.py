"""Lets pages of the listed origins read a customer's summary: what the web component asks for, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

OPENED = frozenset({"results.customer_satisfaction"})
EXPOSED = "ETag, Age, Cache-Status, Retry-After, X-Request-ID"
PREFLIGHT_SECONDS = "600"


def normal_origin(origin: str) -> str:
    """Write an origin as browsers send it: in lower case and without its scheme's default port."""
    origin = origin.lower()
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


def install_cors(app: Flask, origins: Sequence[str]) -> None:
    """Answer preflights and mark responses; no credentials mode, since there are no cookies."""
    allowed = frozenset(map(normal_origin, origins))

    @app.before_request
    def preflight() -> Response | None:
        if request.method != "OPTIONS" or request.endpoint not in OPENED:
            return None
        return Response(status=204)

    @app.after_request
    def mark(response: Response) -> Response:
        if request.endpoint not in OPENED:
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in allowed:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET"
                response.headers["Access-Control-Allow-Headers"] = "Authorization, If-None-Match"
                response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
        return response
