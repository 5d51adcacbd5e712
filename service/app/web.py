"""Wiring of the web process: the only place where the parts that face HTTP get their options."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from importlib.metadata import version
from math import inf
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from service.app import parts
from service.app.alerts import alert_watch
from service.app.guarded_leases import GuardedLeases
from service.cache.circuit_breaker import CircuitBreaker
from service.cache.local_cache import LocalCache
from service.cache.lookup import Lookup
from service.clock import SystemClock
from service.crm.options import CrmOptions
from service.observability.tracing import traced_requests, tracer
from service.survey.errors import StoreError
from service.sweeping.codebooks import Labels, read
from service.web.api.catalogue import Catalogues, surveys_blueprint
from service.web.api.changes import changes_blueprint
from service.web.api.fast_path import FastPath
from service.web.api.results import OpaqueConverter, results_blueprint
from service.web.api.scales import scales_blueprint
from service.web.api.updates import updates_blueprint
from service.web.application import DocumentApp
from service.web.auth import Authorizer, Caller, KeyRing
from service.web.contract.docs_page import docs_blueprint
from service.web.contract.openapi import spec_text
from service.web.cors import install_cors
from service.web.headers import install_headers
from service.web.mcp.inner import InnerRoutes
from service.web.mcp.routes import McpOptions, Server, mcp_blueprint
from service.web.operations.access_log import AccessLog, install_access_log
from service.web.operations.account_figures import AccountFigures
from service.web.operations.health import Readiness, health_blueprint
from service.web.operations.metrics import HttpFigures, metrics_blueprint
from service.web.problems import TokenExpiredError, install_problems, install_refusal_limit
from service.web.rate_limit import RateLimiter, RefusalLimit
from service.widget.options import WidgetOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from service.cache.freshness import FreshnessRule
    from service.cache.single_flight import ReadThrough
    from service.options.settings import Settings
    from service.ports import Clock
    from service.store.alerts.delivery_states import Backlog
    from service.store.redis_store import RedisStore
    from service.survey.scoring.scorer import Scorer


@dataclass(frozen=True, slots=True)
class WebParts:
    """The parts of the web app; tests pass their own."""

    store: RedisStore
    rule: FreshnessRule
    keys: KeyRing
    clock: Clock
    scorer: Scorer
    labels: Labels
    breaker: CircuitBreaker | None = None
    limiter: RateLimiter | None = None
    writes: Callable[[], str | None] = lambda: None  # why the store takes no writes
    evicts: Callable[[], str | None] = lambda: None  # by which policy the store drops keys
    reconcile_interval: float = inf  # seconds
    refusals: RefusalLimit | None = None
    through: ReadThrough | None = None
    budget: float = 0.0
    watch: bool = False  # look for erasures from a thread
    widget: WidgetOptions | None = None
    crm: CrmOptions = field(default_factory=CrmOptions)
    mcp: McpOptions | None = None
    draining: Callable[[], bool] = lambda: False
    threads: int = 8  # of each process
    alerts: Callable[[], Sequence[Backlog]] = tuple  # what was not yet delivered, by destination


def web_parts(settings: Settings) -> WebParts:
    clock = SystemClock()
    store = parts.open_store(settings, clock, timeout=settings.redis_timeout_seconds, patience=0)
    breaker = CircuitBreaker(clock)
    leases = GuardedLeases(parts.open_leases(settings), breaker)
    writes, eviction = parts.store_probes(settings, clock)
    return WebParts(
        store,
        parts.freshness_rule(settings),
        KeyRing(settings.api_keys),
        clock,
        parts.open_scorer(settings),
        Labels(settings.netigate_customer_label, settings.netigate_contact_label, settings.netigate_contact_name_label),
        breaker=breaker,
        limiter=RateLimiter(leases, clock, limit=settings.rate_limit, processes=settings.web_concurrency),
        writes=writes.refused,
        evicts=eviction.policy,
        reconcile_interval=settings.reconcile_interval_seconds,
        refusals=RefusalLimit(clock) if settings.rate_limit else None,
        through=parts.read_through(
            settings, clock, lambda respondent: breaker.call(lambda: store.fetches.last(respondent))
        ),
        budget=settings.read_budget_seconds,
        watch=True,
        widget=widget_options(settings),
        crm=settings.crm,
        mcp=McpOptions(settings.mcp_comments, settings.public_url) if settings.mcp else None,
        threads=settings.web_threads,
        alerts=alert_watch(settings, store).backlogs,
        draining=settings.drain_mark.exists if settings.drain_mark else lambda: False,
    )


def widget_options(settings: Settings) -> WidgetOptions | None:
    if settings.widget_secret is None:
        return None
    return WidgetOptions(
        secret=settings.widget_secret,
        frame_ancestors=settings.widget_frame_ancestors,
        origins=settings.widget_origins,
        token_seconds=settings.widget_token_seconds,
        public_url=settings.public_url,
        demo=settings.demo,
        contact_url=settings.contact_url,
        old_after_days=settings.old_after_days,
    )


def build_web(web: WebParts) -> Flask:
    """The WSGI application."""
    app = DocumentApp(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # an ID may begin with a slash
    app.url_map.converters["opaque"] = OpaqueConverter
    app.readers = BoundedSemaphore(max(1, web.threads // 2))
    figures = HttpFigures()
    access = AccessLog(web.clock, traced_requests(figures.measure, tracer()))
    install_access_log(app, access)  # installed first, so that it runs last on a response
    install_headers(app)
    breaker = web.breaker or CircuitBreaker(web.clock)
    copies = LocalCache(breaker, web.store.control.swept, web.clock, watch=web.watch)
    time = web.store.time
    lookup = Lookup(web.store.reads, web.rule, time, copies, through=web.through, budget=web.budget)
    release = version("netigate-results")
    catalogues = Catalogues(web.store.control, web.rule, time, lambda stored: read(stored, web.scorer, web.labels))
    authorizer = Authorizer(_identify(web), web.limiter.admit) if web.limiter else Authorizer(_identify(web))
    app.express = FastPath(authorizer, lookup, web.rule, access)
    app.register_blueprint(results_blueprint(lookup, web.rule, authorizer))
    app.register_blueprint(surveys_blueprint(catalogues, authorizer, breaker))
    app.register_blueprint(changes_blueprint(web.store.feed, web.store.standing, authorizer, time, breaker))
    app.register_blueprint(updates_blueprint(web.store.updates, lookup, web.rule, authorizer, breaker))
    app.register_blueprint(
        scales_blueprint(web.scorer, catalogues.codebooks, web.store.reads.unmapped, authorizer, breaker)
    )
    app.register_blueprint(health_blueprint(_readiness(web, breaker), spec_text(), release))
    app.register_blueprint(docs_blueprint())
    app.register_blueprint(metrics_blueprint(figures, _account_figures(web, catalogues), release))
    _install_doors(app, web, lookup, breaker, authorizer)
    install_problems(app)
    if web.refusals:
        install_refusal_limit(app, web.refusals)
    return app


def _readiness(web: WebParts, breaker: CircuitBreaker) -> Readiness:
    return Readiness(
        web.store.control,
        web.rule,
        web.store.time,
        breaker,
        web.store.lists,
        writes=web.writes,
        evicts=web.evicts,
        draining=web.draining,
        reconcile_interval=web.reconcile_interval,
        alerts=web.alerts,
    )


def _account_figures(web: WebParts, catalogues: Catalogues) -> AccountFigures:
    return AccountFigures(
        web.store.stats.read,
        web.rule.surveys,
        web.store.time,
        doubted=catalogues.doubted,
        met=web.store.reads.unmapped,
        alerts=web.alerts,
    )


def _install_doors(app: Flask, web: WebParts, lookup: Lookup, breaker: CircuitBreaker, authorizer: Authorizer) -> None:
    """Install the routes of the card, the CRM hosts and assistants, as far as they are on.

    Card and hosts are imported only where they are on: they need PyJWT, and with it cryptography, which take 10 MB.
    """
    card = None
    if web.widget:
        from service.widget.routes import widget_blueprint  # noqa: PLC0415

        card = replace(web.widget, frame_ancestors=(*web.widget.frame_ancestors, *web.crm.card_ancestors))
        app.register_blueprint(widget_blueprint(card, lookup, web.clock, ready=lambda: _swept(web, breaker)))
        install_cors(app, card.origins)
    if web.crm != CrmOptions():
        from service.crm.hosts import crm_blueprints  # noqa: PLC0415

        for blueprint in crm_blueprints(web.crm, lookup, web.clock):
            app.register_blueprint(blueprint)
    if card or web.crm != CrmOptions():
        from service.crm.refusals import install_refusals  # noqa: PLC0415

        install_refusals(app, web.crm, web.clock, card)
    if web.mcp:
        server = Server(web.mcp, InnerRoutes(app), version("netigate-results"))
        app.register_blueprint(mcp_blueprint(web.mcp, server, authorizer))


def _swept(web: WebParts, breaker: CircuitBreaker) -> bool:
    """Whether all surveys were read, so that "no answer" is true. With the store away the card says that instead."""
    try:
        found = breaker.call(web.store.control.swept)
    except StoreError:
        return True
    return all(survey in found or survey in found.held for survey in web.rule.surveys)


def _identify(web: WebParts) -> Callable[[str], Caller | None]:
    """A caller by key, else by a card's token. Raises TokenExpiredError."""
    widget = web.widget
    if widget is None:
        return web.keys.caller
    from service.widget.tokens import TokenError, verify  # noqa: PLC0415  (as in _install_doors)

    def identify(credential: str) -> Caller | None:
        caller = web.keys.caller(credential)
        if caller is not None or credential.count(".") != 2:  # noqa: PLR2004  (a JWT has three parts)
            return caller
        try:
            claims = verify(credential, widget.secret, now=web.clock.now())
        except TokenError as error:
            if error.code == "expired":
                raise TokenExpiredError from None
            return None
        return Caller("card", claims.scopes, claims.customer_id)

    return identify
