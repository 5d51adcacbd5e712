"""The command `purge`: erases at once, and says what was removed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from service.app.parts import keep_out_file, keeper, open_store
from service.cache.local_cache import HOT_SECONDS
from service.clock import SystemClock
from service.process import embedded_server as embedded
from service.store.filing.eraser import PURGE_TOMBSTONE_SECONDS, Receipt
from service.survey.errors import DamagedValueError
from service.survey.identity import clean_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from service.options.settings import Settings
    from service.ports import Clock
    from service.store.redis_store import RedisStore

T = TypeVar("T")
LEASE_SECONDS = 10.0
LEASE_TRIES, LEASE_WAIT = 50, 0.2  # a first sweep may hold its lease for longer; the reconcile repairs what is missed


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be erased: exactly one of the first four. Raises ValueError otherwise."""

    customer: str | None
    respondent: int | None
    survey: int | None
    everything: bool
    account: str | None = None  # another account's data
    others: bool = False  # every other account's

    def __post_init__(self) -> None:
        named = [self.customer is not None, self.respondent is not None, self.survey is not None, self.everything]
        if sum(named) != 1:
            raise ValueError("Name exactly one of --customer, --respondent, --survey, --all.")
        if (self.account is not None or self.others) and not self.everything:
            raise ValueError("--account and --others go with --all.")
        if self.account is not None and self.others:
            raise ValueError("Name one account, or --others.")
        if self.customer is not None and clean_id(self.customer) is None:
            raise ValueError("--customer must be 1-200 characters.")

    @property
    def customer_id(self) -> str:
        return clean_id(self.customer or "") or ""

    @property
    def whom(self) -> tuple[str, str] | None:
        """The customer or respondent that is kept out, or let in again."""
        if self.customer is not None:
            return "customer", self.customer_id
        return None if self.respondent is None else ("respondent", str(self.respondent))


def running_store(settings: Settings, clock: Clock) -> RedisStore:
    """The store at REDIS_URL, else in the embedded server of the service that runs on this machine."""
    if settings.redis_url is None:
        settings = replace(settings, redis_url=embedded.url(embedded.socket_path(settings.data_dir.resolve())))
    return open_store(settings, clock, patience=0)


def purge_target(settings: Settings, target: Target, *, lift: bool) -> str:
    """Erase, or let in again. Returns the receipt as a line of JSON. Raises ValueError, StoreError."""
    clock = SystemClock()
    store = running_store(settings, clock)
    if lift:
        lifted = _whole(store, lambda: _lift(store, target))
        if lifted:
            _read_again(store, settings.netigate_surveys, clock)
        return orjson.dumps({"lifted": lifted}).decode()
    # Before anything is erased: else a sweep could bring the data back meanwhile.
    kept_out = _keep_out(settings, store, target)
    if target.everything and (target.others or target.account):
        receipt = _erase_others(settings, store, target, clock)
    else:
        receipt = asdict(_whole(store, lambda: _erase(settings, store, target))) | kept_out
    if target.everything:
        receipt["others"] = [other.document for other in store.accounts.others()]
    receipt["file_rewritten"] = store.append_only.rewrite()
    if target.survey in settings.netigate_surveys:
        _read_again(store, [target.survey], clock)
    # After this wait no process serves an old copy, so the receipt is true when it is printed.
    clock.sleep(HOT_SECONDS)
    return orjson.dumps(receipt).decode()


def _whole(store: RedisStore, act: Callable[[], T]) -> T:
    """Act; if it meets a damaged value, repair and try again. Raises DamagedValueError if that did not help."""
    try:
        return act()
    except DamagedValueError:
        store.repair.run()
        return act()


def _keep_out(settings: Settings, store: RedisStore, target: Target) -> dict[str, Any]:
    """Keep a customer or respondent out. Returns the receipt's entry: whether this is on disk."""
    if target.whom is None:
        return {}
    store.eraser.keep_outs.add(*target.whom)
    return {"kept_out": {"on_disk": keeper(settings, store).hold() or store.append_only.synced(store.keys.kept_out)}}


def _erase_others(settings: Settings, store: RedisStore, target: Target, clock: Clock) -> dict[str, Any]:
    """Erase other accounts' data: of the one named, or of all that no worker sweeps. Raises ValueError."""
    found = store.accounts.others()
    chosen = [o for o in found if o.name == target.account or (target.others and not o.in_use)]
    if target.account is not None and not chosen:
        known = ", ".join(other.name for other in found) or "none"
        raise ValueError(f"--account: nothing of it is stored here; other accounts found: {known}.")
    receipt = Receipt()
    for other in chosen:
        receipt.add(open_store(settings, clock, patience=0, account=other.name).eraser.everything())
    return asdict(receipt) | {"erased": [other.name for other in chosen]}


def _erase(settings: Settings, store: RedisStore, target: Target) -> Receipt:
    if target.everything:
        file = keep_out_file(settings)
        if file:
            file.remove()
        return store.eraser.everything()
    if target.survey is not None:
        return store.eraser.survey(target.survey)
    if target.respondent is not None:
        return store.eraser.respondent(target.respondent)
    return store.eraser.customer(target.customer_id)


def _lift(store: RedisStore, target: Target) -> bool:
    if target.whom is None:
        raise ValueError("--lift goes with --customer or --respondent.")
    return store.eraser.keep_outs.lift(*target.whom)


def _read_again(store: RedisStore, surveys: Iterable[int], clock: Clock) -> None:
    """Have surveys swept from the first page: what was kept out is older than the watermark."""
    clock.sleep(PURGE_TOMBSTONE_SECONDS)  # an earlier sweep would skip whatever still has a tombstone
    for survey in surveys:
        # Under the lease, so between two sweeps: one under way would overwrite this with its own state.
        token = None
        for _ in range(LEASE_TRIES):
            token = store.control.take_lease(survey, LEASE_SECONDS)
            if token:
                break
            clock.sleep(LEASE_WAIT)
        store.control.set_state(survey, replace(store.control.state(survey), filled=None, page=0))
        if token:
            store.control.keep_lease(survey, token, 0)
