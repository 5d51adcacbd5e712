"""The churn feed and who stands low: what alerts poll."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from service.survey.model import Band
from service.survey.summary import iso, shown
from service.web.api.queries import read_query
from service.web.auth import Authorizer, may_see_comments
from service.web.contract.query_schemas import ChangesQuery, StandingQuery
from service.web.responses import JSON, REVALIDATED

if TYPE_CHECKING:
    from service.cache.circuit_breaker import CircuitBreaker
    from service.ports import Clock
    from service.store.feeds.feed import Feed
    from service.store.feeds.standing_order import Standing, StandingOrder

LOW_BANDS = tuple(band for band in Band if band.low)
EVERY_BAND = (*Band, None)  # None: without a score


def changes_blueprint(
    feed: Feed, standing: StandingOrder, authorizer: Authorizer, clock: Clock, breaker: CircuitBreaker
) -> Blueprint:
    """/v1/changes and /v1/customers."""
    routes = Blueprint("changes", __name__, url_prefix="/v1")

    @routes.get("/changes")
    @authorizer.requires("changes")
    def changes() -> Response:
        query = read_query(ChangesQuery())
        # A cursor overrides `since`: a poller may keep the URL that it began with, and add the cursor.
        since = None if query["cursor"] else query["since"]
        if since == "now":
            return _conditional({"changes": [], "cursor": breaker.call(feed.now), "has_more": False})
        wanted = partial(_matches, query)
        page = breaker.call(lambda: feed.page(cursor=query["cursor"], since=since, limit=query["limit"], wanted=wanted))
        comments = may_see_comments()
        told = [_told(change, comments=comments) for change in page.changes]
        return _conditional({"changes": told, "cursor": page.cursor, "has_more": page.more})

    @routes.get("/customers")
    @authorizer.requires("changes")
    def customers() -> Response:
        query = read_query(StandingQuery())
        silent = query["silent_days"]
        named = [Band(name) for name in query["band"]]
        bands = named or (LOW_BANDS if silent is None else EVERY_BAND)
        before = None if silent is None else int((clock.now() - timedelta(days=silent)).timestamp())
        found, cursor = breaker.call(
            lambda: standing.page(
                bands, limit=query["limit"], max_score=query["max_score"], before=before, cursor=query["cursor"]
            )
        )
        stands = [_stands(one) for one in found]
        return _conditional({"customers": stands, "cursor": cursor, "has_more": cursor is not None})

    return routes


def _matches(query: dict[str, Any], change: dict[str, Any]) -> bool:
    return (
        (not query["kind"] or change["kind"] in query["kind"])
        and (not query["band"] or change["band"] in query["band"])
        and (query["max_score"] is None or change["score"] <= query["max_score"])
        and query["survey_id"] in {None, change["survey"]["id"]}
    )


def _told(change: dict[str, Any], *, comments: bool) -> dict[str, Any]:
    return change if comments else {name: value for name, value in change.items() if name != "comments"}


def _stands(standing: Standing) -> dict[str, Any]:
    newest = standing.newest
    return {
        "customer_id": standing.customer_id,
        "band": newest.band if newest else None,
        "score": shown(newest.score) if newest else None,
        "last_answered_at": iso(max(standing.rows).answered_at),
        "low_respondents": standing.low_respondents,
    }


def _conditional(document: dict[str, Any]) -> Response:
    body = orjson.dumps(document)
    etag = hashlib.blake2b(body, digest_size=8).hexdigest()
    same = request.if_none_match.contains_weak(etag)
    response = Response(status=304) if same else Response(body, content_type=JSON)
    response.headers["ETag"] = f'W/"{etag}"'
    response.headers["Cache-Control"] = REVALIDATED
    response.headers["Vary"] = "Authorization"
    return response
