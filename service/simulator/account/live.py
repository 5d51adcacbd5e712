"""Answers that change over time: one answer set is added or edited at every step."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from service.simulator import constants
from service.simulator.records import StoredSet, draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.simulator.account.account import Account

_TRIES: Final = 200


def seconds_now() -> int:
    return int(time.time())


class Live:
    """A deterministic sequence of changes; C-1001 is never touched. `now` gives seconds since 1970."""

    def __init__(self, account: Account, now: Callable[[], int] = seconds_now) -> None:
        self._account = account
        self._now = now
        self._chance = draw(account.seed, "live")
        self._lock = threading.Lock()
        self._steps = 0

    def step(self) -> StoredSet | None:
        """Add a set, and edit one the next time; None where there is nobody to answer."""
        with self._lock:
            old = self._somebody()
            if old is None:
                return None
            self._steps += 1
            mood = self._chance.random()
            now = self._now()
            if self._steps % 2:
                new = old._replace(created=now - 120, completed=now, updated=now, mood=mood, revision=0, answers=None)
                return self._account.add([new])[0]
            edited = old._replace(updated=now, mood=mood, revision=old.revision + 1, answers=None)
            return edited if self._account.replace(edited) else None

    def _somebody(self) -> StoredSet | None:
        records = self._account.everything()
        for _ in range(_TRIES if records else 0):
            record = self._chance.choice(records)
            ordinary = record.completed is not None and record.respondent > 0 and record.answers is None
            if ordinary and record.customer not in {None, constants.STORY_CUSTOMER}:
                return record
        return None


def keep_changing(live: Live, pace: float, stop: threading.Event) -> threading.Thread | None:
    """Take a step every `pace` seconds until `stop` is set; 0 is never."""

    def run() -> None:
        while not stop.wait(pace):
            live.step()

    if pace <= 0:
        return None
    thread = threading.Thread(target=run, name="live", daemon=True)
    thread.start()
    return thread
