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
from service.store.repair.survey_names import known_surveys, traces
from service.store.repair.updates_repair import UpdatesRepair
from service.store.repair.values import is_damaged
from service.store.wholeness.loss_marks import LOST
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.store.connection.clients import Client
    from service.store.filing.filer import Filer
    from service.store.key_families import Family
    from service.store.keys import Keys
    from service.store.losses import Losses
    from service.store.wholeness.tolerance import Tolerance

LARGEST: Final = 2**20  # bytes of a string; ours have some hundred
NO_END: Final = -1
LISTS: Final = frozenset({"states", "standing"})  # what `check_lists` speaks for

Placed = tuple["Family", str, str]  # a family, its key, and what differs within the family


class Repair:
    """Finds damage, and heals it. Safe beside a running service, and safe to repeat. Raises StoreError."""

    def __init__(self, client: Client, keys: Keys, tolerance: Tolerance, losses: Losses, filer: Filer) -> None:
        self._client = client
        self._keys = keys
        self._tolerance = tolerance
        self._losses = losses
        self._partitions = PartitionRepair(client, keys, losses)
        self._rebuild = Rebuild(client, keys)
        self._updates = UpdatesRepair(client, keys, filer.commit)
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
        if "lost" in findings.families:
            self._losses.mark_lists(findings.surveys)
        lost = bool(findings.families & FROM_NETIGATE)
        if findings.families:
            self._rebuild.all(findings.families, list(self._parts()), lost=lost)
            self._updates.mend(findings.families, lost=lost)
        if lost:
            self._tolerance.ask(*known_surveys(self._client, self._keys))
        else:
            self._unmark(findings.marked)
        return findings

    def _unmark(self, pointers: Iterable[str]) -> None:
        """What was marked was rebuilt from what is whole."""
        self._losses.lists_are_whole()
        for key in pointers:
            with guard():
                self._client.hdel(key, LOST)

    def _inspect(self, *, heal: bool) -> Findings:
        # Marks name every survey, so they are looked for before anything is taken away.
        findings, parts = Findings(traces(self._client, self._keys)), []
        for placed, sort, ends in self._typed(findings):
            family, key, part = placed
            wrong = sort != family.type
            if wrong or (not family.lasting and ends == NO_END):
                findings.add(family.name, TYPE if wrong else ENDLESS)
                if heal:
                    self._take_key(family, key, findings)
            elif family is BY_NAME["partition"]:
                parts.append(part)
            else:
                self._values(placed, findings, heal=heal)
        self._partitions.inspect(parts, findings, heal=heal)
        for name in ("standing", "updates"):
            findings.add(name, MISSING, len(self._updates.apart(name)))
        return findings

    def _take_key(self, family: Family, key: str, findings: Findings) -> None:
        self._mark(family, key, findings)
        left = self._partitions.unknown(findings) if family is BY_NAME["partition"] else []
        if family is BY_NAME["pointers"]:
            left = [LOST, self._losses.mark(findings.surveys)]
        with guard():
            self._client.eval(self._heal_key, 1, key, family.type, "" if family.lasting else "1", *left)

    def _mark(self, family: Family, key: str, findings: Findings) -> None:
        """Note, before anything is taken away, that what is left may not be all."""
        if family.name in LISTS:
            self._losses.mark_lists(findings.surveys)
        elif family is BY_NAME["pointers"]:
            findings.marked.append(key)

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
                for name, value in _READ[family.type](self._client, key):
                    if is_damaged(family.name, name, value, part):
                        bad[name] = value
                    if name == LOST and family is BY_NAME["pointers"]:
                        findings.add(family.name, MISSING)
                        findings.marked.append(key)
                if heal and bad:
                    self._take(family, key, bad, findings)
        except DamagedValueError:  # another type since it was looked at: found at the next look
            bad[b""] = b""
        findings.add(family.name, VALUE, len(bad))
        findings.whole += not bad

    def _take(self, family: Family, key: str, bad: dict[bytes, bytes], findings: Findings) -> None:
        self._mark(family, key, findings)
        pipe: Any = self._client.pipeline(transaction=False)
        if family is BY_NAME["pointers"]:
            pipe.hset(key, LOST, self._losses.mark(findings.surveys))
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
