"""What may be asked of Netigate, and how a reply is judged. Pure: no I/O, no clock."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from string import Formatter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson

from service.survey.errors import (
    BadRequestError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UpstreamError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Route(StrEnum):
    """The closed list of reads; each is asked with GET.

    Allowing every GET would not be safe: `GET /surveys/{s}/copy` creates a survey. The lists of respondents are left
    out although they are reads: they hold e-mail addresses and passwords.
    """

    SURVEYS = "/surveys"
    SURVEY = "/surveys/{survey}"
    QUESTIONS = "/surveys/{survey}/questions"
    ANSWERS = "/surveys/{survey}/answers"
    ANSWERS_WITH_DATA = "/surveys/{survey}/answersWithData"
    ANSWER = "/surveys/{survey}/answers/{answer}"
    RESPONDENT_ANSWERS = "/surveys/{survey}/answers/respondent/{respondent}"
    SENDOUTS = "/surveys/{survey}/sendouts"
    SENDOUT_LABELS = "/surveys/{survey}/sendouts/{sendout}/labels"
    BGDOCUMENTS = "/bgdata/bgdocuments"
    BGDOCUMENT_LABELS = "/bgdata/bgdocuments/{document}/labels"


_NARROWING = frozenset({"updated", "from", "to", "completed"})
_QUERIES: Final[Mapping[Route, frozenset[str]]] = {
    Route.ANSWERS: _NARROWING,
    Route.ANSWERS_WITH_DATA: _NARROWING | {"page", "pagesize"},
}
_NAMES: Final[Mapping[Route, tuple[str, ...]]] = {
    route: tuple(name for _, name, _, _ in Formatter().parse(route) if name) for route in Route
}
_HIGHEST_ID = 2**63 - 1


def is_id(value: object) -> bool:
    """Whether Netigate could have given this as an id: a whole number from 1 to 2^63 - 1 (and no bool)."""
    return type(value) is int and 1 <= value <= _HIGHEST_ID


def instant(moment: datetime) -> str:
    """Write a moment as the query takes it, `2016-09-27T15:38:26Z`: UTC, rounded down. Raises ValueError if naive."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


@dataclass(frozen=True, slots=True)
class Request:
    """One read: a route of the closed list, its ids, and a narrowing. Raises BadRequestError for anything else."""

    route: Route
    ids: tuple[int, ...] = ()
    query: Mapping[str, datetime | int | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.route, Route):
            raise BadRequestError("", cause="route")
        if len(self.ids) != len(_NAMES[self.route]) or not all(is_id(value) for value in self.ids):
            raise BadRequestError(self.route, cause="id")
        names = self.query.keys()
        if names - _QUERIES.get(self.route, frozenset()) or ("updated" in names and names & {"from", "to"}):
            raise BadRequestError(self.route, cause="query")

    @property
    def path(self) -> str:
        """Path and query, to be put after the base URL."""
        path = self.route.format(**dict(zip(_NAMES[self.route], self.ids, strict=True)))
        query = urlencode([(name, _written(value)) for name, value in self.query.items()], safe=":")
        return f"{path}?{query}" if query else path


def _written(value: datetime | int) -> str:
    return instant(value) if isinstance(value, datetime) else str(value).lower()


class _Body(StrEnum):
    """What kind of text a body is, whatever it means. The values are used as causes of errors."""

    JSON = "json"
    EMPTY = "empty"
    MARKUP = "html"  # an HTML or XML page: of IIS, a proxy or a firewall
    BROKEN = "truncated"
    DEEP = "depth"


_BOM = b"\xef\xbb\xbf"
_HEAD = 64  # bytes looked at to tell a page from JSON
_MOST_DIGITS = 20
_SURROGATES = re.compile("[\ud800-\udfff]")


