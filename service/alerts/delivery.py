"""Delivers the feed to one destination: at least once, in the feed's order, also after any kill.

A batch is written down before it is sent, and the place in the feed moves on only after the destination has accepted
it. So the process that takes over after a kill sends the same batch again, under the same id.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog

from service.alerts.feed_reading import GoneCursorError, restart
from service.alerts.schedule import MOST_FAILURES, Verdict, judge, wait_after
from service.observability.metric_table import ALERTS
from service.store.alerts.delivery_states import Batch, DeliveryState, Parked, Start
from service.survey.errors import StaleLeaseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from service.alerts.destinations import Destination, Message
    from service.alerts.feed_reading import Reading
    from service.alerts.messages.telling import Change
    from service.alerts.sender import Reply, Sender
    from service.ports import Clock
    from service.store.alerts.delivery_states import DeliveryStates
    from service.store.counters import Counters

log = structlog.get_logger()

LEASE_SECONDS: Final = 5.0  # after a kill, other processes wait this long
LOOK_EVERY: Final = 1.0  # seconds between two looks at a feed without anything new
MOST: Final = 20_000  # changes that one digest tells


@dataclass(frozen=True, slots=True)
class Tools:
    """What every destination's delivery is made of. `spread` draws a number from 0 to 1."""

    states: DeliveryStates
    reading: Reading
    sender: Sender
    counters: Counters
    clock: Clock
    spread: Callable[[], float]


class Delivery:
    """Delivers to one destination while it holds that destination's lease."""

    def __init__(self, destination: Destination, tools: Tools) -> None:
        self._to = destination
        self._tools = tools
        self._token: str | None = None
        self._calm = 0  # waiting changes that are known to be no flood: so many are sent without another look

    def step(self) -> float:
        """Do the next thing that is due. Returns seconds until another may be due. Raises StoreError."""
        if not self._hold():
            return LOOK_EVERY
        try:
            return self._go_on(self._tools.states.load(self._to.name))
        except StaleLeaseError:
            self._token = None
            return 0.0

    def keep(self) -> None:
        """Prolong the lease while a try takes longer than that; called from another thread. Raises StoreError."""
        token = self._token
        if token:
            self._tools.states.keep_lease(self._to.name, token, LEASE_SECONDS)

    def let_go(self) -> None:
        """Give the lease back, so that another process need not wait for its end. Raises StoreError."""
        if self._token:
            self._tools.states.keep_lease(self._to.name, self._token, 0)
            self._token = None

    def _hold(self) -> bool:
        states = self._tools.states
        if self._token and not states.keep_lease(self._to.name, self._token, LEASE_SECONDS):
            self._token = None
        self._token = self._token or states.take_lease(self._to.name, LEASE_SECONDS)
        return self._token is not None

    def _go_on(self, state: DeliveryState) -> float:
        wait = state.not_before / 1000 - self._now().timestamp()
        if wait > 0:
            return min(wait, LOOK_EVERY)  # no longer: the lease must be kept, and an operator may change the place
        try:
            if state.batch is None:
                state = self._plan(state)
            if state.batch is None:
                return LOOK_EVERY
            changes = self._tools.reading.these(state.start, state.batch.changes)
        except GoneCursorError:
            self._gap(state)
            return 0.0
        if not changes:  # erased since
            self._save(DeliveryState(Start(state.batch.until)))
            return 0.0
        return self._send(state, state.batch, changes)

    def _plan(self, state: DeliveryState) -> DeliveryState:
        """Write down what is sent next; a state without a batch where nothing waits."""
        reading, start = self._tools.reading, state.start
        if not self._calm:
            found, until = reading.next(start, self._to.flood + 1)
            self._calm = len(found) if len(found) <= self._to.flood else 0
            if not found:
                if start != Start(until):
                    self._save(DeliveryState(Start(until)))
                return replace(state, batch=None)
        digest = not self._calm
        changes, until = reading.next(start, MOST if digest else 1)
        self._calm = max(0, self._calm - 1)
        if not changes:
            self._calm = 0
            return replace(state, batch=None)
        ids = tuple(change["id"] for change in changes)
        batch = Batch(_digest_id(start, until) if digest else ids[0], ids, until, digest)
        return self._save(DeliveryState(start, batch))

    def _send(self, state: DeliveryState, batch: Batch, changes: list[Change]) -> float:
        try:
            message = message_of(self._to, batch, changes, state.start, self._now())
        except Exception:
            # A bug met in one message must not hold up the rest. The log shows where in the code, never data.
            log.exception("alert_broke", destination=self._to.name, id=batch.id)
            return self._park(state, batch, "fault")
        reply = post(self._tools.sender, self._to, batch.id, message)
        verdict = judge(reply.status)
        if verdict is Verdict.DELIVERED:
            self._save(DeliveryState(Start(batch.until)))
            self._count("delivered")
            log.info("alert_delivered", destination=self._to.name, id=batch.id, changes=len(changes))
            return 0.0
        if verdict is Verdict.REFUSED or state.failures >= MOST_FAILURES:
            return self._park(state, batch, reply.cause)
        return self._later(state, reply)

    def _later(self, state: DeliveryState, reply: Reply) -> float:
        failures = state.failures + 1
        wait = wait_after(failures, self._tools.spread(), reply.asked)
        until = self._millis() + int(wait * 1000)
        self._calm = 0  # by then there may be a flood
        self._count("failed")
        log.warning(
            "alert_failed", destination=self._to.name, cause=reply.cause, failures=failures, wait=round(wait, 1)
        )
        self._save(replace(state, failures=failures, not_before=until, cause=reply.cause))
        return 0.0

    def _park(self, state: DeliveryState, batch: Batch, cause: str) -> float:
        self._save(DeliveryState(Start(batch.until)), Parked(state.start, batch, cause, self._millis()))
        self._count("parked")
        log.error("alert_parked", destination=self._to.name, id=batch.id, cause=cause)
        return 0.0

    def _gap(self, state: DeliveryState) -> None:
        """Restart: the place is older than what is kept, or of a lost store (the route answers 410 then)."""
        self._count("gap")
        log.error("alerts_may_be_missing", destination=self._to.name)
        self._save(DeliveryState(restart(state.start.cursor) if state.start.cursor else Start()))

    def _save(self, state: DeliveryState, parked: Parked | None = None) -> DeliveryState:
        self._tools.states.save(self._to.name, self._token or "", state, parked)
        return state

    def _count(self, outcome: str) -> None:
        self._tools.counters.add({(ALERTS.name, self._to.name, outcome): 1})

    def _now(self) -> datetime:
        return self._tools.clock.now()

    def _millis(self) -> int:
        return int(self._now().timestamp() * 1000)


def message_of(to: Destination, batch: Batch, changes: list[Change], start: Start, now: datetime) -> Message:
    """What a destination is sent for a batch."""
    if batch.digest:
        return to.writer.digest(batch.id, changes, start.cursor, now)
    return to.writer.change(changes[0], now)


def post(sender: Sender, to: Destination, identifier: str, message: Message) -> Reply:
    """One try. Slack and Teams get the id too, so that their logs can be compared with ours."""
    return sender.post(to.url, message.body, {"webhook-id": identifier, **message.headers})


def _digest_id(start: Start, until: str) -> str:
    return "digest-" + hashlib.sha256(f"{start}\n{until}".encode()).hexdigest()[:24]
