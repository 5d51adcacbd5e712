"""What an operator does by hand: a sample to every destination, and another try of what is parked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.alerts.delivery import message_of, post
from service.alerts.feed_reading import GoneCursorError
from service.alerts.schedule import Verdict, judge
from service.store.alerts.delivery_states import Start

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.alerts.delivery import Tools
    from service.alerts.destinations import Destination
    from service.alerts.messages.telling import Change
    from service.alerts.sender import Sender
    from service.ports import Clock
    from service.store.alerts.delivery_states import Parked

ERASED = "erased"  # none of its changes is kept any more, so there is nothing to send


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: `delivered`, ERASED, or why not, in one word or a status."""

    destination: str
    id: str
    outcome: str

    @property
    def is_done(self) -> bool:
        return self.outcome in {Verdict.DELIVERED, ERASED}


def send_samples(destinations: Sequence[Destination], sender: Sender, clock: Clock) -> Iterator[Outcome]:
    """One try for each destination."""
    for to in destinations:
        identifier = f"test-{secrets.token_hex(8)}"
        reply = post(sender, to, identifier, to.writer.sample(identifier, clock.now()))
        done = judge(reply.status) is Verdict.DELIVERED
        yield Outcome(to.name, identifier, Verdict.DELIVERED if done else reply.cause)


def retry_parked(destinations: Sequence[Destination], tools: Tools) -> Iterator[Outcome]:
    """One try for each parked message, under its old id; what fails stays parked. Raises StoreError."""
    for to in destinations:
        for parked in tools.states.parked(to.name):
            outcome = _retry(to, parked, tools)
            if outcome.is_done:
                tools.states.unpark(to.name, parked.batch.id)
            yield outcome


def _retry(to: Destination, parked: Parked, tools: Tools) -> Outcome:
    identifier = parked.batch.id
    changes = _kept(parked, tools)
    if not changes:
        return Outcome(to.name, identifier, ERASED)
    message = message_of(to, parked.batch, changes, parked.start, tools.clock.now())
    reply = post(tools.sender, to, identifier, message)
    done = judge(reply.status) is Verdict.DELIVERED
    return Outcome(to.name, identifier, Verdict.DELIVERED if done else reply.cause)


def _kept(parked: Parked, tools: Tools) -> list[Change]:
    try:
        return tools.reading.these(parked.start, parked.batch.changes)
    except GoneCursorError:
        return tools.reading.these(Start(), parked.batch.changes)
