"""Brings the customers of `updates` in line with the states, and the states' marks with the summaries."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from service.store import codec
from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.connection.pieces import BATCH, batches
from service.store.feeds.horizon import Horizon
from service.store.filing.partitions import decode_summary, mark_of
from service.store.filing.plan import Plan, state_changes
from service.store.key_families import BY_NAME
from service.store.keys import partition_of
from service.store.repair.values import is_text
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.store.connection.clients import Client
    from service.store.keys import Keys

    Commit = Callable[[int, Plan, str], list[str]]

NO_SURVEY: Final = 0


class UpdatesRepair:
    """Moves customers that damage has hidden, so that readers are told of them. Raises StoreError."""

    def __init__(self, client: Client, keys: Keys, commit: Commit) -> None:
        """`commit`: as the filer's, which alone numbers changes."""
        self._client = client
        self._keys = keys
        self._commit = commit
        self._apart = script("updates_apart")
        self._horizon = Horizon(client, keys)

    def apart(self, family: str = "updates") -> list[str]:
        """Customers with a result who are not in `updates`, or in `standing`, and those in it without one."""
        found: list[str] = []
        key = self._keys.of(BY_NAME[family])
        with contextlib.suppress(DamagedValueError):  # a key of another type: `Repair` finds it as such
            for names in self._names(key):
                with guard():
                    reply: Any = self._client.eval(self._apart, 2, self._keys.states, key, *names)
                found += [name.decode() for name in reply]
        return list(dict.fromkeys(found))

    def mend(self, families: set[str], *, lost: bool) -> None:
        """Move customers that damage to these families may have hidden.

        lost: something is lost until Netigate was compared, so nobody is told as gone.
        """
        if families & {"gone", "gone_trimmed"}:
            self._refuse()
        if families & {"states", "partition"}:
            for states in self._states():
                self._mark(states)
        for some in batches(self.apart()):
            self._place(some, lost=lost)

    def _place(self, customers: list[str], *, lost: bool) -> None:
        """Move customers to where their states put them: into `updates`, or among the gone."""
        with guard():
            values: Any = self._client.hmget(self._keys.states, customers)
        moves = []
        for customer, value in zip(customers, values, strict=True):
            if lost and not value:
                continue
            with contextlib.suppress(DamagedValueError):  # found at the next look
                state, place = (value or b"").decode(), codec.place(codec.decode_rows(value))
                moves.append((customer, state, state, str(place)))
        self._commit_each(moves)

    def _commit_each(self, states: list[tuple[str, str, str, str]]) -> None:
        """Commit these together; on a conflict one by one. One that was changed meanwhile was moved by that commit."""
        if not states or self._commit(NO_SURVEY, Plan(states=states), "")[0] == "OK":
            return
        for state in states:
            self._commit(NO_SURVEY, Plan(states=[state]), "")

    def _refuse(self) -> None:
        """Refuse every cursor given so far: who was gone after it is no longer known."""
        numbers: list[float] = [0.0]
        for key in (self._keys.updates, self._keys.gone):
            with guard():
                last: Any = self._client.zrevrange(key, 0, 0, withscores=True)
            numbers += [score for _, score in last]
        with guard():
            self._client.set(self._keys.gone_trimmed, str(int(max(*numbers, (self._horizon.millis() + 1) * 1000))))

    def _names(self, key: str) -> Iterator[list[bytes]]:
        """Customers that the states or this sorted set name, in batches."""
        with guard():
            for found in (
                self._client.hscan_iter(self._keys.states, count=BATCH),
                self._client.zscan_iter(key, count=BATCH),
            ):
                for some in batches(found):
                    yield [name for name, _ in some if is_text(name)]

    def _states(self) -> Iterator[dict[str, bytes]]:
        with guard():
            for some in batches(self._client.hscan_iter(self._keys.states, count=BATCH)):
                yield {customer.decode(errors="replace"): value for customer, value in some}

    def _mark(self, states: dict[str, bytes]) -> None:
        """Commit these states again where their marks are not those of the summaries."""
        pipe: Any = self._client.pipeline(transaction=False)
        for customer in states:
            pipe.hmget(self._keys.partition(partition_of(customer, 0)), "s", "S")
        with guard():
            replies = pipe.execute()
        shown, rows = {}, {}
        for (customer, value), (plain, full) in zip(states.items(), replies, strict=True):
            with contextlib.suppress(DamagedValueError):
                rows[customer] = codec.decode_rows(value)
                shown[customer] = mark_of(_rendered(plain), _rendered(full) if full else None)
        self._commit_each(state_changes({customer: states[customer] for customer in rows}, rows, shown))


def _rendered(stored: bytes | None) -> bytes:
    """A summary as it was rendered. Raises DamagedValueError where there is none."""
    etag, body = decode_summary(stored or b"")
    return etag.encode() + body
