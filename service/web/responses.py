"""HTTP truth: headers and body say the same of an answer's age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

if TYPE_CHECKING:
    from service.lookup import Reply
    from service.store.freshness import FreshnessRule

CACHE_NAME = "netigate-results"
JSON = "application/json"


def cache_status(reply: Reply, rule: FreshnessRule) -> str:
    """RFC 9211: what the answer came from; a negative ttl says by how much it is stale."""
    age = reply.freshness.age_seconds
    if reply.fetched:
        return f"{CACHE_NAME}; fwd=miss; stored; ttl={int(rule.fresh_for) - (age or 0)}"
    parts = [CACHE_NAME, "hit"]
    if age is not None:
        parts.append(f"ttl={int(rule.fresh_for) - age}")
    if reply.away:
        parts.append("detail=store-away")
    elif age is None:
        parts.append("detail=not-swept-yet")
    return "; ".join(parts)


def respond(reply: Reply, rule: FreshnessRule) -> Response:
    """The reply as a response: 304 where the caller holds the same already."""
    if request.if_none_match.contains_weak(reply.etag):
        response = Response(status=304)
    else:
        response = Response(reply.rendered(), content_type=JSON)
    headers = response.headers
    headers["ETag"] = f'W/"{reply.etag}"'
    headers["Cache-Control"] = "private, no-cache"
    headers["Cache-Status"] = cache_status(reply, rule)
    # One address answers differently by key: a key without `comments` must never be given another's copy.
    headers["Vary"] = "Authorization"
    if reply.freshness.age_seconds is not None:
        headers["Age"] = str(reply.freshness.age_seconds)
    return response
