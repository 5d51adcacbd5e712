"""Whether the service lives, and whether it can answer, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response

from service.survey.errors import StoreAwayError
from service.survey.summary import iso
from service.web.responses import JSON

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock
    from service.store.freshness import FreshnessRule

HTTP_OK, HTTP_UNAVAILABLE = 200, 503


def readiness(swept: dict[int, int], rule: FreshnessRule, clock: Clock) -> tuple[int, dict[str, Any]]:
    """Ready once each survey was swept to its end, by this process or by whoever filled the store."""
    now = clock.now()
    ages = {survey: rule.of(swept, now, [survey]) for survey in rule.surveys}
    waiting = [f"survey {survey} has not been swept yet" for survey, age in ages.items() if age.as_of is None]
    if waiting:
        return HTTP_UNAVAILABLE, {"status": "starting", "reasons": waiting}
    stale = [
        f"survey {survey} was last swept at {iso(age.as_of)}"
        for survey, age in ages.items()
        if age.state == "stale" and age.as_of
    ]
    return HTTP_OK, {"status": "degraded" if stale else "ready", "reasons": stale}


def health_blueprint(swept: Callable[[], dict[int, int]], rule: FreshnessRule, clock: Clock, spec: str) -> Blueprint:
    """/healthz, /readyz and /openapi.yaml, open to all."""
    routes = Blueprint("health", __name__)

    def answer(status: int, document: dict[str, Any]) -> Response:
        response = Response(orjson.dumps(document), status=status, content_type=JSON)
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get("/healthz")
    def healthz() -> Response:
        return answer(HTTP_OK, {"status": "alive"})

    @routes.get("/readyz")
    def readyz() -> Response:
        try:
            return answer(*readiness(swept(), rule, clock))
        except StoreAwayError:
            return answer(HTTP_UNAVAILABLE, {"status": "unavailable", "reasons": ["the store cannot be reached"]})

    @routes.get("/openapi.yaml")
    def openapi() -> Response:
        return Response(spec, content_type="application/yaml")

    return routes
