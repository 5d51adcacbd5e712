"""Salesforce Canvas: a POST with `signed_request`, answered with the card.

Source: Salesforce's Canvas Developer Guide, "Verify and Decode a Signed Request" and "CanvasRequest".
The text is base64(HMAC-SHA256(context, consumer secret)), a period, and base64 of the JSON context. Canvas
documents no time that could bound a replay (`issuedAt` is for internal use), so our token's life is the bound.
The context holds the user's OAuth token: nothing of it is kept or told.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from service.crm.card import language_of, to_card
from service.crm.verify import HostRejectedError, bound, customer, hmac_sha256_base64, only, same

if TYPE_CHECKING:
    from service.crm.options import SalesforceOptions
    from service.ports import Clock

HOST = "salesforce"
PATH = "/crm/salesforce/card"
ALGORITHM = "HMACSHA256"
MAX_BODY = 256 * 1024  # bytes; a context with many record fields has some 10 kB
ID_LENGTH = 15  # the first characters of a Salesforce ID say it all; three more only guard its case


def salesforce_blueprint(options: SalesforceOptions, clock: Clock) -> Blueprint:
    """Serve POST /crm/salesforce/card, form field `signed_request`."""
    blueprint = Blueprint("crm_salesforce", __name__)

    @blueprint.post(PATH)
    def card() -> Response:
        bound(request, MAX_BODY)
        context = _verified_context(options, only(request.form, "signed_request"))
        where = options.customer_field
        customer_id = customer(HOST, _text(context, "environment", *where.split(".")), where)
        language = language_of(_text(context, "user", "language"))
        return to_card(HOST, options.card, customer_id, language, clock.now())

    return blueprint


def _verified_context(options: SalesforceOptions, signed_request: str) -> dict[str, Any]:
    if not signed_request:
        raise HostRejectedError(HOST, "missing")
    signature, separator, encoded = signed_request.partition(".")
    expected = hmac_sha256_base64(options.consumer_secret, encoded.encode("utf-8", "surrogatepass"))
    if not separator or not same(signature, expected):
        raise HostRejectedError(HOST, "signature")
    try:
        envelope = orjson.loads(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError) as error:
        raise HostRejectedError(HOST, "malformed") from error
    if _text(envelope, "algorithm").upper() != ALGORITHM:
        raise HostRejectedError(HOST, "malformed")
    organization = _text(envelope, "context", "organization", "organizationId")[:ID_LENGTH]
    if options.organization_id is not None and not same(organization, options.organization_id[:ID_LENGTH]):
        raise HostRejectedError(HOST, "account")
    return {"environment": _inner(envelope, "context", "environment"), "user": _inner(envelope, "context", "user")}


def _inner(document: object, *path: str) -> object:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _text(document: object, *path: str) -> str:
    """Read text or a whole number at a path; empty where there is none (a date or a list is no ID)."""
    value = _inner(document, *path)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
