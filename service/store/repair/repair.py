"""Checks every key of the account; removes what cannot be read, and has it rebuilt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.connection.pieces import batches, entries
from service.store.key_families import BY_NAME, Type
from service.store.repair.findings import AHEAD, ENDLESS, FROM_NETIGATE, MISSING, TYPE, UNKNOWN, VALUE, Findings
from service.store.repair.partition_repair import PartitionRepair
from service.store.repair.rebuild import Rebuild
from service.store.repair.updates_repair import UpdatesRepair
from service.store.repair.values import is_damaged
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.store.connection.clients import Client
    from service.store.key_families import Family
    from service.store.keys import Keys
    from service.store.repair.updates_repair import Commit
    from service.store.wholeness.tolerance import Tolerance

LARGEST: Final = 2**20  # bytes of a string; ours have some hundred
NO_END: Final = -1

Placed = tuple["Family", str, str]  # a family, its key, and what differs within the family


class Repair:
    """Finds damage, and heals it. Safe beside a running service, and safe to repeat. Raises StoreError."""

    def __init__(self, client: Client, keys: Keys, tolerance: Tolerance, commit: Commit) -> None:
        """`commit`: as the filer's."""
        self._client = client
        self._keys = keys
        self._tolerance = tolerance
        self._partitions = PartitionRepair(client, keys)
        self._rebuild = Rebuild(client, keys)
        self._updates = UpdatesRepair(client, keys, commit)
        self._heal_key = script("heal_key")
        self._heal_field = script("heal_field")

    def look(self) -> Findings:
        """What is damaged; changes nothing."""
        return self._inspect(heal=False)

    def run(self) -> Findings:
        """Heal what is damaged; what was found. What only Netigate knows is read from it by the next sweeps."""
        findings = self._inspect(heal=True)
        if findings.counts["feed", TYPE] or "epoch" in findings.families:
            self._rebuild.new_epoch()
        if findings.families:
            self._rebuild.all(findings.families, list(self._parts()))
            self._updates.mend(findings.families)
        if findings.families & FROM_NETIGATE:
            self._tolerance.ask(*self._rebuild.surveys())
        return findings

    def _inspect(self, *, heal: bool) -> Findings:
        findings, parts = Findings(), []
        for placed, sort, ends in self._typed(findings):
            family, key, part = placed
            wrong = sort != family.type
            if wrong or (not family.lasting and ends == NO_END):
                findings.add(family.name, TYPE if wrong else ENDLESS)
                if heal:
                    with guard():
                        self._client.eval(self._heal_key, 1, key, family.type, "" if family.lasting else "1")
            elif family is BY_NAME["partition"]:
                parts.append(part)
            else:
                self._values(placed, findings, heal=heal)
        self._partitions.inspect(parts, findings, heal=heal)
        findings.add("updates", MISSING, len(self._updates.apart()))
        return findings

    def _keys_found(self) -> Iterator[str]:
        for pattern in self._keys.patterns:
            with guard():
                for key in self._client.scan_iter(match=pattern, count=1000):
                    yield key.decode(errors="replace")

    def _parts(self) -> Iterator[str]:
        for key in self._keys_found():
            found = self._keys.family(key)
            if found and found[0] is BY_NAME["partition"]:
                yield found[1]

    def _placed(self, findings: Findings) -> Iterator[Placed]:
        for key in self._keys_found():
            found = self._keys.family(key)
            if found is None:
                findings.add(UNKNOWN, "key of no family")
            else:
                yield found[0], key, found[1]

    def _typed(self, findings: Findings) -> Iterator[tuple[Placed, str, int]]:
        """Each key that is there, with its type and lifetime."""
        for some in batches(self._placed(findings)):
            pipe: Any = self._client.pipeline(transaction=False)
            for _, key, _part in some:
                pipe.type(key)
                pipe.pttl(key)
            with guard():
                replies = pipe.execute()
            for placed, sort, ends in zip(some, replies[::2], replies[1::2], strict=True):
                if sort != b"none":
                    yield placed, sort.decode(), ends

    def _values(self, placed: Placed, findings: Findings, *, heal: bool) -> None:
        family, key, part = placed
        if family.name == "feed" and self._rebuild.is_ahead():
            findings.add(family.name, AHEAD)
            if heal:
                self._rebuild.feed()
        bad: dict[bytes, bytes] = {}
        try:
            with guard():
                values = _READ[family.type](self._client, key)
                bad = {name: value for name, value in values if is_damaged(family.name, name, value, part)}
                if heal and bad:
                    self._take(family, key, bad)
        except DamagedValueError:  # another type since it was looked at: found at the next look
            bad[b""] = b""
        findings.add(family.name, VALUE, len(bad))
        findings.whole += not bad

    def _take(self, family: Family, key: str, bad: dict[bytes, bytes]) -> None:
        pipe: Any = self._client.pipeline(transaction=False)
        for name, value in bad.items():
            if family.type is Type.HASH:
                pipe.execute_command("EVAL", self._heal_field, 1, key, name, value, "")
            elif family.type is Type.SET:
                pipe.srem(key, name)
            elif family.type is Type.ZSET:
                pipe.zrem(key, name)
            elif family.type is Type.STREAM:
                pipe.xdel(key, name)
            else:
                pipe.delete(key)
        pipe.execute()
        if family.name == "feed":
            # Cursors from before what is lost are refused.
            self._rebuild.refuse_before(max(bad, key=_order))


def _order(stream_id: bytes) -> tuple[int, ...]:
    return tuple(int(number) for number in stream_id.split(b"-"))


def _string(client: Client, key: str) -> Iterator[tuple[bytes, bytes]]:
    length: Any = client.strlen(key)
    value: Any = client.get(key) if length <= LARGEST else b""
    yield b"", value or b""


def _zset(client: Client, key: str) -> Iterator[tuple[bytes, bytes]]:
    found: Any = client.zscan_iter(key, count=1000)
    for member, score in found:
        yield member, str(score).encode()


def _set(client: Client, key: str) -> Iterator[tuple[bytes, bytes]]:
    for member in client.sscan_iter(key, count=1000):
        yield member, b""


def _stream(client: Client, key: str) -> Iterator[tuple[bytes, bytes]]:
    for identifier, fields in entries(client, key):
        yield identifier, fields.get(b"e", b"")


_READ: Final[dict[Type, Any]] = {
    Type.STRING: _string,
    Type.HASH: lambda client, key: client.hscan_iter(key, count=500),
    Type.SET: _set,
    Type.ZSET: _zset,
    Type.STREAM: _stream,
}
