"""Rewrites what follows from the rest: states from partitions, standing from states, an index from the feed."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from service.store import codec
from service.store.codec import Revision
from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.connection.pieces import batches, entries
from service.store.feeds.feed import decode_stream_id
from service.store.feeds.feed_redaction import decode_change
from service.store.feeds.horizon import Horizon
from service.store.filing.partitions import decode_index
from service.store.keys import partition_of, set_key
from service.store.repair.survey_names import known_surveys
from service.store.survey_state import decode_state
from service.store.wholeness.envelope import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.survey.results import Row

FUTURE: Final = 86_400_000  # milliseconds; clocks differ by less
PLACE_ALONE: Final = "lost"  # digest where only the place is known: Netigate's differs, so the set is read again


class Rebuild:
    """Rebuilds families from families that are whole. Raises StoreError."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._horizon = Horizon(client, keys)
        self._heal_field = script("heal_field")
        self._heal_standing = script("heal_standing")
        self._heal_index = script("heal_feed_index")

    def all(self, families: set[str], parts: Sequence[str], *, lost: bool) -> None:
        """Rebuild what damage to these families may have removed, each step from those before it.

        lost: something is lost until Netigate was compared, so what the rest lacks is not taken for gone.
        """
        steps: tuple[tuple[set[str], Callable[[], None]], ...] = (
            ({"known"}, self._known),
            ({"states"}, lambda: self._states(parts)),
            ({"revisions"}, self._revisions),
            ({"standing", "states"}, lambda: self._standing(lost=lost)),
            ({"pointers"}, lambda: self._pointers(parts)),
            ({"pending"}, self._pending),
            ({"feed_index"}, self._feed_index),
            ({"trimmed"}, self._trimmed),
        )
        for of, step in steps:
            if families & of:
                step()

    def new_epoch(self) -> None:
        """Refuse every cursor given so far: the changes after it are no longer known."""
        with guard():
            self._client.delete(self._keys.epoch)

    def is_ahead(self) -> bool:
        """Whether the feed has had a stream id of the far future, which no id of today can follow."""
        with guard():
            told: Any = self._client.xinfo_stream(self._keys.feed)
        newest = told["last-generated-id"].decode().partition("-")[0]
        return int(newest) > self._horizon.millis() + FUTURE

    def feed(self) -> None:
        """Rewrite the feed with what is dated up to now; what is dated later is no change of ours."""
        beside, last = self._keys.feed_rewritten(secrets.token_hex(4)), str(self._horizon.millis())
        with guard():
            found: Any = self._client.xrange(self._keys.feed, max=last)
            for identifier, fields in found:
                self._client.xadd(beside, fields, id=identifier)
            if found:
                self._client.rename(beside, self._keys.feed)
            else:
                self._client.delete(self._keys.feed)

    def refuse_before(self, stream_id: bytes) -> None:
        """Refuse cursors from before a change that is lost."""
        self._client.set(self._keys.trimmed, stream_id)

    def _known(self) -> None:
        surveys = known_surveys(self._client, self._keys)
        with guard():
            if surveys:
                self._client.sadd(self._keys.known, *map(str, surveys))

    def _indexes(self, parts: Sequence[str]) -> Iterator[tuple[str, list[Row], str | None]]:
        for some in batches(parts):
            pipe: Any = self._client.pipeline(transaction=False)
            for part in some:
                pipe.hget(self._keys.partition(part), "x")
            with guard():
                replies = pipe.execute()
            for part, index in zip(some, replies, strict=True):
                found = readable(decode_index, index)
                if found and found[0]:
                    yield part, found[0], found[2]

    def _committed(self, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Revision]:
        """Revisions of sets that are not being filed: of the others the partition may be ahead of the revision."""
        pipe: Any = self._client.pipeline(transaction=False)
        for survey, key in keys:
            pipe.hget(self._keys.revisions(survey), str(key))
            pipe.hexists(self._keys.intents(survey), str(key))
        with guard():
            replies = pipe.execute() if keys else []
        found = {key: readable(Revision.decode, value) for key, value in zip(keys, replies[::2], strict=True)}
        under_way = {key for key, intent in zip(keys, replies[1::2], strict=True) if intent}
        return {key: revision for key, revision in found.items() if revision and key not in under_way}

    def _states(self, parts: Sequence[str]) -> None:
        for _, rows, customer in self._indexes(parts):
            if customer is None:
                continue
            committed = self._committed([row.key for row in rows])
            own = [row for row in rows if row.key in committed and committed[row.key].customer_id == customer]
            if own:
                with guard():
                    args: Any = [customer, "", codec.encode_rows(own)]
                    self._client.eval(self._heal_field, 1, self._keys.states, *args)

    def _all_states(self) -> Iterator[tuple[str, bytes, list[Row]]]:
        with guard():
            for customer, value in self._client.hscan_iter(self._keys.states, count=500):
                rows = readable(codec.decode_rows, value)
                if rows:
                    yield customer.decode(errors="replace"), value, rows

    def _revisions(self) -> None:
        """Restore where sets are from the states: enough to find them again, and to erase those gone from Netigate."""
        for customer, _, rows in self._all_states():
            pipe: Any = self._client.pipeline(transaction=False)
            part = partition_of(customer, 0)
            for row in rows:
                lost = Revision(PLACE_ALONE, None, None, row.respondent_id, part, customer)
                pipe.hsetnx(self._keys.revisions(row.survey_id), str(row.answer_set_id), lost.encode())
            with guard():
                pipe.execute()

    def _standing(self, *, lost: bool) -> None:
        stand = set()
        for customer, value, rows in self._all_states():
            stand.add(customer)
            with guard():
                args: Any = [customer, value, str(codec.place(rows))]
                self._client.eval(self._heal_standing, 2, self._keys.states, self._keys.standing, *args)
        if lost:
            return
        with guard():
            members: Any = list(self._client.zscan_iter(self._keys.standing, count=1000))
            for member, _ in members:
                if member.decode(errors="replace") not in stand:
                    self._client.eval(self._heal_standing, 2, self._keys.states, self._keys.standing, member, "", "0")

    def _pointers(self, parts: Sequence[str]) -> None:
        for part, rows, _ in self._indexes(parts):
            pipe: Any = self._client.pipeline(transaction=False)
            for row in rows:
                pipe.hset(self._keys.respondent(row.respondent_id), set_key(*row.key), part)
            with guard():
                pipe.execute()

    def _pending(self) -> None:
        """Sets of first sweeps whose changes may still be to tell; the feed's index knows those told already."""
        surveys = known_surveys(self._client, self._keys)
        with guard():
            states = {survey: self._client.hget(self._keys.survey(survey), "state") for survey in surveys}
        found = {survey: readable(decode_state, value) for survey, value in states.items() if value}
        unsettled = {survey for survey, state in found.items() if state and not state.settled}
        for _, _, rows in self._all_states():
            named: Any = {
                set_key(*row.key): row.answered for row in rows if row.survey_id in unsettled and row.score is not None
            }
            if named:
                with guard():
                    self._client.zadd(self._keys.pending, named)

    def _feed_index(self) -> None:
        with guard():
            for identifier, fields in entries(self._client, self._keys.feed):
                change = readable(decode_change, fields)
                if change:
                    name = set_key(change["survey"]["id"], change["answer_set_id"])
                    args: Any = [name, identifier, str(change["id"])]
                    self._client.eval(self._heal_index, 1, self._keys.feed_index, *args)

    def _trimmed(self) -> None:
        """Which change was dropped last is not known: cursors from before the oldest that is kept are refused."""
        with guard():
            oldest: Any = self._client.xrange(self._keys.feed, count=1)
            millis, _, number = decode_stream_id(oldest[0][0]).partition("-") if oldest else ("0", "", "0")
            before = f"{millis}-{int(number) - 1}" if int(number) else f"{max(0, int(millis) - 1)}-{2**64 - 1}"
            if oldest:
                self._client.set(self._keys.trimmed, before)
            else:
                self._client.delete(self._keys.epoch)
