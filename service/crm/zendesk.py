"""Zendesk: the signed address of an app (POST with `token`, a JWT by RS256), answered with the card.

Source: Zendesk's "Authenticating Zendesk in your server-side app". The token says which installation and which
agent, but not which ticket: only the browser knows that. So the first answer is a page that asks Zendesk's framework
for the organization and posts its ID back with the same token, which is verified again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, render_template, request

from service.crm.card import language_of, page_blueprint, private, to_card
from service.crm.verify import bound, customer, jwt_claims, only
from service.crm.words import load_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.crm.options import ZendeskOptions
    from service.ports import Clock

HOST = "zendesk"
PATH = "/crm/zendesk/card"
MAX_BODY = 32 * 1024  # bytes
FRAMEWORK = "https://static.zdassets.com"


def zendesk_blueprint(options: ZendeskOptions, clock: Clock) -> Blueprint:
    """Serve POST /crm/zendesk/card (`token`, then also `customer_id` and `lang`), and the files of its page."""
    languages = load_words().items()
    words = {
        "missing": {language: own["no_customer"] for language, own in languages},
        "reload": {language: own["reload"] for language, own in languages},
    }
    blueprint = page_blueprint(HOST)

    @blueprint.post(PATH)
    def card() -> Response:
        bound(request, MAX_BODY)
        token = only(request.form, "token")
        now = clock.now()
        claims = jwt_claims(
            HOST, token, options.public_key, algorithm="RS256", now=now, audience=options.audience, window_seconds=None
        )
        if "customer_id" not in request.form:
            return _asking_page(options, token, claims["exp"], words)
        language = language_of(only(request.form, "lang"))
        customer_id = customer(HOST, only(request.form, "customer_id"), language=language)
        return to_card(HOST, options.card, customer_id, language, now)

    return blueprint


def _asking_page(
    options: ZendeskOptions, token: str, expires: float, words: Mapping[str, Mapping[str, str]]
) -> Response:
    base = options.card.public_url
    page = render_template(
        "crm/zendesk.html",
        action=base + PATH,
        files=base + "/crm/zendesk/files",
        framework=FRAMEWORK,
        token=token,
        expires=int(expires),
        field=options.customer_field,
        words=words,
    )
    answer = private(make_response(page))
    answer.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {FRAMEWORK}",
            "style-src 'self'",
            "frame-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {options.origin}",
        )
    )
    return answer
