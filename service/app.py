"""Wiring: the only place where adapters are chosen and options reach the parts."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Response, g, request

from service import parts
from service.clock import SystemClock
from service.lookup import Lookup
from service.web.auth import Gate, KeyRing
from service.web.catalogue import surveys_document
from service.web.changes import changes_blueprint
from service.web.health import health_blueprint
from service.web.openapi import spec_text
from service.web.problems import install_problems
from service.web.routes import OpaqueConverter, results_blueprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock
    from service.settings import Settings
    from service.store.freshness import FreshnessRule
    from service.store.redis_store import RedisStore

REDIS_TIMEOUT = 0.25  # seconds; a reader is better served late by nobody than never
_REQUEST_ID = re.compile(r"[\w.:/+=-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the web app is made of; tests hand in their own."""

    store: RedisStore
    rule: FreshnessRule
    keys: KeyRing
    clock: Clock


def web_parts(settings: Settings) -> WebParts:
    clock = SystemClock()
    store = parts.open_store(settings, clock, timeout=REDIS_TIMEOUT, patience=0)
    return WebParts(store, parts.freshness_rule(settings), KeyRing(settings.api_keys), clock)


def build_web(web: WebParts, describe: Callable[[], dict[str, Any]]) -> Flask:
    """The WSGI application."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # an ID may begin with a slash
    app.url_map.converters["opaque"] = OpaqueConverter
    app.config["MAX_CONTENT_LENGTH"] = 1 << 20
    lookup = Lookup(web.store.reads, web.rule, web.clock)
    gate = Gate(web.keys.caller)
    app.register_blueprint(results_blueprint(lookup, web.rule, gate, describe))
    app.register_blueprint(changes_blueprint(web.store.feed, gate, web.clock))
    app.register_blueprint(health_blueprint(web.store.control.swept, web.rule, web.clock, spec_text()))
    install_problems(app)
    _install_request_id(app)
    return app


def _install_request_id(app: Flask) -> None:
    @app.before_request
    def name_request() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)

    @app.after_request
    def tell_request(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response


def web_app(settings: Settings) -> Flask:
    web = web_parts(settings)
    sweeper = parts.sweep_parts(settings, web.store, parts.open_upstream(settings, web.clock), web.clock).sweeper
    return build_web(web, lambda: surveys_document(web.store.control, web.rule, web.clock, sweeper.reading_of))


def configure_logs() -> None:
    """One JSON line for each event, on standard error; never a value that a customer or Netigate gave."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