def _read(body: bytes) -> tuple[_Body, Any]:
    head = body[:_HEAD].removeprefix(_BOM).lstrip()[:1]
    if not head and len(body) <= _HEAD:
        return _Body.EMPTY, None
    if head == b"<":
        return _Body.MARKUP, None
    try:
        return _Body.JSON, orjson.loads(body.removeprefix(_BOM))
    except ValueError:
        return _read_patiently(body)


def _read_patiently(body: bytes) -> tuple[_Body, Any]:
    """Read what strict reading refuses: NaN, half an emoji, a stray byte. One bad set must not lose its page."""
    text = body.decode(json.detect_encoding(body), "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return _Body.MARKUP, None
    try:
        data = json.loads(text, parse_int=_number)
        # Half a surrogate pair can neither be stored nor sent on.
        return _Body.JSON, json.loads(_SURROGATES.sub("\ufffd", json.dumps(data, ensure_ascii=False)))
    except RecursionError:
        return _Body.DEEP, None
    except ValueError:
        return _Body.BROKEN, None


def _number(digits: str) -> int | float:
    # Python refuses to read whole numbers of thousands of digits; as a float it is merely out of every range.
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _status_inside(data: object) -> int | None:
    """Find the `StatusCode` of Netigate's error object, also in an array of one; None where there is none."""
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        return None
    code = data.get("StatusCode")
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) == len("404"):
        return int(code)
    return code if type(code) is int else None


def unwrapped(data: object) -> object:
    """Take a reply out of an object whose only field it is, as in `{"GetSurveysResult": [...]}`.

    No documented object has a single field that holds an object or a list.
    """
    if isinstance(data, dict) and len(data) == 1:
        inner = next(iter(data.values()))
        if isinstance(inner, dict | list):
            return inner
    return data


_OK = range(200, 300)
_REDIRECT = range(300, 400)
_CLIENT_ERROR = range(400, 500)
_REFUSALS: Final[Mapping[int, type[UpstreamError]]] = {
    401: RejectedError,
    403: RejectedError,
    404: NotFoundError,
}
_TRANSIENT: Final[Mapping[int, type[UnavailableError]]] = {408: UnavailableError, 429: RateLimitedError}


def judge(route: Route, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Any:  # noqa: ANN401  (JSON)
    """Return the JSON data of a reply; its shape is not checked.

    An error's StatusCode in the body overrides the status line. Raises NotFoundError only where Netigate itself says so
    in JSON; an IIS page with status 404 is UnavailableError. Raises only subclasses of UpstreamError.
    """
    kind, data = _read(body)
    data = unwrapped(data)
    said = _status_inside(data)
    meant = said if said is not None and said not in _OK else status
    wait = retry_after(headers, now)
    if meant in _REDIRECT:
        raise UnavailableError(route, status=meant, cause="redirect", retry_after=wait)
    if meant in _TRANSIENT:
        raise _TRANSIENT[meant](route, status=meant, cause="" if kind is _Body.JSON else kind, retry_after=wait)
    if kind is _Body.DEEP and meant in _OK:
        raise MalformedError(route, status=meant, cause=kind)
    if kind is not _Body.JSON:
        if _REFUSALS.get(meant) is RejectedError:
            raise RejectedError(route, status=meant, cause=kind)
        raise UnavailableError(route, status=meant, cause=kind, retry_after=wait)
    if meant in _OK:
        return data
    if meant in _CLIENT_ERROR:
        raise _REFUSALS.get(meant, BadRequestError)(route, status=meant)
    raise UnavailableError(route, status=meant, cause="error_inside_200" if status in _OK else "", retry_after=wait)


LONGEST_WAIT = 3600.0  # seconds; a Retry-After beyond that is a mistake or a maintenance that probing finds sooner
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Read Retry-After (RFC 9110, 10.2.3) as seconds, 0 to LONGEST_WAIT; 0 where absent or unreadable."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    if (value.isascii() and value.isdigit()) or _SECONDS.fullmatch(value):
        return min(float(value), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
        seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT)
