"""Whether Redis takes writes, found out by writing to each node: so every cause of a refusal is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from service.store.connection.guard import guard
from service.store.connection.refusals import PAUSED
from service.survey.errors import StoreAwayError, StoreRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ports import Clock
    from service.store.connection.clients import Client
    from service.store.keys import Keys

log = structlog.get_logger()
LIFETIME = 100  # milliseconds of what is written
GOOD_FOR = 1.0  # seconds for which an answer is reused
SPREAD = 256  # names tried for a key on each node of a Cluster


class WriteProbe:
    """Asked right after a read that worked: a write without an answer in time then means a pause. Logs each change."""

    def __init__(self, client: Client, keys: Keys, clock: Clock) -> None:
        self._client: Any = client
        self._keys = keys
        self._clock = clock
        self._last: str | None = None
        self._until = 0.0

    def refused(self) -> str | None:
        """Why writes are not taken, in a word of `refusals`; None where they are."""
        if self._clock.monotonic() < self._until:
            return self._last
        found = self._try()
        if found != self._last:
            log.warning("writes_refused", kind=found) if found else log.info("writes_taken")
        self._last, self._until = found, self._clock.monotonic() + GOOD_FOR
        return found

    def _try(self) -> str | None:
        try:
            with guard():
                for name in self._names():
                    self._client.set(name, b"1", px=LIFETIME)
        except StoreRefusedError as error:
            return error.kind
        except StoreAwayError:
            return PAUSED
        return None

    def _names(self) -> Iterator[str]:
        """A key on each node that is written to."""
        if not hasattr(self._client, "get_primaries"):
            yield self._keys.probe(0)
            return
        left = {node.name for node in self._client.get_primaries()}
        for number in range(SPREAD):
            name = self._keys.probe(number)
            node = self._client.get_node_from_key(name).name
            if node in left:
                left.discard(node)
                yield name
