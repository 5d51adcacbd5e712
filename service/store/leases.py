"""Leases: who works at something now, with a token that fences off late writes of a slow process."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from service.store.connection.clients import script
from service.store.connection.guard import guard

if TYPE_CHECKING:
    from service.store.connection.clients import Client

LONGEST_LEASE: Final = 120.0  # seconds; a lease with longer to live comes from a clock that was set back


class Leases:
    """Leases of one account, each under a key of its own. Every call raises StoreError."""

    def __init__(self, client: Client, fence: str) -> None:
        """`fence`: the key of the counter that every token is drawn from."""
        self._client = client
        self._fence = fence
        self._take = script("lease")
        self._keep = script("lease_keep")

    def take(self, lease: str, seconds: float) -> str | None:
        """The token of a lease now held, or None where another holds it."""
        lifetimes = int(seconds * 1000), int(LONGEST_LEASE * 1000)
        with guard():
            token: Any = self._client.eval(self._take, 2, lease, self._fence, secrets.token_hex(8), *lifetimes)
        return token.decode() or None

    def keep(self, lease: str, token: str, seconds: float) -> bool:
        """Prolong a lease (0: give it back); False where it is no longer ours."""
        with guard():
            kept: Any = self._client.eval(self._keep, 1, lease, token, int(seconds * 1000))
        return bool(kept)
