"""The card over HTTP: the page for iframes, the web component, and the files of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, g, request
from werkzeug.routing import BaseConverter

from service.survey.errors import StoreError
from service.survey.identity import clean_id
from service.widget.assets import load_assets
from service.widget.gallery import add_demo
from service.widget.pages import RETRY_SECONDS, Opened, render_page, texts_wanted
from service.widget.texts import choose
from service.widget.tokens import Claims, TokenError, verify
from service.widget.view import Manner, card_of, plain_card

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from service import ports
    from service.widget.assets import Asset, Assets
    from service.widget.options import WidgetOptions
    from service.widget.texts import Texts

ASSET_SECONDS = 3600
SCOPE = "results"


class CustomerIdConverter(BaseConverter):
    """An ID in a path, as in the API: any text, also with a slash at its start or a line break in it."""

    regex = "(?s:.+?)"
    part_isolating = False


def widget_blueprint(
    options: WidgetOptions, summaries: ports.Summaries, clock: ports.Clock, *, ready: Callable[[], bool]
) -> Blueprint:
    """Make the card's routes. `ready`: whether every survey was read once; before, "no answer" may not be true."""
    assets = load_assets(options.public_url, Manner(options.contact_url, options.old_after_days))
    blueprint = Blueprint("widget", __name__, template_folder="templates")
    blueprint.record(lambda state: state.app.url_map.converters.update(customer_id=CustomerIdConverter))
    _assets(blueprint, assets)

    @blueprint.get("/widget/customers/<customer_id:customer_id>")
    def page(customer_id: str) -> Response:
        texts = texts_wanted(assets)
        opened = _open(options, summaries, clock.now(), customer_id, texts=texts, ready=ready, manner=assets.manner)
        return render_page(assets, opened, ancestors=options.frame_ancestors)

    if options.demo:
        add_demo(blueprint, assets, options, clock)
    return blueprint


def _open(
    options: WidgetOptions,
    summaries: ports.Summaries,
    now: datetime,
    customer_id: str,
    *,
    texts: Texts,
    ready: Callable[[], bool],
    manner: Manner,
) -> Opened:
    """Open the card for a token. A refusal is the same page whether or not the customer exists."""
    try:
        claims = _claims(options, customer_id, now)
    except TokenError as error:
        g.lapsed = error.code == "expired"
        return Opened(plain_card(error.code, texts, now), 401)
    expires_in = max(1, int((claims.expires_at - now).total_seconds()))
    try:
        summary = summaries.summary(claims.customer_id, comments="comments" in claims.scopes)
    except StoreError:
        return Opened(plain_card("unavailable", texts, now, RETRY_SECONDS), 503, expires_in)
    return Opened(card_of(summary, texts, now, ready=ready(), manner=manner), 200, expires_in)


def _claims(options: WidgetOptions, customer_id: str, now: datetime) -> Claims:
    claims = verify(request.args.get("token", ""), options.secret, now=now)
    if claims.customer_id != clean_id(customer_id) or SCOPE not in claims.scopes:
        raise TokenError("invalid")
    return claims


def _assets(blueprint: Blueprint, assets: Assets) -> None:
    @blueprint.get("/embed.js")
    def embed() -> Response:
        return _public(assets.files["embed.js"])

    @blueprint.get("/widget/<name>")
    def asset(name: str) -> Response:
        return _public(assets.files[name]) if name in assets.files else abort(404)

    @blueprint.get("/widget/kit/<customer_id:tag>.json")
    def bundle(tag: str) -> Response:
        return _public(assets.bundles[choose(assets.texts, [tag])])


def _public(asset: Asset) -> Response:
    response = Response(asset.body, mimetype=None, content_type=asset.mime)
    response.set_etag(asset.version)
    response.headers["Cache-Control"] = f"public, max-age={ASSET_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.make_conditional(request)  # in place
    return response
