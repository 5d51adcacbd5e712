"""Writes partitions: a customer's bodies, their index, and the summary rendered ready to serve."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from service.store import codec
from service.store.connection.clients import forget_connections, script
from service.store.connection.guard import guard
from service.store.keys import set_key
from service.store.wholeness.envelope import pack, read_sealed, readable, reading, seal, unpack
from service.store.wholeness.ownership import Refuser, is_set, owns
from service.survey.errors import DamagedValueError
from service.survey.summary import summary_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.store.connection.clients import Client
    from service.store.counters import Counters
    from service.store.filing.plan import Body, PartitionChange
    from service.store.keys import Keys
    from service.survey.results import Result, Row

# A conflict means that another writer has succeeded, so this many in a row are a fault, not contention.
ATTEMPTS = 64
ETAG_LENGTH = 16


@dataclass(slots=True)
class _Partition:
    """One partition as read."""

    version: bytes
    rows: list[Row]
    tombstones: dict[str, int]
    customer_id: str | None


def render(customer_id: str, rows: list[Row], latest: Result | None) -> tuple[bytes, bytes | None]:
    """The summary as stored (ETag, JSON), without and with comments; the second is None where they are the same."""
    plain = render_document(summary_document(customer_id, rows, latest, comments=False))
    if latest is None or not any(answer.comment for answer in latest.answers):
        return plain, None
    return plain, render_document(summary_document(customer_id, rows, latest, comments=True))


def mark_of(plain: bytes, full: bytes | None) -> str:
    """An 8-character digest of a rendered summary, with and without comments."""
    etags = plain[:ETAG_LENGTH] + (full or b"")[:ETAG_LENGTH]
    return base64.b64encode(hashlib.blake2b(etags, digest_size=6).digest()).decode()


def encode_index(rows: list[Row], tombstones: dict[str, int], customer_id: str | None) -> bytes:
    """What a partition holds: rows, newest first; tombstones by set; whose it is."""
    index = {"rows": [codec.index_values(row) for row in rows], "gone": tombstones, "customer": customer_id}
    return seal(orjson.dumps(index))


@reading
def decode_index(index: bytes | None) -> tuple[list[Row], dict[str, int], str | None]:
    """Rows, tombstones and customer. Raises DamagedValueError."""
    if not index:
        return [], {}, None
    found = read_sealed(index)
    tombstones = {str(name): int(until) for name, until in found["gone"].items()}
    return [codec.row_of(row) for row in found["rows"]], tombstones, found["customer"]


@reading
def decode_summary(stored: bytes) -> tuple[str, bytes]:
    """A rendered summary's ETag and JSON. Raises DamagedValueError."""
    rendered = unpack(stored)
    if rendered[ETAG_LENGTH : ETAG_LENGTH + 1] != b"{" or not rendered.endswith(b"}"):
        raise DamagedValueError("value")
    return rendered[:ETAG_LENGTH].decode(), rendered[ETAG_LENGTH:]


