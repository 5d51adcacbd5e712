"""HubSpot: the summary for a UI extension's `hubspot.fetch`, by request signature v3.

Source: developers.hubspot.com, "Validating requests" (v3) and "Fetching data for UI extensions".
HubSpot strips response headers and repeats a request that got a 5xx. So the body says everything, freshness and
failures included, and the status is 200 whenever the signature is good.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from service.crm.card import json_answer
from service.crm.states import read_summary
from service.crm.verify import HostRejectedError, bound, check_age, customer, hmac_sha256_base64, only, same

if TYPE_CHECKING:
    from datetime import datetime

    from service.crm.options import HubSpotOptions
    from service.ports import Clock, Summaries

HOST = "hubspot"
PATH = "/crm/hubspot/satisfaction"
SIGNATURE_HEADER = "X-HubSpot-Signature-v3"
TIMESTAMP_HEADER = "X-HubSpot-Request-Timestamp"
WINDOW_SECONDS = 300
MAX_BODY = 16 * 1024  # bytes; the extension's GET has none
MAX_QUERY = 4096  # bytes
MAX_SIGNATURE = 128  # characters; a good one has 44

# HubSpot decodes only these before it signs. %25 (the percent sign) stays, so %253A cannot become %3A.
_DECODED = re.compile(rb"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


def hubspot_blueprint(options: HubSpotOptions, summaries: Summaries, clock: Clock) -> Blueprint:
    """Serve GET /crm/hubspot/satisfaction?customer_id=… alone."""
    blueprint = Blueprint("crm_hubspot", __name__)

    @blueprint.get(PATH)
    def satisfaction() -> Response:
        _verify(options, clock.now())
        customer_id = customer(HOST, only(request.args, "customer_id"))
        return json_answer(read_summary(summaries, customer_id, comments=options.comments))

    return blueprint


def signed_text(method: str, address: bytes, body: bytes, timestamp: str) -> bytes:
    """Put together what HubSpot signs: method, address with some characters decoded, body, timestamp."""
    decoded = _DECODED.sub(lambda found: bytes.fromhex(found[1].decode()), address)
    return method.encode() + decoded + body + timestamp.encode()


def _verify(options: HubSpotOptions, now: datetime) -> None:
    signature = request.headers.get(SIGNATURE_HEADER, "")
    timestamp = request.headers.get(TIMESTAMP_HEADER, "")
    if not signature or not timestamp:
        raise HostRejectedError(HOST, "missing")
    if len(signature) > MAX_SIGNATURE or len(request.query_string) > MAX_QUERY:
        raise HostRejectedError(HOST, "size")
    check_age(HOST, timestamp, now, window_seconds=WINDOW_SECONDS)
    bound(request, MAX_BODY)
    # From the configured URL and our own route: the host that a proxy or a sender names is not trusted.
    address = (options.public_url + PATH).encode() + b"?" + request.query_string
    if request.get_data():
        # The signed text is one string: the end of a signed query, sent as a body, would still verify, and so ask for
        # another customer.
        raise HostRejectedError(HOST, "signature")
    text = signed_text(request.method, address, b"", timestamp)
    if not same(signature, hmac_sha256_base64(options.client_secret, text)):
        raise HostRejectedError(HOST, "signature")
    # HubSpot adds portalId to each request. If the extension's code adds another, there are two, and only() gives "".
    if options.portal_id is not None and not same(only(request.args, "portalId"), options.portal_id):
        raise HostRejectedError(HOST, "account")
