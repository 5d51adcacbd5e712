"""Whether Redis may drop keys to make room for others: no reader could tell those from answers never given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.store.connection.guard import guard
from service.store.connection.probe import info
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
                policies = [node.get("maxmemory_policy") for node in info(self._client, "memory")]
        except StoreError:
            return self._last
        return next((str(policy) for policy in policies if policy not in {None, KEEPS_ALL}), None)
