"""Results and summaries under /v1: thin routes, each from HTTP to one use case and back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.routing import BaseConverter

from service.web.api.queries import own_id, read_query
from service.web.auth import Authorizer, may_see_comments
from service.web.contract.schemas import BatchQuery, ResultsQuery
from service.web.responses import respond

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.cache.freshness import FreshnessRule
    from service.cache.lookup import Lookup, Reply


class OpaqueConverter(BaseConverter):
    """A path segment that is an ID: any text, an encoded slash included."""

    regex = "(?s:.+?)"  # a line break is a character like any other
    part_isolating = False


def results_blueprint(lookup: Lookup, rule: FreshnessRule, authorizer: Authorizer) -> Blueprint:
    """Results and summaries, by customer and by respondent."""
    routes = Blueprint("results", __name__, url_prefix="/v1")

    @routes.get("/customers/<opaque:identifier>/results")
    @authorizer.requires("results")
    def customer_results(identifier: str) -> Response:
        return _page(lookup.customer_results, identifier, rule)

    @routes.get("/customers/<opaque:identifier>/results/latest")
    @authorizer.requires("results")
    def customer_latest(identifier: str) -> Response:
        read_query()
        return respond(lookup.customer_latest(own_id(identifier), comments=may_see_comments()), rule)

    @routes.get("/respondents/<opaque:identifier>/results")
    @authorizer.requires("results")
    def respondent_results(identifier: str) -> Response:
        return _page(lookup.respondent_results, identifier, rule)

    @routes.get("/respondents/<opaque:identifier>/results/latest")
    @authorizer.requires("results")
    def respondent_latest(identifier: str) -> Response:
        read_query()
        return respond(lookup.respondent_latest(own_id(identifier), comments=may_see_comments()), rule)

    @routes.get("/customers/<opaque:identifier>/satisfaction")
    @authorizer.requires("results", card=True)
    def customer_satisfaction(identifier: str) -> Response:
        read_query()
        return respond(lookup.satisfaction(own_id(identifier), comments=may_see_comments()), rule)

    @routes.get("/customers/satisfaction")
    @authorizer.requires("results")
    def customers_satisfaction() -> Response:
        query = read_query(BatchQuery())
        return respond(lookup.satisfactions(query["id"], comments=may_see_comments()), rule)

    return routes


def _page(read: Callable[..., Reply], identifier: str, rule: FreshnessRule) -> Response:
    """One page of results, with a link to the next where there is one."""
    query = read_query(ResultsQuery())
    reply = read(own_id(identifier), comments=may_see_comments(), **query)
    response = respond(reply, rule)
    if reply.cursor:
        more = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
        query_string = urlencode([*more, ("cursor", reply.cursor)])
        response.headers["Link"] = f'<?{query_string}>; rel="next"'
    return response
