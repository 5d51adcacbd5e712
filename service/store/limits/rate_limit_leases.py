"""Rate limits over all processes: permits, leased in blocks, so that no request needs a round trip of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from service.store.connection.clients import Client
    from service.store.keys import Keys

WINDOW = 60.0  # seconds


class RateLimitLeases:
    """Leases permits from Redis."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._script = script("rate_limit")

    def lease(self, caller: str, wanted: int, limit: int) -> tuple[int, float]:
        """Permits granted, at most `wanted` (0: none of `limit` is left), and seconds until the window ends.

        Raises StoreError.
        """
        key = self._keys.rate_limit(caller)
        try:
            reply = self._lease(key, wanted, limit)
        except DamagedValueError:
            with guard():
                self._client.delete(key)  # a window lasts a minute: a new one loses little
            reply = self._lease(key, wanted, limit)
        return int(reply[0]), int(reply[1]) / 1000

    def _lease(self, key: str, wanted: int, limit: int) -> Any:  # noqa: ANN401  (a script's reply)
        with guard():
            return self._client.eval(self._script, 1, key, limit, wanted, int(WINDOW * 1000))
