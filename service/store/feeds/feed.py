"""The feed of changes: what churn alerts read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.feeds import feed_redaction
from service.store.feeds.cursors import LOOK_AT, decode_cursor, encode_cursor
from service.store.feeds.feed_redaction import decode_change
from service.store.feeds.horizon import Horizon
from service.survey.errors import BadCursorError, DamagedValueError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store.connection.clients import Client
    from service.store.control import Control
    from service.store.keys import Keys
    from service.store.wholeness.tolerance import Tolerance

FIRST = "0-0"
LAST = f"{2**64 - 1}-{2**64 - 1}"
_STREAM_ID = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")


class GoneCursorError(ServiceError):
    """A cursor from before what is kept, or of a store that was lost: changes may have been missed."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Changes, oldest first, and the cursor to go on from, even where there are none.

    `more`: whether asking again from that cursor may find changes that are stored already.
    """

    changes: tuple[dict[str, Any], ...]
    cursor: str
    more: bool


def decode_stream_id(value: bytes) -> str:
    """Raises DamagedValueError."""
    found = value.decode(errors="replace")
    if not _STREAM_ID.fullmatch(found):
        raise DamagedValueError("value")
    return found


def _order(stream_id: str) -> tuple[int, int]:
    millis, _, number = stream_id.partition("-")
    return int(millis), int(number)


class Feed:
    """Reads changes. Every call raises StoreError where Redis is away or refuses."""

    def __init__(
        self, client: Client, keys: Keys, control: Control, tolerance: Tolerance, *, settle: float = 0.0
    ) -> None:
        """`settle`: seconds that a change is held back, so that none is given out that a failover can still lose."""
        self._client = client
        self._keys = keys
        self._control = control
        self._tolerance = tolerance
        self._settle = settle
        self._horizon = Horizon(client, keys)
        self._trim = script("feed_trim")

    def page(
        self, *, cursor: str | None, since: int | None, limit: int, wanted: Callable[[dict[str, Any]], bool]
    ) -> FeedPage:
        """Changes after a cursor, or since a moment (Unix ms), or from the oldest kept.

        Raises BadCursorError; GoneCursorError, also where a change after the cursor cannot be read; DamagedValueError
        where the feed cannot be read and there is no cursor.
        """
        try:
            return self._page(cursor, since, limit, wanted)
        except DamagedValueError:
            self._tolerance.note("feed")
            if cursor:
                raise GoneCursorError from None
            raise

    def _page(
        self, cursor: str | None, since: int | None, limit: int, wanted: Callable[[dict[str, Any]], bool]
    ) -> FeedPage:
        epoch = self._control.epoch()
        # Taken before the first look, so that what is added meanwhile lies after the returned cursor.
        until = self._until()
        resting = self._start(cursor, epoch) if cursor else min(self._newest(), until or LAST, key=_order)
        at = resting if cursor else f"{since or 0}-0"
        exclusive = "(" if cursor else ""
        found: list[dict[str, Any]] = []
        looked = 0
        while looked < LOOK_AT:
            count = min(max(limit + 1, 50), LOOK_AT - looked)
            with guard():
                entries: Any = self._client.xrange(self._keys.feed, min=exclusive + at, max=until or "+", count=count)
            for identifier, fields in entries:
                exclusive, looked = "(", looked + 1
                at = identifier.decode()
                change = self._tolerance.value("feed", decode_change, fields)
                if len(found) == limit:  # the page is full: look only whether there is more
                    if change is None or wanted(change):
                        return FeedPage(tuple(found), encode_cursor(epoch, resting), more=True)
                    continue
                if change is None and cursor:
                    raise GoneCursorError
                resting = at
                if change is not None and wanted(change):
                    found.append(change)
            if len(entries) < count:
                return FeedPage(tuple(found), encode_cursor(epoch, resting), more=False)
        return FeedPage(tuple(found), encode_cursor(epoch, resting), more=True)

    def _until(self) -> str | None:
        """The newest id that may be given out; None where any may."""
        if not self._settle:
            return None
        return f"{self._horizon.millis(int(self._settle * 1000))}-{2**64 - 1}"

    def now(self) -> str:
        """The cursor after the newest change."""
        return encode_cursor(self._control.epoch(), self._newest())

    def _newest(self) -> str:
        with guard():
            newest: Any = self._client.xrevrange(self._keys.feed, count=1)
            trimmed: Any = self._client.get(self._keys.trimmed)
        return newest[0][0].decode() if newest else decode_stream_id(trimmed or FIRST.encode())

    def strip_comments(self) -> int:
        """Take comments out of every change that is kept; how many held any."""
        return feed_redaction.strip(self._client, self._keys, feed_redaction.without_comments)

    def strip_names(self, survey_id: int) -> int:
        """Take contacts' names out of a survey's changes; how many held one."""
        return feed_redaction.strip(self._client, self._keys, feed_redaction.without_name(survey_id))

    def trim(self, oldest: int) -> int:
        """Drop changes detected before this moment (Unix ms); how many that were."""
        keys = self._keys
        with guard():
            dropped: Any = self._client.eval(self._trim, 3, keys.feed, keys.trimmed, keys.told, f"{oldest}-0", oldest)
        return int(dropped)

    def _start(self, cursor: str, epoch: str) -> str:
        theirs, at = decode_cursor(cursor, 2)
        # Nothing can follow the last possible id, and Redis refuses to look for it.
        if not _STREAM_ID.fullmatch(at) or max(_order(at)) >= 2**64 or _order(at) == _order(LAST):
            raise BadCursorError
        with guard():
            trimmed: Any = self._client.get(self._keys.trimmed)
        if theirs != epoch or (trimmed and _order(at) < _order(decode_stream_id(trimmed))):
            raise GoneCursorError
        return at
