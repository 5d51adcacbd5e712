"""What is known of answer sets: their revisions, whether their bodies are whole, and what waits to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from service.store import codec
from service.store.connection.guard import guard
from service.store.connection.pieces import batches
from service.store.keys import set_key, split_set_key
from service.store.wholeness.envelope import is_sealed, is_whole, reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.store.wholeness.tolerance import Tolerance

Place = tuple[str, int, int]  # where a result is: partition, survey, answer set


class KnownSets:
    """Reads that sweeps make. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys, tolerance: Tolerance) -> None:
        self._client = client
        self._keys = keys
        self._tolerance = tolerance

    def exist(self, places: Sequence[Place]) -> list[bool]:
        """Whether each result, by partition, survey and answer set, is in its place and undamaged.

        Rendered summaries and the index are checked as well; where they are damaged a repair is asked for.
        """
        found: list[bool] = []
        for some in batches(places):
            pipe = self._client.pipeline(transaction=False)
            for partition, survey_id, answer_set_id in some:
                pipe.hmget(self._keys.partition(partition), f"b:{set_key(survey_id, answer_set_id)}", "s", "S", "x")
            for reply in self._tolerance.replies("partition", pipe):
                body, *rendered, index = reply or (None, None, None, None)
                found.append(is_whole(body or b""))
                if not all(is_whole(value) for value in rendered if value) or (index and not is_sealed(index)):
                    self._tolerance.note("partition")
        return found

    def revisions(self, survey_id: int) -> Iterator[tuple[int, codec.Revision]]:
        """Every answer set of a survey that is known, with what was filed of it."""
        with guard():
            for key, value in self._client.hscan_iter(self._keys.revisions(survey_id), count=500):
                revision = self._tolerance.value("revisions", codec.Revision.decode, value)
                if revision and key.isdigit():
                    yield int(key), revision

    def unmapped(self) -> dict[tuple[int, int, str], int]:
        """How many answers had a wording not understood when they were filed, by survey, item and wording."""
        found: Any = self._tolerance.ask_for("unmapped", lambda: self._client.hgetall(self._keys.unmapped), {})
        counts = self._tolerance.values("unmapped", decode_unmapped, list(found.items()))
        return dict(count for count in counts if count)

    def customer_count(self) -> int:
        """Customers with a result."""
        with guard():
            found: Any = self._client.hlen(self._keys.states)
        return int(found)

    def pending(self, count: int) -> list[tuple[int, int]]:
        """Oldest answer sets, by survey and id, whose changes a first sweep has left to be told."""
        with guard():
            names: Any = self._client.zrange(self._keys.pending, 0, count - 1)
        return [split_set_key(name) for name in names]

    def revisions_of(self, names: Sequence[tuple[int, int]]) -> dict[tuple[int, int], codec.Revision]:
        """Revisions of those answer sets, by survey and id, that are known: one round trip, in the order given."""
        pipe = self._client.pipeline(transaction=False)
        for survey_id, answer_set_id in names:
            pipe.hget(self._keys.revisions(survey_id), str(answer_set_id))
        found = self._tolerance.values("revisions", codec.Revision.decode, self._tolerance.replies("revisions", pipe))
        return {name: revision for name, revision in zip(names, found, strict=True) if revision}

    def revision(self, survey_id: int, answer_set_id: int) -> codec.Revision | None:
        with guard():
            value: Any = self._client.hget(self._keys.revisions(survey_id), str(answer_set_id))
        return self._tolerance.value("revisions", codec.Revision.decode, value)


@reading
def decode_unmapped(pair: tuple[bytes, bytes]) -> tuple[tuple[int, int, str], int]:
    """Survey, item and wording, and how often it was met. Raises DamagedValueError."""
    survey, item, wording = orjson.loads(pair[0])
    return (int(survey), int(item), str(wording)), int(pair[1])
