"""Writes homes: a customer's bodies, their index, and the summary rendered ready to serve."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from service.store import codec
from service.store.connection import guard, script
from service.store.keys import set_key
from service.survey.summary import summary_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.store.connection import Client
    from service.store.keys import Keys
    from service.survey.model import AnswerSet
    from service.survey.results import Result, Row

# A conflict means that somebody else got on, so this many in a row is a fault and no contention.
ATTEMPTS = 64
ETAG_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Body:
    """What is filed of one answer set."""

    result: Result
    raw: AnswerSet


@dataclass(slots=True)
class HomeChange:
    """What is to be done to one home."""

    put: dict[tuple[int, int], Body] = field(default_factory=dict)
    drop: set[tuple[int, int]] = field(default_factory=set)
    bury_until: int = 0  # Unix ms; dropped sets may not come back before
    force: bool = False  # also where what is stored was updated later


@dataclass(slots=True)
class _Home:
    """One home as read."""

    version: bytes
    rows: list[Row]
    graves: dict[str, int]
    customer_id: str | None


def render(customer_id: str, rows: list[Row], latest: Result | None) -> tuple[bytes, bytes | None]:
    """The summary as stored: ETag and JSON; the second is the one with comments, None where it is the same."""
    plain = render_document(summary_document(customer_id, rows, latest, comments=False))
    if latest is None or not any(answer.comment for answer in latest.answers):
        return plain, None
    return plain, render_document(summary_document(customer_id, rows, latest, comments=True))


def render_document(document: Mapping[str, Any]) -> bytes:
    body = orjson.dumps(document)
    return hashlib.blake2b(body, digest_size=ETAG_LENGTH // 2).hexdigest().encode() + body


class Homes:
    """Changes homes, any number in three round trips, each home atomically."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._write = script("home_write")

    def change(self, changes: Mapping[str, HomeChange], now: int) -> None:
        """Carry out changes by home name; safe to repeat. `now` in Unix milliseconds. Raises StoreAwayError."""
        left = dict(changes)
        for _ in range(ATTEMPTS):
            if not left:
                return
            with guard():
                homes = self._read(left)
                written = self._write_all(left, homes, now)
            left = {name: left[name] for name, done in written.items() if not done}
        raise RuntimeError("a home is written by others without end")

    def _read(self, names: Iterable[str]) -> dict[str, _Home]:
        names = list(names)
        pipe = self._client.pipeline(transaction=False)
        for name in names:
            pipe.hmget(self._keys.home(name), ["n", "x"])
        homes = {}
        for name, (version, index) in zip(names, pipe.execute(), strict=True):
            found = orjson.loads(index) if index else {"rows": [], "gone": {}, "customer": None}
            homes[name] = _Home(
                version or b"", [codec.row_of(row) for row in found["rows"]], found["gone"], found["customer"]
            )
        return homes

    def _write_all(self, changes: Mapping[str, HomeChange], homes: dict[str, _Home], now: int) -> dict[str, bool]:
        plans = {name: _apply(homes[name], change, now) for name, change in changes.items()}
        stored = self._stored_latest({name: plan for name, plan in plans.items() if plan.missing})
        pipe = self._client.pipeline(transaction=False)
        for name, plan in plans.items():
            fields = plan.fields(stored.get(name))
            args = [value for pair in fields.items() for value in pair]
            gone = orjson.dumps(sorted(plan.deleted))
            pipe.execute_command(
                "EVAL", self._write, 1, self._keys.home(name), homes[name].version, gone, plan.lifetime(now), *args
            )
        return {name: bool(done) for name, done in zip(plans, pipe.execute(), strict=True)}

    def _stored_latest(self, plans: Mapping[str, _Plan]) -> dict[str, Result]:
        """The newest result of homes whose newest is not among what is being filed."""
        pipe = self._client.pipeline(transaction=False)
        for name, plan in plans.items():
            pipe.hget(self._keys.home(name), f"b:{set_key(*max(plan.rows).key)}")
        bodies = dict(zip(plans, pipe.execute() if plans else [], strict=True))
        return {name: codec.decode_result(body)[0] for name, body in bodies.items() if body}


@dataclass(slots=True)
class _Plan:
    """What one home will hold."""

    rows: list[Row]
    graves: dict[str, int]
    customer_id: str | None
    bodies: dict[tuple[int, int], Body]
    deleted: set[str]

    @property
    def latest(self) -> Row | None:
        return max(self.rows, default=None)

    @property
    def missing(self) -> bool:
        return self.latest is not None and self.latest.key not in self.bodies

    def lifetime(self, now: int) -> int:
        """Milliseconds that a home is kept of which only graves are left; 0 is for ever."""
        return 0 if self.rows else max([until - now for until in self.graves.values()], default=1)

    def fields(self, stored: Result | None) -> dict[str, bytes]:
        latest = self.bodies[self.latest.key].result if self.latest and not self.missing else stored
        rows = sorted(self.rows, reverse=True)
        index = {"rows": [codec.row_values(row) for row in rows], "gone": self.graves, "customer": self.customer_id}
        fields = {
            # Drawn, not counted: a home may vanish and come back between a read and a write.
            "n": secrets.token_bytes(6),
            "x": orjson.dumps(index),
        }
        for key, body in self.bodies.items():
            fields[f"b:{set_key(*key)}"] = codec.encode_result(body.result, body.raw)
        if self.customer_id is not None:
            plain, full = render(self.customer_id, rows, latest)
            fields["s"] = codec.pack(plain)
            if full is None:
                self.deleted.add("S")
            else:
                fields["S"] = codec.pack(full)
        return fields


def _apply(home: _Home, change: HomeChange, now: int) -> _Plan:
    graves = {name: until for name, until in home.graves.items() if until > now}
    if change.bury_until:
        graves |= {set_key(*key): change.bury_until for key in change.drop}
    rows = {row.key: row for row in home.rows if row.key not in change.drop}
    bodies = {
        key: body
        for key, body in change.put.items()
        if set_key(*key) not in graves
        and (change.force or key not in rows or rows[key].updated <= body.result.row.updated)
    }
    rows |= {key: body.result.row for key, body in bodies.items()}
    customer_id = next((body.result.customer_id for body in bodies.values()), home.customer_id)
    deleted = {f"b:{set_key(*key)}" for key in change.drop}
    return _Plan(list(rows.values()), graves, customer_id, bodies, deleted)
