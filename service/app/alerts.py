"""Wiring of alerts: which destinations there are, and the parts that deliver to them."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

from service.alerts.delivery import Tools
from service.alerts.destinations import destinations
from service.alerts.feed_reading import Reading, Wanted
from service.alerts.messages.telling import languages
from service.alerts.sender import Sender
from service.alerts.watch import Watch
from service.widget.card.links import link

if TYPE_CHECKING:
    from service.alerts.destinations import Destination
    from service.options.settings import Settings
    from service.ports import Clock
    from service.store.redis_store import RedisStore


def alert_destinations(settings: Settings) -> list[Destination]:
    return destinations(
        settings.alert_urls,
        secrets=settings.alert_webhook_secret or (),
        speech=languages()[settings.alert_lang],
        link=partial(link, settings.contact_url),
    )


def alert_sender(settings: Settings, clock: Clock) -> Sender:
    return Sender(clock, proxies=settings.alert_proxy)


def alert_tools(settings: Settings, store: RedisStore, clock: Clock) -> Tools:
    sender = alert_sender(settings, clock)
    return Tools(store.alerts, _reading(settings, store), sender, store.counters, store.time, random.random)


def alert_watch(settings: Settings, store: RedisStore) -> Watch:
    return Watch([*settings.alert_urls], store.alerts, _reading(settings, store))


def _reading(settings: Settings, store: RedisStore) -> Reading:
    wanted = Wanted(settings.alert_kinds, settings.alert_max_score, settings.alert_comments)
    return Reading(store.feed, wanted)
