"""Answers that the hosts share: JSON that no cache keeps, and the redirect to the card with a token of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import orjson
from flask import Blueprint, Response, redirect

from service.crm.verify import HostRequestError
from service.widget.tokens import mint

if TYPE_CHECKING:
    from datetime import datetime

    from service.crm.options import CardOptions

_PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
_NO_PATH_SEGMENTS = {".", ".."}  # a browser takes these out of an address, encoded or not


def page_blueprint(host: str) -> Blueprint:
    """Routes of a host that needs a page of ours to reach the card, with that page's files under /crm/HOST/files."""
    blueprint = Blueprint(
        f"crm_{host}",
        __name__,
        static_folder="static",
        static_url_path=f"/crm/{host}/files",
        template_folder="templates",
    )

    @blueprint.after_request
    def no_sniffing(answer: Response) -> Response:
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    return blueprint


def json_answer(document: dict[str, Any]) -> Response:
    """200 with JSON that nobody on the way may keep."""
    return private(Response(orjson.dumps(document), mimetype="application/json"))


def to_card(host: str, options: CardOptions, customer_id: str, language: str, now: datetime) -> Response:
    """303 to the card of this one customer, with a short-lived token.

    The token is in the query because a frame can carry it nowhere else. Therefore: no-referrer and no-store here, no
    query strings in the access log, and a life of minutes. Raises HostRequestError.
    """
    answer = redirect(card_address(host, options, customer_id, language, now), code=303)
    assert isinstance(answer, Response)  # noqa: S101  (flask.redirect is annotated with werkzeug's base class)
    answer.set_data(b"")  # the stock body repeats the address, token included
    return private(answer)


def card_address(host: str, options: CardOptions, customer_id: str, language: str, now: datetime) -> str:
    """Write the card's address for one customer, with a short-lived token. Raises HostRequestError."""
    if customer_id in _NO_PATH_SEGMENTS:
        raise HostRequestError(host, "customer_id", language)
    token = mint(options.secret, customer_id, scopes=options.scopes, now=now, lifetime_seconds=options.token_seconds)
    query = {"token": token} | ({"lang": language} if language else {})
    return f"{options.public_url}/widget/customers/{quote(customer_id, safe='')}?{urlencode(query)}"


def private(answer: Response) -> Response:
    answer.headers.update(_PRIVATE)
    return answer


def language_of(text: str) -> str:
    """Turn a host's locale (`en_US`, `sv`, `de-AT`) into a language tag; empty where it is none."""
    tag = text.strip().replace("_", "-")
    return tag if tag and len(tag) <= 35 and tag.isascii() and tag.replace("-", "").isalnum() else ""  # noqa: PLR2004
