"""Responses whose headers and body state the same age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request
from werkzeug.http import parse_etags

from service.web.application import Prepared
from service.web.headers import COMPLETE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.cache.freshness import FreshnessRule
    from service.cache.lookup import Reply

CACHE_NAME = "netigate-results"
JSON = "application/json"
REVALIDATED = "private, no-cache"
NOT_STORED = "no-store"
EVERY_DOCUMENT = (
    ("Content-Type", JSON),
    ("Cache-Control", REVALIDATED),
    # The same URL answers differently by key: a key without `comments` must never be given another key's copy. And by
    # origin, where pages may ask (`web.cors`).
    ("Vary", "Authorization, Origin"),
    *COMPLETE,
)


def json_response(document: Mapping[str, Any], status: int = 200, *, cache: str = REVALIDATED) -> Response:
    """A document as a response. `cache`: its Cache-Control."""
    return Response(orjson.dumps(document), status, {"Cache-Control": cache}, content_type=JSON)


def cache_status(reply: Reply, rule: FreshnessRule) -> str:
    """RFC 9211: where the answer came from; a negative ttl says by how many seconds it is stale."""
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


def respond(reply: Reply, rule: FreshnessRule) -> Prepared:
    """The reply to the request at hand."""
    return prepare(reply, rule, request.environ.get("HTTP_IF_NONE_MATCH"))


def prepare(reply: Reply, rule: FreshnessRule, held: str | None) -> Prepared:
    """The reply as a response: 304 where the caller's `If-None-Match` says that it holds the same already."""
    status = cache_status(reply, rule)
    etag = f'W/"{reply.etag}"'
    lines = [*EVERY_DOCUMENT, ("ETag", etag), ("Cache-Status", status)]
    if reply.freshness.age_seconds is not None:
        lines.append(("Age", str(reply.freshness.age_seconds)))
    if held == etag or (held is not None and parse_etags(held).contains_weak(reply.etag)):
        return Prepared(b"", 304, lines, status)
    return Prepared(reply.rendered(), 200, lines, status)
