"""Mends one partition: its index and summaries follow from its bodies."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import orjson

from service.store.codec import decode_result
from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.filing.partitions import decode_index, encode_index, render
from service.store.key_families import BY_NAME
from service.store.keys import set_key
from service.store.repair.findings import MISSING, VALUE
from service.store.repair.values import is_damaged, is_text
from service.store.wholeness.envelope import pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.store.repair.findings import Findings
    from service.survey.results import Result, Row

FAMILY = BY_NAME["partition"].name


def lacking(fields: Mapping[bytes, bytes]) -> int:
    """How much is missing: the index over bodies, bodies of the index's rows, the summary of a customer."""
    if b"x" not in fields:
        return int(any(name.startswith(b"b:") for name in fields))
    rows, _, customer = decode_index(fields[b"x"])
    bodies = sum(f"b:{set_key(*row.key)}".encode() not in fields for row in rows)
    return bodies + int(customer is not None and b"s" not in fields)


class PartitionRepair:
    """Removes what cannot be read, and rewrites what follows from the rest. Raises StoreError."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._write = script("partition_write")

    def inspect(self, parts: Iterable[str], findings: Findings, *, heal: bool) -> None:
        """Look at partitions, and mend those that need it."""
        for part in parts:
            with guard():
                fields: Any = self._client.hgetall(self._keys.partition(part))
            bad = [name for name, value in fields.items() if is_damaged(FAMILY, name, value, part)]
            well = {name: value for name, value in fields.items() if name not in bad}
            missing = lacking(well) if fields else 0
            findings.add(FAMILY, VALUE, len(bad))
            findings.add(FAMILY, MISSING, missing)
            findings.whole += not bad and not missing
            if heal and (bad or missing):
                self._mend(part, fields, well, bad)

    def _mend(self, part: str, fields: Mapping[bytes, bytes], well: Mapping[bytes, bytes], bad: list[bytes]) -> None:
        results = [decode_result(value)[0] for name, value in well.items() if name.startswith(b"b:")]
        rows, tombstones, customer = decode_index(well.get(b"x"))
        if b"x" not in well:
            rows = sorted((result.row for result in results), reverse=True)
            customer = next((result.customer_id for result in results), None)
        anew = {b"n": secrets.token_bytes(6), b"x": encode_index(rows, tombstones, customer)}
        anew |= _summaries(customer, rows, results)
        gone = [name for name in bad if name not in anew]
        if customer is not None and b"S" in fields and b"S" not in anew:
            gone.append(b"S")
        args = [value for pair in anew.items() for value in pair]
        names = orjson.dumps([name.decode(errors="surrogateescape") for name in gone if is_text(name)])
        key, version = self._keys.partition(part), fields.get(b"n", b"")
        with guard():
            # One script removes and writes, unless somebody has written the partition meanwhile.
            written = self._client.eval(self._write, 1, key, version, names, "0" if rows else "1", *args)
            odd = [name for name in gone if not is_text(name)]
            if written and odd:
                self._client.hdel(key, *odd)


def _summaries(customer: str | None, rows: list[Row], results: list[Result]) -> dict[bytes, bytes]:
    if customer is None:
        return {}
    latest = next((result for result in results if rows and result.row.key == max(rows).key), None)
    plain, full = render(customer, rows, latest)
    return {b"s": pack(plain)} | ({b"S": pack(full)} if full else {})
