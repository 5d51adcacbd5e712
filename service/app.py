"""Wiring: the only place where adapters are chosen and options reach the parts."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Response, g, request

from service import lexicons
from service.clock import SystemClock
from service.lookup import Lookup
from service.netigate.client import NetigateClient
from service.netigate.transport import Transport, open_session
from service.store.connection import connect
from service.store.freshness import FreshnessRule
from service.store.keys import Keys, account_name
from service.store.redis_store import RedisStore, redis_store
from service.survey.scoring import Scorer
from service.sweep import Sweeper, SweepOptions
from service.web.auth import Gate, KeyRing
from service.web.catalogue import surveys_document
from service.web.health import health_blueprint
from service.web.openapi import spec_text
from service.web.problems import install_problems
from service.web.routes import OpaqueConverter, results_blueprint
from service.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock, Upstream
    from service.settings import Settings

REDIS_TIMEOUT = 0.25  # seconds; a reader is better served late by nobody than never
SWEEP_REDIS_TIMEOUT = 5.0
SWEEP_PATIENCE = 20.0  # seconds over which a sweep rides out a failover
_REQUEST_ID = re.compile(r"[\w.:/+=-]{1,128}", re.ASCII)


def freshness_rule(settings: Settings) -> FreshnessRule:
    return FreshnessRule(settings.sweep_interval_seconds, settings.fresh_for_seconds, settings.netigate_surveys)


def store_keys(settings: Settings) -> Keys:
    name = settings.netigate_account or settings.netigate_api_key or ""
    return Keys(account_name(settings.netigate_base_url, name))


def open_store(settings: Settings, clock: Clock, *, timeout: float, patience: float = 0.0) -> RedisStore:
    client = connect(settings.redis_url or "", timeout=timeout, patience=patience)
    return redis_store(client, store_keys(settings), clock)


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the web app is made of; tests hand in their own."""

    store: RedisStore
    rule: FreshnessRule
    keys: KeyRing
    clock: Clock


def web_parts(settings: Settings) -> WebParts:
    clock = SystemClock()
    store = open_store(settings, clock, timeout=REDIS_TIMEOUT)
    return WebParts(store, freshness_rule(settings), KeyRing(settings.api_keys), clock)


def build_web(parts: WebParts, describe: Callable[[], dict[str, Any]]) -> Flask:
    """The WSGI application."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # an ID may begin with a slash
    app.url_map.converters["opaque"] = OpaqueConverter
    app.config["MAX_CONTENT_LENGTH"] = 1 << 20
    lookup = Lookup(parts.store.reads, parts.rule, parts.clock)
    gate = Gate(parts.keys.caller)
    app.register_blueprint(results_blueprint(lookup, parts.rule, gate, describe))
    app.register_blueprint(health_blueprint(parts.store.control.swept, parts.rule, parts.clock, spec_text()))
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
    parts = web_parts(settings)
    reader = sweeper(settings, parts.store, upstream(settings, parts.clock), parts.clock)
    return build_web(parts, lambda: surveys_document(parts.store.control, parts.rule, parts.clock, reader.reading_of))


def upstream(settings: Settings, clock: Clock) -> Upstream:
    transport = Transport(open_session(settings.netigate_api_key or ""), settings.netigate_base_url, clock)
    return NetigateClient(transport, clock)


def sweeper(
    settings: Settings,
    store: RedisStore,
    source: Upstream,
    clock: Clock,
    stopping: Callable[[], bool] = lambda: False,
) -> Sweeper:
    options = SweepOptions(
        settings.netigate_customer_label, settings.netigate_contact_label, settings.sweep_overlap_seconds
    )
    return Sweeper(source, store, Scorer(lexicons.load()), options, clock, stopping=stopping)


def build_worker(settings: Settings, stopping: Callable[[], bool]) -> Worker:
    clock = SystemClock()
    store = open_store(settings, clock, timeout=SWEEP_REDIS_TIMEOUT, patience=SWEEP_PATIENCE)
    sweeps = sweeper(settings, store, upstream(settings, clock), clock, stopping)
    return Worker(sweeps.sweep, store.control, settings.netigate_surveys, settings.sweep_interval_seconds, clock)


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
