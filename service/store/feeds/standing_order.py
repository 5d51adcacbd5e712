"""The standing order: customers, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.store import codec
from service.store.connection.guard import guard
from service.store.connection.read_script import ReadScript
from service.store.feeds.cursors import LOOK_AT, decode_cursor, encode_cursor
from service.store.wholeness.envelope import reading
from service.survey.errors import BadCursorError, DamagedValueError
from service.survey.results import Row, low_respondents, newest_scored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.store.losses import Losses
    from service.store.wholeness.tolerance import Tolerance
    from service.survey.model import Band


@dataclass(frozen=True, slots=True)
class Standing:
    """One customer of the standing order."""

    customer_id: str
    rows: tuple[Row, ...]

    @property
    def newest(self) -> Row | None:
        return newest_scored(list(self.rows))

    @property
    def low_respondents(self) -> int:
        return low_respondents(list(self.rows))


@reading
def _texts(parts: Sequence[bytes]) -> list[str]:
    """Raises DamagedValueError."""
    return [part.decode() for part in parts]


class StandingOrder:
    """Reads who stands low. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys, tolerance: Tolerance, losses: Losses) -> None:
        self._client = client
        self._keys = keys
        self._tolerance = tolerance
        self._losses = losses
        self._standing = ReadScript("standing_page")

    def page(
        self,
        bands: Iterable[Band | None],
        *,
        limit: int,
        max_score: float | None,
        before: int | None,
        cursor: str | None,
    ) -> tuple[list[Standing], str | None]:
        """Customers in these bands, worst first; `before` (Unix seconds): only who last answered before then.

        None among the bands means customers without a score. Raises BadCursorError, DamagedValueError.
        """
        try:
            self._losses.check_lists()
            return self._of_bands(bands, limit, max_score, before, cursor)
        except DamagedValueError:
            self._tolerance.note("standing")
            raise

    def _of_bands(
        self, bands: Iterable[Band | None], limit: int, max_score: float | None, before: int | None, cursor: str | None
    ) -> tuple[list[Standing], str | None]:
        place, customer = decode_cursor(cursor, 2) if cursor else ("", "")
        if place and not (place.isascii() and place.isdigit() and len(place) <= 16):  # noqa: PLR2004  (digits of 2^53)
            raise BadCursorError
        highest = "" if max_score is None else str(max_score)
        latest = "" if before is None else str(codec.minute_of(before))
        found: list[Standing] = []
        for first, last in sorted(codec.standing_range(band) for band in set(bands)):
            if place and int(place) > last:
                continue
            if len(found) == limit:
                with guard():
                    if self._client.zcount(self._keys.standing, first, last):
                        return found, encode_cursor(str(first - 1), "")
                continue
            args: list[Any] = [first, last, limit - len(found), LOOK_AT, highest, latest, place, customer]
            with guard():
                reply = self._standing.eval(self._client, [self._keys.standing], *args)
            next_place, next_customer, *customers = _texts(reply)
            found += self._rows(customers)
            if next_place:
                return found, encode_cursor(next_place, next_customer)
        return found, None

    def _rows(self, customers: Sequence[str]) -> list[Standing]:
        if not customers:
            return []
        with guard():
            states: Any = self._client.hmget(self._keys.states, list(customers))
        rows = dict(zip(customers, map(codec.decode_rows, states), strict=True))
        lacking = [customer for customer, found in rows.items() if not found]
        with guard():
            # Both are written together: one who still stands here has lost the other.
            if lacking and any(score is not None for score in self._client.zmscore(self._keys.standing, lacking)):
                raise DamagedValueError("states")
        return [Standing(customer, tuple(found)) for customer, found in rows.items() if found]