def render_document(document: Mapping[str, Any]) -> bytes:
    body = orjson.dumps(document)
    return hashlib.blake2b(body, digest_size=ETAG_LENGTH // 2).hexdigest().encode() + body


class Partitions:
    """Changes partitions, any number in three round trips, each partition atomically."""

    def __init__(self, client: Client, keys: Keys, counters: Counters) -> None:
        self._client = client
        self._keys = keys
        self._write = script("partition_write")
        self._refuse = Refuser(counters.add, lambda: forget_connections(client))

    def change(self, changes: Mapping[str, PartitionChange], now: int) -> dict[str, str]:
        """Carry out changes by partition name; safe to repeat. `now` in Unix milliseconds. Raises StoreError.

        Returns the marks of the customers' summaries as they are now.
        """
        left, marks = dict(changes), dict[str, str]()
        for _ in range(ATTEMPTS):
            if not left:
                return marks
            with guard():
                partitions = self._read(left)
                plans = {name: _apply(partitions[name], change, now) for name, change in left.items()}
                written = self._write_all(plans, partitions, now)
            marks |= {plan.customer_id: plan.mark for name, plan in plans.items() if plan.customer_id and written[name]}
            left = {name: left[name] for name, done in written.items() if not done}
        raise RuntimeError("a partition is written by others without end")

    def _read(self, names: Iterable[str]) -> dict[str, _Partition]:
        names = list(names)
        pipe = self._client.pipeline(transaction=False)
        for name in names:
            pipe.hmget(self._keys.partition(name), ["n", "x"])
        partitions = {}
        for name, (version, index) in zip(names, pipe.execute(), strict=True):
            found = decode_index(index)
            if not owns(name, found[2]):
                # Taken for empty. If the reply was another partition's, its version is not ours: the write is refused.
                self._refuse("partition")
                found = decode_index(None)
            partitions[name] = _Partition(version or b"", *found)
        return partitions

    def _write_all(self, plans: Mapping[str, _Plan], partitions: Mapping[str, _Partition], now: int) -> dict[str, bool]:
        stored = self._stored_latest({name: plan for name, plan in plans.items() if plan.missing})
        pipe = self._client.pipeline(transaction=False)
        for name, plan in plans.items():
            fields = plan.fields(stored.get(name))
            args = [value for pair in fields.items() for value in pair]
            gone = orjson.dumps(sorted(plan.deleted))
            pipe.execute_command(
                "EVAL",
                self._write,
                1,
                self._keys.partition(name),
                partitions[name].version,
                gone,
                plan.lifetime(now),
                *args,
            )
        return {name: bool(done) for name, done in zip(plans, pipe.execute(), strict=True)}

    def _stored_latest(self, plans: Mapping[str, _Plan]) -> dict[str, Result]:
        """The newest result, as stored, of partitions whose newest is not being filed now."""
        newest = {name: max(plan.rows).key for name, plan in plans.items()}
        found: dict[str, Result] = {}
        for _ in range(2):  # again over new connections where a body is another set's; if it still is, it is stored so
            pipe = self._client.pipeline(transaction=False)
            for name, key in newest.items():
                pipe.hget(self._keys.partition(name), f"b:{set_key(*key)}")
            bodies = dict(zip(newest, pipe.execute() if newest else [], strict=True))
            # One that cannot be read must not hold up the filing of others.
            found = {name: whole[0] for name, body in bodies.items() if (whole := readable(codec.decode_result, body))}
            foreign = [name for name, result in found.items() if not is_set(*newest[name], result)]
            if not foreign:
                break
            self._refuse("result")
            found = {name: result for name, result in found.items() if name not in foreign}
        return found


@dataclass(slots=True)
class _Plan:
    """What one partition will hold."""

    rows: list[Row]
    tombstones: dict[str, int]
    customer_id: str | None
    bodies: dict[tuple[int, int], Body]
    deleted: set[str]
    mark: str = ""  # of the rendered summary

    @property
    def latest(self) -> Row | None:
        return max(self.rows, default=None)

    @property
    def missing(self) -> bool:
        return self.latest is not None and self.latest.key not in self.bodies

    def lifetime(self, now: int) -> int:
        """Milliseconds to keep a partition that holds only tombstones; 0, for one with rows, keeps it for ever."""
        return 0 if self.rows else max([until - now for until in self.tombstones.values()], default=1)

    def fields(self, stored: Result | None) -> dict[str, bytes]:
        latest = self.bodies[self.latest.key].result if self.latest and not self.missing else stored
        rows = sorted(self.rows, reverse=True)
        fields = {
            # Random, not counted: a partition may vanish and come back between a read and a write.
            "n": secrets.token_bytes(6),
            "x": encode_index(rows, self.tombstones, self.customer_id),
        }
        for key, body in self.bodies.items():
            fields[f"b:{set_key(*key)}"] = codec.encode_result(body.result, body.raw)
        if self.customer_id is not None:
            plain, full = render(self.customer_id, rows, latest)
            self.mark = mark_of(plain, full)
            fields["s"] = pack(plain)
            if full is None:
                self.deleted.add("S")
            else:
                fields["S"] = pack(full)
        return fields


def _apply(partition: _Partition, change: PartitionChange, now: int) -> _Plan:
    tombstones = {name: until for name, until in partition.tombstones.items() if until > now}
    if change.tombstone_until:
        tombstones |= {set_key(*key): change.tombstone_until for key in change.drop}
    rows = {row.key: row for row in partition.rows if row.key not in change.drop}
    bodies = {
        key: body
        for key, body in change.put.items()
        if set_key(*key) not in tombstones
        and (change.force or key not in rows or rows[key].updated <= body.result.row.updated)
    }
    rows |= {key: body.result.row for key, body in bodies.items()}
    customer_id = next((body.result.customer_id for body in bodies.values()), partition.customer_id)
    deleted = {f"b:{set_key(*key)}" for key in change.drop}
    return _Plan(list(rows.values()), tombstones, customer_id, bodies, deleted)
