"""Mends one partition: its index and summaries follow from its bodies."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import orjson

from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.filing.partitions import UNKNOWN_SUMMARY, decode_index, encode_index, render
from service.store.keys import is_respondents, set_key
from service.store.repair.findings import MISSING, VALUE
from service.store.repair.leftovers import BODY, FAMILY, INDEX, damaged_fields, leftover
from service.store.repair.values import is_text
from service.store.wholeness.envelope import pack
from service.store.wholeness.loss_marks import LOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.store.losses import Losses
    from service.store.repair.findings import Findings
    from service.store.repair.leftovers import Leftover

    Fields = Mapping[bytes, bytes]  # of a partition


def lacking(fields: Fields) -> int:
    """How much is missing: what is marked as lost, the index over bodies, bodies of the index's rows, the summary."""
    lost = int(LOST in fields)
    if INDEX not in fields:
        return lost + int(any(name.startswith(BODY) for name in fields))
    rows, _, customer = decode_index(fields[INDEX])
    bodies = sum(BODY + set_key(*row.key).encode() not in fields for row in rows)
    return lost + bodies + int(customer is not None and b"s" not in fields)


class PartitionRepair:
    """Removes what cannot be read, and rewrites what follows from the rest. Raises StoreError.

    Where something was lost with it, the partition is marked, until Netigate was compared.
    """

    def __init__(self, client: Client, keys: Keys, losses: Losses) -> None:
        self._client = client
        self._keys = keys
        self._losses = losses
        self._write = script("partition_write")

    def inspect(self, parts: Iterable[str], findings: Findings, *, heal: bool) -> None:
        """Look at partitions, and mend those that need it."""
        for part in parts:
            with guard():
                fields: Any = self._client.hgetall(self._keys.partition(part))
            bad = damaged_fields(part, fields)
            well = {name: value for name, value in fields.items() if name not in bad}
            missing = lacking(well) if fields else 0
            findings.add(FAMILY, VALUE, len(bad))
            findings.add(FAMILY, MISSING, missing)
            findings.whole += not bad and not missing
            if heal and (bad or missing):
                self._mend(part, fields, well, findings.surveys)

    def unknown(self, findings: Findings) -> list[bytes]:
        """Fields and values of a partition of which nothing is left."""
        return [LOST, self._losses.mark(findings.surveys), b"s", UNKNOWN_SUMMARY, b"n", secrets.token_bytes(6)]

    def _mend(
        self, part: str, fields: Mapping[bytes, bytes], well: Mapping[bytes, bytes], surveys: Sequence[int]
    ) -> None:
        # Asked for behind the fields: what has been filed between makes the write below fail.
        left = leftover(part, fields, self._losses.over([well[LOST]] if LOST in well else []))
        _, tombstones, customer = decode_index(well.get(INDEX))
        if INDEX not in well:
            customer = next((result.customer_id for result in left.results), None)
        anew = {b"n": secrets.token_bytes(6), INDEX: encode_index(left.rows, tombstones, customer)}
        if not left.whole:
            # A mark stays as old as it is, so that it ends, unless more was lost since.
            anew[LOST] = well[LOST] if LOST in well and len(well) == len(fields) else self._losses.mark(surveys)
        anew |= _summaries(part, customer, fields, well, left)
        kept = {name for name in well if name != LOST and (name not in {b"s", b"S"} or b"s" not in anew)}
        gone = [name for name in fields if name not in kept and name not in anew]
        args = [value for pair in anew.items() for value in pair]
        names = orjson.dumps([name.decode(errors="surrogateescape") for name in gone if is_text(name)])
        key, version = self._keys.partition(part), fields.get(b"n", b"")
        with guard():
            # One script removes and writes, unless somebody has written the partition meanwhile.
            lifetime = "0" if left.rows or LOST in anew else "1"
            written = self._client.eval(self._write, 1, key, version, names, lifetime, *args)
            odd = [name for name in gone if not is_text(name)]
            if written and odd:
                self._client.hdel(key, *odd)


def _summaries(part: str, customer: str | None, fields: Fields, well: Fields, left: Leftover) -> dict[bytes, bytes]:
    """The summary anew; nothing where there is none, or the one that is stored stays."""
    if left.tells_summary:
        plain, full = render(customer, left.rows, left.latest) if customer is not None else (b"", None)
        return ({b"s": pack(plain)} if plain else {}) | ({b"S": pack(full)} if full else {})
    stays = INDEX in well and LOST not in well and all(name in well for name in (b"s", b"S") if name in fields)
    return {} if stays or is_respondents(part) else {b"s": UNKNOWN_SUMMARY}
