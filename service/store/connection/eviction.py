"""Whether Redis may drop keys to make room for others: no reader could tell those from answers never given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.store.connection.guard import guard
from service.store.connection.probe import told_by
from service.survey.errors import StoreError

if TYPE_CHECKING:
    from service.ports import Clock
    from service.store.connection.clients import Client

KEEPS_ALL: Final = "noeviction"
GOOD_FOR: Final = 30.0  # seconds for which an answer is reused


class EvictionProbe:
    """Asks for `maxmemory-policy` now and then."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._last: str | None = None
        self._until = 0.0

    def policy(self) -> str | None:
        """The policy where it is one that drops keys; None where it drops none, or the server does not tell."""
        if self._clock.monotonic() >= self._until:
            self._last, self._until = self._ask(), self._clock.monotonic() + GOOD_FOR
        return self._last

    def _ask(self) -> str | None:
        try:
            with guard():
                policy = told_by(self._client, "memory").get("maxmemory_policy")
        except StoreError:
            return self._last
        return None if policy in {None, KEEPS_ALL} else str(policy)
