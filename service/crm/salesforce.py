"""Salesforce Canvas: a POST with `signed_request`, answered with the card, or with a page that holds and renews it.

Source: Salesforce's Canvas Developer Guide, "Verify and Decode a Signed Request" and "CanvasRequest".
The text is base64(HMAC-SHA256(context, consumer secret)), a period, and base64 of the JSON context. Canvas
documents no time that could limit a replay (`issuedAt` is for internal use), so only our token's life limits it.
The context holds the user's OAuth token, which is neither kept nor passed on.
Salesforce is not notified when a card's token expires. So a page of ours in the canvas holds the card in a frame, is
notified by it, and asks Salesforce to post again (`Sfdc.canvas.client.repost`, "Requesting a Signed Request" of the
same guide).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Response, make_response, render_template, request

from service.crm.card import card_address, language_of, page_blueprint, private, to_card
from service.crm.options import SALESFORCE_ANCESTORS
from service.crm.verify import HostRejectedError, bound, customer, hmac_sha256_base64, only, same
from service.crm.words import load_words
from service.widget.texts import choose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service.crm.options import SalesforceOptions
    from service.ports import Clock

HOST = "salesforce"
PATH = "/crm/salesforce/canvas"  # the page that holds the card and renews it
CARD_PATH = "/crm/salesforce/card"  # the card alone, for set-ups that use this URL
ALGORITHM = "HMACSHA256"
MAX_BODY = 256 * 1024  # bytes; a context with many record fields has some 10 kB
ID_LENGTH = 15  # characters that identify; the 18-character form adds three that only guard upper and lower case
SDK_VERSION = "66.0"
_SALESFORCE_HOST = re.compile(r"[a-z0-9.-]+\.(salesforce|force)\.com")


@dataclass(frozen=True, slots=True)
class _Canvas:
    """What a verified request says. `instance`: the origin of the reader's Salesforce, empty if it names another."""

    customer_id: str
    language: str
    instance: str


def salesforce_blueprint(options: SalesforceOptions, clock: Clock) -> Blueprint:
    """Serve POST /crm/salesforce/canvas and /crm/salesforce/card, form field `signed_request`."""
    reload_words = {language: own["reload"] for language, own in load_words().items()}
    blueprint = page_blueprint(HOST)

    @blueprint.post(CARD_PATH)
    def card() -> Response:
        canvas = _verified(options)
        return to_card(HOST, options.card, canvas.customer_id, canvas.language, clock.now())

    @blueprint.post(PATH)
    def holding_page() -> Response:
        return _holding_page(options, _verified(options), clock.now(), reload_words)

    return blueprint


def _holding_page(
    options: SalesforceOptions, canvas: _Canvas, now: datetime, reload_words: Mapping[str, str]
) -> Response:
    language = choose(reload_words, [canvas.language])
    page = render_template(
        "crm/salesforce.html",
        card=card_address(HOST, options.card, canvas.customer_id, canvas.language, now),
        files=options.card.public_url + "/crm/salesforce/files",
        sdk=canvas.instance and f"{canvas.instance}/canvas/sdk/js/{SDK_VERSION}/canvas-all.js",
        language=language,
        reload=reload_words[language],
    )
    answer = private(make_response(page))
    answer.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {canvas.instance}".rstrip(),
            "style-src 'self'",
            "frame-src 'self'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors " + " ".join(SALESFORCE_ANCESTORS),
        )
    )
    return answer


def _verified(options: SalesforceOptions) -> _Canvas:
    bound(request, MAX_BODY)
    envelope = _verified_envelope(options, only(request.form, "signed_request"))
    language = language_of(_text(envelope, "context", "user", "language"))
    organization = _text(envelope, "context", "organization", "organizationId")[:ID_LENGTH]
    if options.organization_id is not None and not same(organization, options.organization_id[:ID_LENGTH]):
        raise HostRejectedError(HOST, "account", language)
    where = options.customer_field
    text = _text(envelope, "context", "environment", *where.split("."))
    return _Canvas(customer(HOST, text, where, language), language, _instance(envelope))


def _verified_envelope(options: SalesforceOptions, signed_request: str) -> object:
    if not signed_request:
        raise HostRejectedError(HOST, "missing")
    signature, separator, encoded = signed_request.partition(".")
    expected = hmac_sha256_base64(options.consumer_secret, encoded.encode("utf-8", "surrogatepass"))
    if not separator or not same(signature, expected):
        raise HostRejectedError(HOST, "signature")
    try:
        envelope: object = orjson.loads(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError) as error:
        raise HostRejectedError(HOST, "malformed") from error
    if _text(envelope, "algorithm").upper() != ALGORITHM:
        raise HostRejectedError(HOST, "malformed")
    return envelope


def _instance(envelope: object) -> str:
    """Find the origin that serves Canvas's script; empty if the request names one that is not Salesforce's."""
    try:
        address = urlsplit(_text(envelope, "client", "instanceUrl"))
    except ValueError:
        return ""
    host = address.hostname or ""
    return f"https://{host}" if address.scheme == "https" and _SALESFORCE_HOST.fullmatch(host) else ""


def _text(document: Any, *path: str) -> str:  # noqa: ANN401  (JSON)
    """Read text or a whole number at a path; empty where there is neither."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return str(document) if isinstance(document, str | int) and not isinstance(document, bool) else ""
