"""Wiring: the only place where adapters are chosen and options reach the parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from flask import Flask

from service import parts
from service.clock import SystemClock
from service.lookup import Lookup
from service.web.access_log import install_access_log
from service.web.auth import Gate, KeyRing
from service.web.catalogue import UnmappedCount, surveys_document
from service.web.changes import changes_blueprint
from service.web.docs import docs_blueprint
from service.web.headers import install_headers
from service.web.health import health_blueprint
from service.web.limits import Limiter
from service.web.metrics import AccountFigures, HttpFigures, metrics_blueprint
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


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the web app is made of; tests hand in their own."""

    store: RedisStore
    rule: FreshnessRule
    keys: KeyRing
    clock: Clock
    limiter: Limiter | None = None
    unmapped: Callable[[], dict[int, int]] = dict


def web_parts(settings: Settings) -> WebParts:
    clock = SystemClock()
    store = parts.open_store(settings, clock, timeout=REDIS_TIMEOUT, patience=0)
    limiter = Limiter(store.permits, clock, limit=settings.rate_limit, processes=settings.web_concurrency)
    return WebParts(store, parts.freshness_rule(settings), KeyRing(settings.api_keys), clock, limiter)


def build_web(web: WebParts, describe: Callable[[], dict[str, Any]]) -> Flask:
    """The WSGI application."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # an ID may begin with a slash
    app.url_map.converters["opaque"] = OpaqueConverter
    figures = HttpFigures()
    install_access_log(app, web.clock, figures.measure)  # first in, last out
    install_headers(app)
    lookup = Lookup(web.store.reads, web.rule, web.clock)
    gate = Gate(web.keys.caller, web.limiter.admit) if web.limiter else Gate(web.keys.caller)
    app.register_blueprint(results_blueprint(lookup, web.rule, gate, describe))
    app.register_blueprint(changes_blueprint(web.store.feed, gate, web.clock))
    app.register_blueprint(health_blueprint(web.store.control.swept, web.rule, web.clock, spec_text()))
    app.register_blueprint(docs_blueprint())
    account = AccountFigures(web.store.facts.read, web.rule.surveys, web.clock, unmapped=web.unmapped)
    app.register_blueprint(metrics_blueprint(figures, account, version("netigate-results")))
    install_problems(app)
    return app


def web_app(settings: Settings) -> Flask:
    web = web_parts(settings)
    upstream = parts.open_upstream(settings, web.clock, web.store.tally)
    sweeper = parts.sweep_parts(settings, web.store, upstream, web.clock).sweeper
    web = replace(web, unmapped=UnmappedCount(web.store.control, web.rule, web.clock, sweeper.reading_of).count)
    return build_web(web, lambda: surveys_document(web.store.control, web.rule, web.clock, sweeper.reading_of))
