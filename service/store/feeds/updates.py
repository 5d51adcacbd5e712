"""Customers by the last change of their summaries: each once, least recently changed first, and who is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.connection.read_script import ReadScript
from service.store.feeds.cursors import decode_cursor, encode_cursor
from service.store.feeds.feed import GoneCursorError
from service.store.wholeness.envelope import reading
from service.survey.errors import BadCursorError, DamagedValueError

if TYPE_CHECKING:
    from service.store.connection.clients import Client
    from service.store.control import Control
    from service.store.keys import Keys
    from service.store.wholeness.tolerance import Tolerance

MICROS: Final = 1000  # of a millisecond
BEYOND: Final = 9 * 10**15  # numbers are microseconds since 1970 (this one: year 2255); up to here a double is exact
DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Update:
    """A customer whose summary has changed; `gone` where its last result was erased."""

    customer_id: str
    gone: bool


@dataclass(frozen=True, slots=True)
class UpdatesPage:
    """Customers, least recently changed first, and the cursor to go on from, even where there are none."""

    customers: tuple[Update, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a reader has come."""

    at: int  # the number of the last change it was given
    began: int  # the newest number when it began: it was given no summary of a customer gone by then

    @property
    def knows(self) -> int:
        """The reader need not be told of customers gone up to this number."""
        return max(self.at, self.began)


class Updates:
    """Reads who has changed. Every call raises StoreError where Redis is away or refuses."""

    def __init__(
        self, client: Client, keys: Keys, control: Control, tolerance: Tolerance, *, settle: float = 0.0
    ) -> None:
        """`settle`: seconds that a change is held back, so that none is given out that a failover can still lose."""
        self._client = client
        self._keys = keys
        self._control = control
        self._tolerance = tolerance
        self._settle = int(settle * 1000)
        self._page = ReadScript("held_back", "updates_page")
        self._trim = script("updates_trim")

    def page(self, *, cursor: str | None, since: int | None, limit: int) -> UpdatesPage:
        """Customers changed after a cursor, or since a moment (Unix ms), or all of them.

        Raises BadCursorError; GoneCursorError where a customer gone since may have been missed; DamagedValueError.
        """
        epoch = self._control.epoch()
        place = _place(cursor, epoch) if cursor else None
        after = place.at if place else min((since or 0) * MICROS, BEYOND) - 1
        try:
            trimmed, newest, more, found = self._read(max(after, 0), limit)
        except DamagedValueError:
            self._tolerance.note("updates")
            raise
        if place is None:
            # With `since` in the future, changes after this request must still be given.
            place = _Place(min(max(after, 0), newest), max(newest, trimmed))
        elif trimmed > place.knows:
            raise GoneCursorError
        at = found[-1][1] if found else place.at
        known = [self._tolerance.value("updates", _decode_update, (name, gone)) for name, _, gone in found]
        return UpdatesPage(
            tuple(update for update in known if update), encode_cursor(epoch, str(at), str(place.began)), more
        )

    def now(self) -> UpdatesPage:
        """The empty page after the newest change."""
        epoch = self._control.epoch()
        trimmed, newest, _, _ = self._read(BEYOND, 1)
        return UpdatesPage((), encode_cursor(epoch, str(newest), str(max(newest, trimmed))), more=False)

    def _read(self, after: int, limit: int) -> tuple[int, int, bool, list[tuple[bytes, int, bytes]]]:
        """Highest number dropped, newest number, whether there is more; customers with number and mark if gone."""
        keys = self._keys
        names = (keys.updates, keys.gone, keys.gone_trimmed)
        with guard():
            reply = self._page.eval(self._client, names, str(after), str(limit), str(self._settle))
        trimmed, newest, more, *flat = reply
        found = [(flat[i], int(flat[i + 1]), flat[i + 2]) for i in range(0, len(flat), 3)]
        return decode_number(trimmed), int(newest), more == b"1", found

    def trim(self, oldest: int) -> int:
        """Forget customers gone before this moment (Unix ms); how many that were."""
        names = (self._keys.gone, self._keys.gone_trimmed)
        with guard():
            dropped: Any = self._client.eval(self._trim, len(names), *names, str(min(oldest * MICROS, BEYOND)))
        return int(dropped)


def _place(cursor: str, epoch: str) -> _Place:
    theirs, *numbers = decode_cursor(cursor, 3)
    if not all(number.isascii() and number.isdigit() and len(number) <= DIGITS for number in numbers):
        raise BadCursorError
    if theirs != epoch:
        raise GoneCursorError
    return _Place(*map(int, numbers))


@reading
def _decode_update(found: tuple[bytes, bytes]) -> Update:
    return Update(found[0].decode(), gone=found[1] == b"1")


def decode_number(value: bytes) -> int:
    """The number of a change. Raises DamagedValueError."""
    if not (value.isdigit() and len(value) <= DIGITS and int(value) < BEYOND):
        raise DamagedValueError("value")
    return int(value)
