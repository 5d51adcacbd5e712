"""The gallery: the card in all its states, languages and hosts' frames. Exists in demo mode only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, render_template, request, url_for

from service.widget.gallery_summaries import STATES, demo_summary
from service.widget.pages import RETRY_SECONDS, Opened, card_context, render_page, secure, texts_wanted
from service.widget.tokens import mint
from service.widget.view import Manner, card_of, plain_card

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Blueprint

    from service import ports
    from service.widget.assets import Assets
    from service.widget.options import WidgetOptions

LIVE_CUSTOMER = "C-1001"  # of the stand-in Netigate's data
GALLERY = Manner(contact_url="https://crm.example.com/contacts/{contact_id}")
STATUS = {"unavailable": 503, "expired": 401, "invalid": 401, "no_customer": 422}
SHOWN = (*STATES, "no_customer")  # the last one only occurs in a CRM's frame, never on the page or component
# Host, what it calls the place, and the state shown there. The frames are mock-ups, not the hosts' own looks.
# HubSpot and Pipedrive have none: they draw our data in their own way.
HOSTS = (
    ("Zendesk", "Ticket · apps", "very_dissatisfied"),
    ("Salesforce", "Account · canvas", "stale"),
    ("Dynamics 365", "Account · form", "dissatisfied"),
    ("SuperOffice", "Company card · web panel", "very_satisfied"),
    ("Freshworks", "Account · app", "no_score"),
    ("Lime CRM", "Company · card", "never"),
)


def _live_token(options: WidgetOptions, now: datetime) -> str:
    scopes = ["results", "comments"]
    return mint(options.secret, LIVE_CUSTOMER, scopes=scopes, now=now, lifetime_seconds=options.token_seconds)


def add_demo(blueprint: Blueprint, assets: Assets, options: WidgetOptions, clock: ports.Clock) -> None:
    """Add the gallery's routes. Cards come from invented summaries; one live component reads the demo's own API."""

    @blueprint.get("/demo")
    def gallery() -> Response:
        html = render_template(
            "widget/gallery.html",
            **card_context(assets),
            states=SHOWN,
            hosts=HOSTS,
            languages=sorted(assets.texts.values(), key=lambda texts: texts.words["name"]),
            live_customer=LIVE_CUSTOMER,
            live_token=_live_token(options, clock.now()),
            base=assets.base,
            script=assets.base + url_for("widget.embed", v=assets.files["embed.js"].version),
            address=(options.public_url or request.host_url).rstrip("/"),
        )
        response = Response(html)
        secure(response, ancestors=(), extra="frame-src 'self'; ")
        return response

    @blueprint.get("/demo/card")
    def demo_card() -> Response:
        state, texts, now = request.args.get("state", "very_dissatisfied"), texts_wanted(assets), clock.now()
        if state not in SHOWN:
            abort(404)
        summary = demo_summary(state, now)
        if summary is not None:
            return render_page(
                assets, Opened(card_of(summary, texts, now, ready=True, manner=GALLERY), 200), ancestors=("'self'",)
            )
        refresh = RETRY_SECONDS if state == "unavailable" else None
        opened = Opened(plain_card(state, texts, now, refresh), STATUS[state])  # type: ignore[arg-type]
        return render_page(assets, opened, ancestors=("'self'",))
