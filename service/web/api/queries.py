"""Reads query strings and JSON bodies by their schemas. Names that the schema lacks are refused, not ignored.

With a misspelt filter ignored, the reply would hold everything and look like a filtered one.
"""

from __future__ import annotations

import http
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

import orjson
from flask import abort, request
from marshmallow import ValidationError

from service.survey.identity import asked_id
from service.web.contract.schemas import WRONG_LENGTH, Query
from service.web.problems import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_NAMED: Final = 20  # unknown names in one refusal; a query can hold thousands
LONGEST_NAME: Final = 60  # characters of an unknown name that are repeated in a refusal


def read_query(schema: Query | None = None) -> dict[str, Any]:
    """The query string by its schema; without one the route takes no parameters.

    Raises InvalidError for names that the schema lacks, or that are given twice where one value is meant, and for a
    query that is not UTF-8.
    """
    _refuse_other_encodings(request.query_string)
    known = schema.fields if schema else {}
    refuse_unknown(request.args, known)
    lists = {name for name, field in known.items() if hasattr(field, "inner")}
    twice = [name for name in known if name not in lists and len(request.args.getlist(name)) > 1]
    if twice:
        raise InvalidError({name: ["Given more than once."] for name in twice})
    if schema is None:
        return {}
    given = {n: request.args.getlist(n) if n in lists else request.args[n] for n in known if n in request.args}
    found: dict[str, Any] = schema.load(given)
    return found


def _refuse_other_encodings(query: bytes) -> None:
    """Raises InvalidError. Werkzeug would leave such characters encoded, and so make another ID of them."""
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise InvalidError({"query": ["Must be UTF-8, percent-encoded."]}) from None


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """Raises InvalidError for names that do not exist, each with the nearest known ones."""
    names = list(known)
    unknown = [name for name in given if name not in names]
    if unknown:
        raise InvalidError({name[:LONGEST_NAME]: [nearest(name, names)] for name in unknown[:MOST_NAMED]})


def nearest(name: str, known: list[str], what: str = "parameter") -> str:
    """What to say of a parameter that does not exist."""
    if not known:
        return f"There is no such {what}; nothing can be given here."
    plain = name[:LONGEST_NAME].lower().replace("-", "_")
    if plain in known:
        close = [plain]
    else:
        close = get_close_matches(plain, known, n=2) or [other for other in known if len(plain) > 1 and plain in other]
    meant = "Nearest" if close else "There are"
    return f"There is no such {what}. {meant}: {', '.join(f'`{other}`' for other in close or known)}."


def json_bytes() -> bytes:
    """The request's body as sent. Raises 415 for another media type and 413 for one that is too large."""
    if not request.is_json:
        abort(http.HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    data = request.get_data(cache=False)
    request.stream.read(1)  # a body without Content-Length is cut silently at the limit; only reading on raises 413
    return data


def json_object(needs: str) -> dict[str, Any]:
    """The request's body. Raises as `json_bytes`, and ValidationError for anything but a JSON object.

    needs: the message of that ValidationError.
    """
    try:
        body = orjson.loads(json_bytes())
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise ValidationError({"body": [needs]})
    return body


def own_id(text: str) -> str:
    """The ID of the path, cleaned. Raises InvalidError naming `id`."""
    cleaned = asked_id(text)
    if cleaned is None:
        raise InvalidError({"id": [WRONG_LENGTH]})
    return cleaned
