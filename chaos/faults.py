"""The faults: what is done to the service, and how it is undone."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chaos.answers import UNKNOWN
from chaos.places import clustered, plain, sentineled
from service.store.key_families import BY_NAME
from service.store.keys import Keys, account_name
from tests.support.damage import damage

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from chaos.places import Place

DAMAGE = "cut short"
Act = Callable[["Place"], None]


def _nothing(_place: Place) -> None:
    return None


@dataclass(frozen=True)
class Fault:
    """`goal` is what must hold.

    `same`: no failure, and a p99 as when healthy. `copies`: no failure for customers of whom processes have a copy.
    `unknown`: only answers without an age, which say that nothing is known.
    """

    name: str
    begin: Act
    end: Act = _nothing
    goal: str = "same"
    where: Callable[[], AbstractContextManager[Place]] = plain
    in_short: bool = True


def _upstream(kind: str, **details: Any) -> Act:  # noqa: ANN401  (as the simulator takes them)
    def begin(place: Place) -> None:
        place.netigate.fault(kind, **details)

    return begin


def _lift(place: Place) -> None:
    place.netigate.lift()


def _stop_upstream(place: Place) -> None:
    place.netigate.stop()


def _start_upstream(place: Place) -> None:
    place.netigate.restart()


def _store(act: str) -> Act:
    def begin(place: Place) -> None:
        assert place.store is not None
        getattr(place.store, act)()

    return begin


def _kill_master(place: Place) -> None:
    assert place.sentinels is not None
    place.sentinels.master.kill()


def _kill_control(place: Place) -> None:
    """Kill the node that holds the control keys: the feed, revisions, watermarks."""
    assert place.cluster is not None
    account = account_name(place.netigate.base_url, place.netigate.key)
    place.cluster.masters[place.cluster.holder(Keys(account).feed)].kill()


def _damage_values(place: Place) -> None:
    """Cut short every family of keys that holds results, as if a disk or another writer had damaged the store."""
    assert place.store is not None
    keys = Keys(account_name(place.netigate.base_url, place.netigate.key))
    with contextlib.closing(place.store.client) as client:
        for name in ("partition", "revisions", "states", "standing", "pointers", "swept", "feed_index"):
            damage(client, keys, BY_NAME[name], DAMAGE)


def _kill_web_worker(place: Place) -> None:
    os.kill(place.service.web_workers[0], signal.SIGKILL)


def _kill_sweeper(place: Place) -> None:
    # Every page takes a moment, so that the sweeper is in the middle of one.
    place.netigate.fault("slow", delay=0.3, path="answersWithData")
    (sweeper,) = place.service.pids("service.cli worker")
    os.kill(sweeper, signal.SIGKILL)


def _reload(place: Place) -> None:
    (server,) = place.service.web_servers
    os.kill(server, signal.SIGHUP)


FAULTS = (
    Fault("Netigate refuses connections", _stop_upstream, _start_upstream),
    Fault("Netigate takes 20 s", _upstream("slow", delay=20), _lift),
    Fault("HTML page with 500", _upstream("html500"), _lift),
    Fault("truncated JSON", _upstream("truncated"), _lift),
    Fault("429, Retry-After 2", _upstream("429", retry_after=2), _lift),
    Fault("401", _upstream("401"), _lift),
    Fault("error inside a 200", _upstream("error200"), _lift),
    Fault("web worker killed", _kill_web_worker),
    Fault("sweeper killed mid-page", _kill_sweeper, _lift),
    Fault("web server reload (HUP)", _reload),
    Fault("stored values cut short", _damage_values, goal=UNKNOWN),
    Fault("Redis killed", _store("kill"), _store("start"), goal="copies"),
    Fault("Redis frozen", _store("freeze"), _store("thaw"), goal="copies"),
    Fault("failover (Sentinel)", _kill_master, goal="copies", where=sentineled),
    Fault("failover (Cluster)", _kill_control, goal="copies", where=clustered, in_short=False),
)
