"""The clock of the server that stamps changes, and how far behind it they are given out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.store.connection.guard import guard
from service.store.connection.read_script import ReadScript

if TYPE_CHECKING:
    from service.store.connection.clients import Client
    from service.store.keys import Keys


class Horizon:
    """Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._script = ReadScript("held_back", "feed_horizon")

    def millis(self, settle: int = 0) -> int:
        """Unix ms up to when changes may be given out. `settle`: held back so long while a replica follows."""
        with guard():
            found: Any = self._script.eval(self._client, [self._keys.feed], settle)
        return int(found)
