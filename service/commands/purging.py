"""The command `purge`: erases at once, and says what was removed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import orjson

from service.app.parts import open_store
from service.cache.local_cache import HOT_SECONDS
from service.clock import SystemClock
from service.process import embedded_server as embedded
from service.store.filing.eraser import PURGE_TOMBSTONE_SECONDS
from service.survey.identity import clean_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.options.settings import Settings
    from service.ports import Clock
    from service.store.filing.eraser import Receipt
    from service.store.redis_store import RedisStore

LEASE_SECONDS = 10.0
LEASE_TRIES, LEASE_WAIT = 50, 0.2  # a first sweep may hold its survey for longer; the reconcile mends what it misses


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be erased: exactly one of these. Raises ValueError otherwise."""

    customer: str | None
    respondent: int | None
    survey: int | None
    everything: bool

    def __post_init__(self) -> None:
        named = [self.customer is not None, self.respondent is not None, self.survey is not None, self.everything]
        if sum(named) != 1:
            raise ValueError("Name exactly one of --customer, --respondent, --survey, --all.")
        if self.customer is not None and clean_id(self.customer) is None:
            raise ValueError("--customer must be 1-200 characters.")

    @property
    def customer_id(self) -> str:
        return clean_id(self.customer or "") or ""


def purge_target(settings: Settings, target: Target, *, lift: bool) -> str:
    """Erase, or let in again; the receipt as a line of JSON. Raises ValueError, StoreAwayError."""
    if settings.redis_url is None:
        # The embedded server of a running service on this machine.
        settings = replace(settings, redis_url=embedded.url(embedded.socket_path(settings.data_dir.resolve())))
    clock = SystemClock()
    store = open_store(settings, clock, patience=0)
    if lift:
        lifted = _lift(store, target)
        if lifted:
            _read_again(store, settings.netigate_surveys, clock)
        return orjson.dumps({"lifted": lifted}).decode()
    receipt = orjson.dumps(_erase(store, target)).decode()
    if target.survey in settings.netigate_surveys:
        _read_again(store, [target.survey], clock)
    # No process gives a copy of before any more when the receipt is out.
    clock.sleep(HOT_SECONDS)
    return receipt


def _erase(store: RedisStore, target: Target) -> Receipt:
    if target.everything:
        return store.eraser.everything()
    if target.survey is not None:
        return store.eraser.survey(target.survey)
    if target.respondent is not None:
        return store.eraser.respondent(target.respondent)
    return store.eraser.customer(target.customer_id)


def _lift(store: RedisStore, target: Target) -> bool:
    if target.customer is None and target.respondent is None:
        raise ValueError("--lift goes with --customer or --respondent.")
    if target.customer is not None:
        return store.eraser.lift("customer", target.customer_id)
    return store.eraser.lift("respondent", str(target.respondent))


def _read_again(store: RedisStore, surveys: Iterable[int], clock: Clock) -> None:
    """Have surveys swept from the first page: what was kept out meanwhile is behind the watermark."""
    clock.sleep(PURGE_TOMBSTONE_SECONDS)  # a sweep before the tombstones are gone would pass over what lies in them
    for survey in surveys:
        # Between two sweeps: one under way would write what it remembers over this.
        token = None
        for _ in range(LEASE_TRIES):
            token = store.control.take_lease(survey, LEASE_SECONDS)
            if token:
                break
            clock.sleep(LEASE_WAIT)
        store.control.set_state(survey, replace(store.control.state(survey), filled=None, page=0))
        if token:
            store.control.keep_lease(survey, token, 0)
