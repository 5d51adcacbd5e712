"""Marks of on-demand fetches, kept with the respondent: who fetches now, and when it was last fetched."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from random import uniform
from typing import TYPE_CHECKING, Any

from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.wholeness.envelope import reading
from service.store.wholeness.sweeps import LATEST
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from service.store.connection.clients import Client
    from service.store.keys import Keys

NO_END = -1  # Redis' PTTL of a key that is kept for ever
JITTER = 0.2  # lifetimes are spread by up to this share, so that a herd does not come back at one moment


@dataclass(frozen=True, slots=True)
class Fetched:
    """The last fetch of a respondent: its start (Unix ms), and whether it reached Netigate."""

    start: int
    ok: bool


@reading
def decode_fetched(value: bytes) -> Fetched:
    """Raises DamagedValueError."""
    start, ok = value.decode().split(":")
    if not (start.isascii() and start.isdigit() and int(start) < LATEST):
        raise DamagedValueError("value")
    return Fetched(int(start), ok == "1")


class Fetches:
    """Leases and marks in Redis. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._give_back = script("lease_keep")

    def take(self, respondent_id: int, seconds: float) -> str | None:
        """The lease's token, or None where another process fetches; it ends by itself if its holder dies."""
        token = secrets.token_hex(8)
        with guard():
            taken = self._client.set(self._lease(respondent_id), token, nx=True, px=int(seconds * 1000))
            # A lease always has a lifetime: a key without one is nobody's lease.
            if not taken and self._client.pttl(self._lease(respondent_id)) == NO_END:
                taken = self._client.set(self._lease(respondent_id), token, px=int(seconds * 1000))
        return token if taken else None

    def release(self, respondent_id: int, token: str) -> None:
        """End a lease. Only ours: a fetch that outlived its lease must not end another's."""
        with guard():
            self._client.eval(self._give_back, 1, self._lease(respondent_id), token, 0)

    def held(self, respondent_id: int) -> bool:
        with guard():
            return bool(self._client.exists(self._lease(respondent_id)))

    def done(self, respondent_id: int, fetched: Fetched, seconds: float) -> None:
        """Mark a fetch as done for about `seconds`, also one that found nothing."""
        lifetime = int(seconds * 1000 * uniform(1 - JITTER, 1))  # noqa: S311  (jitter)
        with guard():
            self._client.set(self._mark(respondent_id), f"{fetched.start}:{int(fetched.ok)}", px=max(1, lifetime))

    def last(self, respondent_id: int) -> Fetched | None:
        """None also where the mark cannot be read: then it is fetched again, and marked anew."""
        try:
            with guard():
                value: Any = self._client.get(self._mark(respondent_id))
            return decode_fetched(value) if value else None
        except DamagedValueError:
            return None

    def _lease(self, respondent_id: int) -> str:
        return self._keys.fetch_lease(respondent_id)

    def _mark(self, respondent_id: int) -> str:
        return self._keys.fetched(respondent_id)
