"""A card as a page: the reader's language, the template's helpers, and the headers that restrict the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request, url_for
from markupsafe import Markup

from service.survey.summary import iso
from service.widget import chart
from service.widget.card import figures
from service.widget.texts import MOST, choose
from service.widget.view import BANDS, Card, plain_card

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.widget.assets import Assets
    from service.widget.texts import Texts

RETRY_SECONDS = 10  # while the store is away
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Opened:
    """One request for a card: the card, its status, and the seconds until the token ends."""

    card: Card
    status: int
    expires_in: int | None = None


def texts_wanted(assets: Assets, *known: str) -> Texts:
    """Choose the reader's language: `known`, else `lang` in the URL, else what the browser accepts, else English."""
    # A weight of 0 means "not acceptable" (RFC 9110, 12.4.2).
    wishes = sorted((wish for wish in request.accept_languages if wish[1] > 0), key=lambda wish: -wish[1])
    return assets.texts[choose(assets.texts, [*known, request.args.get("lang", ""), *(tag for tag, _ in wishes)])]


def render_page(assets: Assets, opened: Opened, *, ancestors: tuple[str, ...]) -> Response:
    """Write the page of a card, with the headers that restrict it."""
    theme = request.args.get("theme")
    card = opened.card
    html = render_template(
        "widget/page.html",
        **card_context(assets),
        it=card,
        expired=plain_card("expired", card.texts, card.now),
        expires_in=opened.expires_in,
        theme=theme if theme in THEMES else None,
    )
    response = Response(html, opened.status)
    secure(response, ancestors=ancestors)
    response.headers["Content-Language"] = card.texts.locale
    response.headers["Vary"] = "Accept-Language"
    if opened.status == 503:  # noqa: PLR2004
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def card_context(assets: Assets) -> dict[str, Any]:
    """Gather what the card's template needs beside the card."""
    return {
        "icons": assets.icons,
        "bands": BANDS,
        "chart": chart,
        "chart_low": chart.low_zone,
        "details": figures.details,
        "most": MOST,
        "asset": lambda name: assets.base + url_for("widget.asset", name=name, v=assets.files[name].version),
        "instant": iso,
        "langattr": lang_attribute,
    }


def lang_attribute(answer: Mapping[str, Any]) -> Markup:
    """Write the `lang` attribute of an answer's own words, where their language is known (WCAG 3.1.2)."""
    language = answer.get("language")
    if not language or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
        return Markup()
    return Markup(' lang="{}"').format(language)


def secure(response: Response, *, ancestors: tuple[str, ...], extra: str = "") -> None:
    """Set the headers of a page: it loads nothing from elsewhere, only `ancestors` may frame it, no cache keeps it."""
    allowed = " ".join(ancestors) or "'none'"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"{extra}base-uri 'none'; form-action 'none'; frame-ancestors {allowed}"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
