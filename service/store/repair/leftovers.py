"""What can be read of a partition that is damaged, and whether that is all that it held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.store.codec import decode_result
from service.store.filing.partitions import decode_index
from service.store.key_families import BY_NAME
from service.store.repair.values import is_damaged
from service.store.wholeness.loss_marks import LOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.survey.results import Result, Row

FAMILY = BY_NAME["partition"].name
INDEX, BODY = b"x", b"b:"


def damaged_fields(part: str, fields: Mapping[bytes, bytes]) -> list[bytes]:
    """Those of a partition's fields that cannot be read, or do not belong to it."""
    return [name for name, value in fields.items() if is_damaged(FAMILY, name, value, part)]


@dataclass(frozen=True, slots=True)
class Leftover:
    """Rows and results that can be read, newest first. `rows_whole`: whether there were no others."""

    rows: list[Row]
    results: list[Result]
    rows_whole: bool

    @property
    def latest(self) -> Result | None:
        return self.results[0] if self.rows and self.results and self.results[0].row.key == self.rows[0].key else None

    @property
    def tells_summary(self) -> bool:
        """Whether the summary can be made from it."""
        return self.rows_whole and (not self.rows or self.latest is not None)

    @property
    def whole(self) -> bool:
        """Whether every result is there."""
        return self.rows_whole and {row.key for row in self.rows} <= {result.row.key for result in self.results}


def leftover(part: str, fields: Mapping[bytes, bytes], over: frozenset[bytes]) -> Leftover:
    """What is left of a partition. `over`: marks that are over, as told by `Losses` before the fields were read."""
    bad = damaged_fields(part, fields)
    bodies = [value for name, value in fields.items() if name.startswith(BODY) and name not in bad]
    results = sorted((decode_result(body)[0] for body in bodies), key=lambda result: result.row, reverse=True)
    bodies_whole = not any(name.startswith(BODY) for name in bad)
    has_index = INDEX in fields and INDEX not in bad
    rows = decode_index(fields[INDEX])[0] if has_index else [result.row for result in results]
    if bodies_whole and fields.get(LOST) in over:
        # Netigate was compared since: what it has not brought again is no more.
        there = {result.row.key for result in results}
        return Leftover(sorted((row for row in rows if row.key in there), reverse=True), results, rows_whole=True)
    return Leftover(sorted(rows, reverse=True), results, LOST not in fields and (has_index or bodies_whole))
