"""What is done to a server of any kind: it hangs, refuses, is damaged, is killed. Every kind has a row for each deed.

A deed lasts from its `begin` to its `end`, and may be done in several ways: a hang is a stopped process, a pause, and a
network that holds replies back, cuts them or passes on half.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redis import ResponseError

from service.store.connection.clients import connect
from service.store.key_families import FAMILIES
from tests.harness.kinds import HANGS, REFUSALS, ways
from tests.support.damage import DAMAGES, keys_of

if TYPE_CHECKING:
    from chaos.places import Place
    from tests.harness.kinds import Served, Way

Act = Callable[["Place"], None]
HANG_SECONDS = 0.4  # longer than a reader waits, so that replies come too late
REFUSE_SECONDS = 1.5
WAYS = ("another type", "cut short", "another version")
DAMAGE_SECONDS = 4.0  # between two rounds, so that the next one also meets what is being healed
REST = 0.3


@dataclass(frozen=True)
class Deed:
    """`begin` may take a while; `end` undoes what it has left."""

    name: str
    begin: Act
    end: Act


def _served(place: Place) -> Served:
    assert place.served is not None
    return place.served


def _in_turn(among: tuple[Way, ...], seconds: float, times: int) -> Act:
    def begin(place: Place) -> None:
        served = _served(place)
        for way in ways(served.kind, among):
            for _ in range(times):
                way.begin(served)
                time.sleep(seconds)
                way.end(served)
                time.sleep(REST)

    return begin


def _damage(place: Place) -> None:
    """Damage every family of keys in every round, and in each round another share of the customers.

    Over the rounds each family is damaged in every way.
    """
    rounds = len(WAYS)
    with contextlib.closing(connect(_served(place).url, timeout=10)) as client:
        for turn in range(rounds):
            time.sleep(DAMAGE_SECONDS if turn else 0)
            for number, family in enumerate(FAMILIES):
                found = keys_of(client, place.keys, family)
                for key in found[turn::rounds] if len(found) > 1 else found:
                    with contextlib.suppress(ResponseError):  # written meanwhile, or not healed since the last round
                        DAMAGES[WAYS[(turn + number) % rounds]](client, key, family.type)


def _kill(place: Place) -> None:
    _served(place).nodes[0].kill()
    time.sleep(2.0)


def _revive(place: Place) -> None:
    served = _served(place)
    if served.sentinels is None and served.cluster is None:  # no other server takes its place
        served.nodes[0].start()


def _nothing(_place: Place) -> None:
    return None


# The kill comes last: after it a replica may be the master.
DEEDS: list[Deed] = [
    Deed("hang", _in_turn(HANGS, HANG_SECONDS, 3), _nothing),
    Deed("refuse", _in_turn(REFUSALS, REFUSE_SECONDS, 1), _nothing),
    Deed("damage", _damage, _nothing),
    Deed("kill", _kill, _revive),
]
