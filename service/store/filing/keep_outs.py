"""Who was purged for good: a list in Redis of keyed digests, and how it is restored where Redis lost it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from service.store.connection.guard import guard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ports import Clock
    from service.store.connection.clients import Client
    from service.store.keys import Keys

Marks: TypeAlias = "dict[str, int]"  # digest of a customer or respondent → since when, Unix milliseconds


class KeepOuts:
    """The list. Every call raises StoreError where Redis is away or refuses.

    A second list holds who was let in again: a mark missing from both was lost, and is put back from a copy.
    """

    def __init__(self, client: Client, keys: Keys, time: Clock) -> None:
        self._client = client
        self._keys = keys
        self._time = time

    def add(self, what: str, identifier: str) -> None:
        """Keep a customer or respondent out."""
        mark = self._keys.mark(what, identifier)
        with guard():
            pipe = self._client.pipeline(transaction=False)
            pipe.hset(self._keys.kept_out, mark, self._now())
            pipe.hdel(self._keys.let_in, mark)
            pipe.execute()

    def lift(self, what: str, identifier: str) -> bool:
        """Let in again; whether it was kept out."""
        mark = self._keys.mark(what, identifier)
        with guard():
            self._client.hset(self._keys.let_in, mark, self._now())
            return bool(self._client.hdel(self._keys.kept_out, mark))

    def restore(self, copy: Mapping[str, int]) -> tuple[Marks, int]:
        """Put back what a copy has and Redis has lost; the whole list, and how many were put back."""
        with guard():
            pipe: Any = self._client.pipeline(transaction=False)
            pipe.hgetall(self._keys.kept_out)
            pipe.hgetall(self._keys.let_in)
            kept, let_in = pipe.execute()
            marks = {mark.decode(): int(since) for mark, since in kept.items()}
            lost = {m: since for m, since in copy.items() if m not in marks and m.encode() not in let_in}
            if lost:
                mapping: dict[Any, Any] = dict(lost)
                self._client.hset(self._keys.kept_out, mapping=mapping)
        return marks | lost, len(lost)

    def _now(self) -> int:
        return int(self._time.now().timestamp() * 1000)
