"""The public feed as alerts follow it: the same cursors, ids and kinds as `GET /v1/changes`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.store.alerts.delivery_states import Start
from service.store.feeds.feed import GoneCursorError, decode_cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from service.alerts.messages.telling import Change
    from service.store.feeds.feed import Feed, FeedPage

PAGE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes are told. `max_score`: 0 to 100, None for any."""

    kinds: Collection[str]
    max_score: float | None = None
    comments: bool = False

    def __call__(self, change: dict[str, Any]) -> bool:
        return change["kind"] in self.kinds and (self.max_score is None or change["score"] <= self.max_score)

    def told(self, change: Change) -> Change:
        """The change as it may be told: with comments only where the operator allows."""
        return change if self.comments else {name: value for name, value in change.items() if name != "comments"}


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads the wanted changes of the feed. Raises StoreError; GoneCursorError where the route answers 410."""

    feed: Feed
    wanted: Wanted

    def next(self, start: Start, most: int) -> tuple[list[Change], str]:
        """The changes after a start, at most `most`, and the cursor after them."""
        found: list[Change] = []
        cursor = start.cursor
        for page in self._pages(start, lambda: most - len(found)):
            found.extend(map(self.wanted.told, page.changes))
            cursor = page.cursor
        return found, cursor or self.feed.now()

    def these(self, start: Start, ids: Collection[str]) -> list[Change]:
        """The changes of these ids, as far as they are still kept; those erased since are not."""
        missing, found = set(ids), []
        for page in self._pages(start):
            found += [self.wanted.told(change) for change in page.changes if change["id"] in missing]
            missing -= {change["id"] for change in page.changes}
            if not missing:
                break
        return found

    def _pages(self, start: Start, room: Callable[[], int] = lambda: PAGE) -> Iterator[FeedPage]:
        """Page after page until nothing is left, or `room`: how many more changes there may be, is used up."""
        cursor, since = start.cursor, start.since
        while (limit := min(PAGE, room())) > 0:
            page = self.feed.page(cursor=cursor, since=None if cursor else since, limit=limit, wanted=self.wanted)
            yield page
            if not page.changes and page.cursor == cursor:
                return
            cursor = page.cursor


def restart(cursor: str) -> Start:
    """Where to go on from when a cursor is gone (410): everything kept that is not older than its place.

    So a change is told once more at most, and older changes that are still kept are not all told again.
    """
    _, place = decode_cursor(cursor, 2)
    return Start(since=int(place.partition("-")[0]))


__all__ = ["GoneCursorError", "Reading", "Wanted", "restart"]
