"""Errors in a host's sidebar: where it is a frame a small page in the card's words, else the host's own format.

A problem document forbids framing, so a sidebar would show a grey broken frame. The page holds no data about anybody;
what exactly was wrong is in the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import structlog
from flask import Flask, Response, g, request

from service.crm import salesforce, zendesk
from service.crm.card import private
from service.crm.options import SALESFORCE_ANCESTORS
from service.crm.pipedrive import route as pipedrive
from service.crm.verify import HostError, HostRejectedError, HostRequestError
from service.web.problems import CONTENT_TYPE, HOST_REJECTED, HOST_REQUEST, INTERNAL, problem_response
from service.widget.assets import load_assets
from service.widget.pages import Opened, render_page, texts_wanted
from service.widget.view import plain_card

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.crm.options import CrmOptions
    from service.ports import Clock
    from service.widget.assets import Assets
    from service.widget.options import WidgetOptions
    from service.widget.view import State

log = structlog.get_logger()

REJECTED, UNUSABLE = HOST_REJECTED.status, HOST_REQUEST.status
_OVER = frozenset({"expired", "timestamp"})  # only here does a reload help, since it sends a fresh request
LAPSED = "expired"  # said only of a token that the host has signed, so that it is no guess
KEPT = ("Allow", "Retry-After")
CARD = "/widget/customers/"


def install_refusals(app: Flask, options: CrmOptions, clock: Clock, card: WidgetOptions | None = None) -> None:
    """Answer every error under a host's routes, and the card's, as it can be shown there."""
    hosts = _hosts(options)
    framed = {f"/crm/{host}/": ancestors for host, ancestors in hosts.items()}
    if card:
        framed[CARD] = card.frame_ancestors
    assets = load_assets(card.public_url if card else None)

    def of_host(error: HostError) -> Response:
        log.warning("host_refused", host=error.host, reason=error.word)
        g.lapsed = error.word == LAPSED
        state, status = _state(error), UNUSABLE if isinstance(error, HostRequestError) else REJECTED
        if error.host in hosts:
            return _page(assets, clock, state, status, hosts[error.host], error.language)
        if error.host == pipedrive.HOST:
            return _panel_error(assets, state, status)
        return problem_response(HOST_REQUEST if isinstance(error, HostRequestError) else HOST_REJECTED)

    def shown(answer: Response) -> Response:
        """Put the page or the panel's error in place of a problem document, whatever part of the service made it."""
        if answer.mimetype != CONTENT_TYPE:
            return answer
        state: State = "unavailable" if answer.status_code >= INTERNAL.status else "invalid"
        ancestors = next((who for path, who in framed.items() if request.path.startswith(path)), None)
        if ancestors is not None:
            page = _page(assets, clock, state, answer.status_code, ancestors)
        elif options.pipedrive and request.path.startswith(pipedrive.PATH):
            page = _panel_error(assets, state, answer.status_code)
        else:
            return answer
        page.headers.update({name: answer.headers[name] for name in KEPT if name in answer.headers})
        return page

    app.register_error_handler(HostRejectedError, of_host)
    app.register_error_handler(HostRequestError, of_host)
    app.after_request(shown)


def _hosts(options: CrmOptions) -> Mapping[str, tuple[str, ...]]:
    """Hosts that frame our pages, each with who may frame a refusal: the host, and our own pages that hold the card."""
    hosts: dict[str, tuple[str, ...]] = {}
    if options.zendesk:
        hosts[zendesk.HOST] = ("'self'", options.zendesk.origin)
    if options.salesforce:
        hosts[salesforce.HOST] = ("'self'", *SALESFORCE_ANCESTORS)
    return hosts


def _state(error: HostError) -> State:
    if isinstance(error, HostRequestError):
        return "no_customer"
    return "expired" if isinstance(error, HostRejectedError) and error.code in _OVER else "invalid"


def _page(
    assets: Assets, clock: Clock, state: State, status: int, ancestors: tuple[str, ...], language: str = ""
) -> Response:
    texts = texts_wanted(assets, language)
    return render_page(assets, Opened(plain_card(state, texts, clock.now()), status), ancestors=ancestors)


def _panel_error(assets: Assets, state: State, status: int) -> Response:
    """Write an error as Pipedrive's panel shows it ("Panel error handling" of its "Adding a JSON panel")."""
    texts = texts_wanted(assets, (request.view_args or {}).get("language", ""))
    told = {"title": texts.words[f"state.{state}"], "subtitle": texts.words[f"state.{state}.text"]}
    return private(Response(orjson.dumps({"error": told}), status=status, mimetype="application/json"))
