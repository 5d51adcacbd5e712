"""Permits to ask, leased in blocks, so that a limit holds over all processes without a round trip per request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.store.connection import guard, script

if TYPE_CHECKING:
    from service.store.connection import Client
    from service.store.keys import Keys

WINDOW = 60.0  # seconds


class Permits:
    """Leases permits from Redis."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._script = script("permits")

    def lease(self, caller: str, wanted: int, limit: int) -> tuple[int, float]:
        """Permits granted, at most `wanted` (0: none of `limit` is left), and seconds until the window ends.

        Raises StoreAwayError.
        """
        with guard():
            reply: Any = self._client.eval(
                self._script, 1, self._keys.control(f"permits:{caller}"), limit, wanted, int(WINDOW * 1000)
            )
        return int(reply[0]), int(reply[1]) / 1000
