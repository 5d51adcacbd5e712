"""Answers to hosts' refused requests: for hosts with a frame a small page in the card's words, else the host's format.

A problem document forbids framing, so a sidebar would show a grey broken frame. The page holds no data about anybody;
what exactly was wrong is in the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import structlog
from flask import Flask, Response, request

from service.crm import salesforce, zendesk
from service.crm.card import private
from service.crm.options import SALESFORCE_ANCESTORS
from service.crm.pipedrive import route as pipedrive
from service.crm.verify import HostError, HostRejectedError, HostRequestError
from service.web.problems import HOST_REJECTED, HOST_REQUEST, http_problem, problem_response
from service.widget.assets import load_assets
from service.widget.pages import Opened, render_page, texts_wanted
from service.widget.view import plain_card

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.exceptions import HTTPException

    from service.crm.options import CrmOptions
    from service.ports import Clock
    from service.widget.assets import Assets
    from service.widget.view import State

log = structlog.get_logger()

REJECTED, UNUSABLE = HOST_REJECTED.status, HOST_REQUEST.status
_OVER = frozenset({"expired", "timestamp"})  # only here does a reload help, since it sends a fresh request
_HTTP_ERRORS = (405, 413)  # a GET, or too long a POST: a mistake in the set-up, which shows in the frame


def install_refusals(app: Flask, options: CrmOptions, clock: Clock) -> None:
    """Answer each host's refused requests as that host can show them."""
    framed = _framed(options)
    # A page links to the card's files, which are served wherever a host with a frame is on: it needs WIDGET_SECRET.
    assets = load_assets(_public_url(options)) if framed else None

    panel_assets = assets or load_assets()

    def of_host(error: HostError) -> Response:
        log.warning("host_refused", host=error.host, reason=error.word)
        state, status = _state(error), UNUSABLE if isinstance(error, HostRequestError) else REJECTED
        if assets and error.host in framed:
            return _page(assets, clock, state, status, framed[error.host], error.language)
        if error.host == pipedrive.HOST:
            return _panel_error(panel_assets, state, status)
        return problem_response(HOST_REQUEST if isinstance(error, HostRequestError) else HOST_REJECTED)

    def of_http(error: HTTPException) -> Response:
        host = next((host for host in framed if request.path.startswith(f"/crm/{host}/")), None)
        answer = http_problem(error)
        if assets is None or host is None:
            return answer
        page = _page(assets, clock, "invalid", answer.status_code, framed[host])
        if "Allow" in answer.headers:
            page.headers["Allow"] = answer.headers["Allow"]
        return page

    app.register_error_handler(HostRejectedError, of_host)
    app.register_error_handler(HostRequestError, of_host)
    for status in _HTTP_ERRORS:
        app.register_error_handler(status, of_http)


def _framed(options: CrmOptions) -> Mapping[str, tuple[str, ...]]:
    """Hosts that frame our pages, each with who may frame a refusal: the host, and our own pages that hold the card."""
    framed: dict[str, tuple[str, ...]] = {}
    if options.zendesk:
        framed[zendesk.HOST] = ("'self'", options.zendesk.origin)
    if options.salesforce:
        framed[salesforce.HOST] = ("'self'", *SALESFORCE_ANCESTORS)
    return framed


def _public_url(options: CrmOptions) -> str:
    host = options.zendesk or options.salesforce
    return host.card.public_url if host else ""


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
