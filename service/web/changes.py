"""The churn feed and who stands low: what alerts poll."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request
from marshmallow import fields, validate

from service.survey.changes import ChangeKind
from service.survey.model import Band
from service.survey.summary import iso, shown
from service.web.auth import Gate, may_see_comments
from service.web.queries import read_query
from service.web.responses import JSON
from service.web.schemas import MAX_INT, Query, Whole

if TYPE_CHECKING:
    from service.ports import Clock
    from service.store.breaker import Breaker
    from service.store.feed import Feed, Standing

MAX_CHANGES = 500
DEFAULT_CHANGES = 100
MAX_STANDING = 500
LOW_BANDS = tuple(band for band in Band if band.low)
EVERY_BAND = (*Band, None)  # None: without a score


class Since(fields.Field[datetime | str]):
    """`now`, or a moment in ISO 8601; without an offset it is UTC."""

    default_error_messages = {"invalid": "Must be `now` or a time in ISO 8601."}  # noqa: RUF012  (marshmallow's)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime | str:  # noqa: ANN401, ARG002  (marshmallow's)
        if value == "now":
            return "now"
        try:
            moment = datetime.fromisoformat(str(value))
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None
        return moment


def _one_of(kind: Any) -> fields.List[Any]:  # noqa: ANN401  (an enum class)
    choice = fields.String(validate=validate.OneOf([member.value for member in kind]))
    return fields.List(choice, load_default=list, metadata={"description": "may be given more than once"})


def _max_score() -> fields.Float:
    return fields.Float(load_default=None, validate=validate.Range(0, 100), allow_nan=False)


_GO_ON = {"description": "where to go on"}


def _cursor() -> fields.String:
    return fields.String(load_default=None, validate=validate.Length(1, 2000), metadata=_GO_ON)


class ChangesQuery(Query):
    cursor = _cursor()
    since = Since(
        load_default=None,
        metadata={
            "description": "where to begin while there is no cursor: `now`, or a time",
            "anyOf": [{"const": "now"}, {"type": "string", "format": "date-time"}],
        },
    )
    kind = _one_of(ChangeKind)
    band = _one_of(Band)
    max_score = _max_score()
    survey_id = Whole(load_default=None, validate=validate.Range(1, MAX_INT))
    limit = Whole(load_default=DEFAULT_CHANGES, validate=validate.Range(1, MAX_CHANGES))


class StandingQuery(Query):
    band = _one_of(Band)
    max_score = _max_score()
    silent_days = Whole(
        load_default=None,
        validate=validate.Range(0, 36500),
        metadata={"description": "last answered so long ago; of every band where none is named"},
    )
    cursor = _cursor()
    limit = Whole(load_default=DEFAULT_CHANGES, validate=validate.Range(1, MAX_STANDING))


def changes_blueprint(feed: Feed, gate: Gate, clock: Clock, breaker: Breaker) -> Blueprint:
    """/v1/changes and /v1/customers."""
    routes = Blueprint("changes", __name__, url_prefix="/v1")

    @routes.get("/changes")
    @gate.requires("changes")
    def changes() -> Response:
        query = read_query(ChangesQuery())
        # A cursor goes before `since`: a poller may keep the address it began with.
        if query["since"] == "now" and not query["cursor"]:
            return _conditional({"changes": [], "cursor": breaker.call(feed.now)})
        since = None if query["cursor"] else query["since"]
        page = breaker.call(
            lambda: feed.page(
                cursor=query["cursor"],
                since=None if since is None else max(0, int(since.timestamp() * 1000)),
                limit=query["limit"],
                wanted=lambda change: _matches(change, query),
            )
        )
        comments = may_see_comments()
        return _conditional({"changes": [_told(c, comments=comments) for c in page.changes], "cursor": page.cursor})

    @routes.get("/customers")
    @gate.requires("changes")
    def customers() -> Response:
        query = read_query(StandingQuery())
        silent = query["silent_days"]
        named = [Band(name) for name in query["band"]]
        bands = named or (LOW_BANDS if silent is None else EVERY_BAND)
        before = None if silent is None else int((clock.now() - timedelta(days=silent)).timestamp())
        found, cursor = breaker.call(
            lambda: feed.standing(
                bands, limit=query["limit"], max_score=query["max_score"], before=before, cursor=query["cursor"]
            )
        )
        return _conditional({"customers": [_stands(standing) for standing in found], "cursor": cursor})

    return routes


def _matches(change: dict[str, Any], query: dict[str, Any]) -> bool:
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
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"
    return response
