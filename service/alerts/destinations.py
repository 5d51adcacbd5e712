"""Where alerts go: each destination with how it is written to and what counts as a flood there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from service.alerts.messages import slack, teams, webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from service.alerts.messages.telling import Change, Speech, Telling

MACHINES_FLOOD: Final = 500  # if more changes than this wait, they are sent as one digest
PEOPLES_FLOOD: Final = 20


@dataclass(frozen=True, slots=True)
class Message:
    """What is POSTed, besides the id."""

    body: bytes
    headers: Mapping[str, str]


class Writer(Protocol):
    """How a destination is written to."""

    def change(self, change: Change, now: datetime) -> Message:
        """A message of one change."""

    def digest(self, identifier: str, changes: Sequence[Change], cursor: str | None, now: datetime) -> Message:
        """One message of many changes. cursor: the place in the feed just before them."""

    def sample(self, identifier: str, now: datetime) -> Message:
        """A message by which an operator sees that messages arrive. It tells of nobody."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where alerts go. The address is a secret."""

    name: str
    url: str
    writer: Writer
    flood: int


@dataclass(frozen=True, slots=True)
class WebhookWriter:
    """Signed JSON for machines."""

    secrets: Sequence[str]
    link: Callable[[Change], str | None]

    def change(self, change: Change, now: datetime) -> Message:
        return self._signed(change["id"], webhook.change_body(change, self.link), now)

    def digest(self, identifier: str, changes: Sequence[Change], cursor: str | None, now: datetime) -> Message:
        return self._signed(identifier, webhook.digest_body(changes, cursor, now), now)

    def sample(self, identifier: str, now: datetime) -> Message:
        return self._signed(identifier, webhook.sample_body(identifier, now), now)

    def _signed(self, identifier: str, body: bytes, now: datetime) -> Message:
        return Message(body, webhook.signature(self.secrets, identifier, now, body))


@dataclass(frozen=True, slots=True)
class PeoplesWriter:
    """Messages that people read, dressed for where they read them."""

    speech: Speech
    dress: Callable[[Telling], bytes]
    link: Callable[[Change], str | None]

    def change(self, change: Change, now: datetime) -> Message:
        return Message(self.dress(self.speech.change(change, now, self.link)), {})

    def digest(self, identifier: str, changes: Sequence[Change], _cursor: str | None, _now: datetime) -> Message:
        return Message(self.dress(self.speech.digest(identifier, changes)), {})

    def sample(self, identifier: str, now: datetime) -> Message:
        return Message(self.dress(self.speech.sample(identifier, now)), {})


def destinations(
    urls: Mapping[str, str], *, secrets: Sequence[str], speech: Speech, link: Callable[[Change], str | None]
) -> list[Destination]:
    """The destinations that have an address. secrets: the webhook's. speech: the language for people."""
    people = {"slack": slack.body, "teams": teams.body}
    found = []
    for name, url in urls.items():
        if name == "webhook":
            found.append(Destination(name, url, WebhookWriter(secrets, link), MACHINES_FLOOD))
        else:
            found.append(Destination(name, url, PeoplesWriter(speech, people[name], link), PEOPLES_FLOOD))
    return found
