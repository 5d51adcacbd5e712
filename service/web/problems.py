"""Errors as RFC 9457 problem documents: one table from exception to problem."""

from __future__ import annotations

import http
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from flask import Flask, Response, g, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from service.store.feeds.feed import GoneCursorError
from service.survey.errors import (
    BadCursorError,
    DamagedValueError,
    ServiceError,
    StoreAwayError,
    StoreError,
    StoreRefusedError,
)
from service.web.rate_limit import TooManyRequestsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.web.rate_limit import RefusalLimit

log = structlog.get_logger()

CONTENT_TYPE = "application/problem+json"
NAMESPACE = "urn:netigate-results:problem:"
REPAIR_RETRY = 5  # seconds; how often the worker checks whether a repair is due
STORE_RETRY = 2  # seconds; how often a Redis that is away is tried again


class UnauthorizedError(ServiceError):
    """No key, or one that is not known."""


class TokenExpiredError(UnauthorizedError):
    """A card's token whose time is over."""


class ForbiddenError(ServiceError):
    """A known key without the scope that the route asks for."""


class ForeignOriginError(ServiceError):
    """A page of another site asks where only this service's own pages may."""


class NoSuchSurveyError(ServiceError):
    """A survey that is not served, or has not been read yet."""


class InvalidError(ServiceError):
    """Input that a route does not take, by field."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("invalid input")
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a caller is told. `slug` makes the type; `detail` says what to do."""

    status: int
    slug: str
    title: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()


PROBLEMS: dict[type[Exception], Problem] = {
    UnauthorizedError: Problem(
        401, "unauthorized", "No valid key", "Send `Authorization: Bearer <key>` with a key of this service.",
        (("WWW-Authenticate", 'Bearer realm="netigate-results"'),),
    ),
    TokenExpiredError: Problem(
        401, "token-expired", "The token has expired", "Have the CRM's back end mint a new one.",
        (("WWW-Authenticate", 'Bearer realm="netigate-results", error="invalid_token"'),),
    ),
    ForbiddenError: Problem(403, "forbidden", "Not within the key's scopes", "Ask for a key with the scope needed."),
    ForeignOriginError: Problem(
        403, "foreign-origin", "Not from a page of another site", "Ask from a program, or from a page of this service."
    ),
    InvalidError: Problem(422, "invalid", "Invalid input", "See `errors`, by field."),
    NoSuchSurveyError: Problem(
        404, "no-such-survey", "Not a survey that is served", "See /v1/surveys for what is served."
    ),
    BadCursorError: Problem(
        400, "bad-cursor", "Not a cursor of this service", "Leave out `cursor` to start from the beginning."
    ),
    GoneCursorError: Problem(
        410, "cursor-gone", "The cursor is older than what is kept",
        "Changes may have been missed. Start again without `cursor`, or with `since`, and drop the ids already known.",
    ),
    TooManyRequestsError: Problem(
        429, "too-many-requests", "Over the limit", "Try again after `Retry-After` seconds."
    ),
    StoreAwayError: Problem(
        503, "store-unavailable", "The store cannot be reached", "Try again after `Retry-After` seconds.",
        (("Retry-After", str(STORE_RETRY)),),
    ),
    DamagedValueError: Problem(
        503, "store-damaged", "What is stored cannot be read", "It is being repaired: try again after `Retry-After`.",
        (("Retry-After", str(REPAIR_RETRY)),),
    ),
    StoreError: Problem(
        503, "store-refused", "The store gave no answer to this", "Try again after `Retry-After` seconds.",
        (("Retry-After", str(STORE_RETRY)),),
    ),
}  # fmt: skip
HOST_REJECTED = Problem(401, "host-rejected", "The host's signature is not good", "See the host's page in docs/crm.")
HOST_REQUEST = Problem(422, "host-request", "The host names no customer", "See the host's page in docs/crm.")
INTERNAL = Problem(500, "internal", "A fault of this service", "It was logged under the request id.")


def document_of(problem: Problem, request_id: str | None) -> dict[str, Any]:
    return {
        "type": NAMESPACE + problem.slug,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "request_id": request_id,
    }


def of_status(status: int) -> Problem:
    """The problem that is HTTP's own."""
    phrase = http.HTTPStatus(status).phrase
    return Problem(status, phrase.lower().replace(" ", "-"), phrase, "See /openapi.yaml for what is served.")


def problem_response(problem: Problem, **extra: Any) -> Response:  # noqa: ANN401  (members of the document)
    document = document_of(problem, g.get("request_id")) | extra
    headers = (*problem.headers, ("Cache-Control", "no-store"))
    return Response(orjson.dumps(document), problem.status, headers, content_type=CONTENT_TYPE)


def http_problem(error: HTTPException) -> Response:
    """The problem document of an HTTP error that the framework raised."""
    response = problem_response(of_status(error.code or 500))
    response.headers.update({name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}})
    return response


def flatten(messages: Any) -> dict[str, list[str]]:  # noqa: ANN401  (marshmallow nests dicts and lists)
    """Marshmallow's messages, one list for each field."""
    found: dict[str, list[str]] = {}
    for name, value in messages.items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": texts for inner, texts in flatten(value).items()}
        else:
            found[str(name)] = [str(text) for text in value]
    return found


def install_problems(app: Flask) -> None:
    """Map every exception that can leave a view; a subclass is mapped as its nearest listed class."""

    def of_known(error: Exception) -> Response:
        problem = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
        g.lapsed = isinstance(error, TokenExpiredError)
        extra = {"errors": error.errors} if isinstance(error, InvalidError) else {}
        if isinstance(error, StoreRefusedError):
            log.warning("store_refused", kind=error.kind)
        return _too_many(error) if isinstance(error, TooManyRequestsError) else problem_response(problem, **extra)

    def of_validation(error: Exception) -> Response:
        messages = flatten(error.messages) if isinstance(error, ValidationError) else {}
        return problem_response(PROBLEMS[InvalidError], errors=messages)

    def of_fault(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return http_problem(error)
        # Only the kind of error and its place: its text and the local variables may hold a customer's data.
        log.error("fault", error=type(error).__name__, exc_info=error)
        return problem_response(INTERNAL)

    for kind in PROBLEMS:
        app.register_error_handler(kind, of_known)
    app.register_error_handler(ValidationError, of_validation)
    app.register_error_handler(Exception, of_fault)


def install_refusal_limit(app: Flask, refusals: RefusalLimit) -> None:
    """Answer an address that was refused too often with 429 in place of another 401, whichever part refused it.

    A refusal that is no problem document stands in a CRM's frame or panel, and goes on saying what it says there.
    """

    @app.after_request
    def limit(response: Response) -> Response:
        # A token that has expired is no guess: sidebars that are left open send them all day.
        if response.status_code == http.HTTPStatus.UNAUTHORIZED and not g.get("lapsed"):
            try:
                refusals.refused(request.remote_addr or "")
            except TooManyRequestsError as error:
                return _too_many(error, None if response.mimetype == CONTENT_TYPE else response)
        return response


def _too_many(error: TooManyRequestsError, shown: Response | None = None) -> Response:
    response = shown or problem_response(PROBLEMS[TooManyRequestsError])
    response.status_code = http.HTTPStatus.TOO_MANY_REQUESTS
    response.headers["Retry-After"] = str(max(1, ceil(error.retry_after)))
    return response
