"""Customers whose summaries have changed: what fills a CRM and keeps it filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from service.web.api.queries import read_query
from service.web.auth import Authorizer, may_see_comments
from service.web.contract.query_schemas import UpdatesQuery
from service.web.responses import respond

if TYPE_CHECKING:
    from service.cache.circuit_breaker import CircuitBreaker
    from service.cache.freshness import FreshnessRule
    from service.cache.lookup import Lookup, Reply
    from service.store.feeds.updates import Updates


def updates_blueprint(
    updates: Updates, lookup: Lookup, rule: FreshnessRule, authorizer: Authorizer, breaker: CircuitBreaker
) -> Blueprint:
    """/v1/customers/updates."""
    routes = Blueprint("updates", __name__, url_prefix="/v1")

    @routes.get("/customers/updates")
    @authorizer.requires("results")
    def customer_updates() -> Response:
        query, comments = read_query(UpdatesQuery()), may_see_comments()
        # A cursor overrides `since`: a poller may keep the URL that it began with, and add the cursor.
        since = None if query["cursor"] else query["since"]

        def read() -> Reply:
            if since == "now":
                page = updates.now()
            else:
                page = updates.page(cursor=query["cursor"], since=since, limit=query["limit"])
            return lookup.updates(page, comments=comments)

        return respond(breaker.call(read), rule)

    return routes
