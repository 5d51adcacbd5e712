"""Reads Netigate's list of a survey's answer sets, in a thread of its own, so that sweeps go on meanwhile.

The list is unpaged, slow for a large survey, and accepts `from` and `to`. So it is read in windows of time, newest
first, and a window that takes too long is read in parts. An unfinished list is kept in this process only: after a
restart it begins again.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import structlog

from service.survey.errors import RateLimitedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.ports import Clock, Upstream
    from service.store.codec import Revision
    from service.survey.model import AnswerSet

log = structlog.get_logger()

Window = tuple[datetime | None, datetime | None]  # from, to; None: without an end on that side

PATIENCE = 2.0  # seconds for which a turn waits for a list that it started; later turns look at what comes later
TOGETHER = 2  # windows of different surveys; no more, since sweeps need Netigate too
SETS_EACH = 20_000  # known sets of one window
PARTS = 8  # that a window which took too long is read in
SHORTEST = timedelta(minutes=1)  # a window without known sets is not halved below this
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # stands for the beginning where a window without one is halved
SLOW = frozenset({"timeout", "budget", "too_large"})  # causes against which parts surely help


@dataclass(slots=True)
class Listing:
    """What is listed so far. `stored`: the revisions in the store before the listing began.

    Of what no window lists, `gone` does not exist, and of `unclear` Netigate could not say. `resting`: set while no
    window is asked for.
    """

    started: int  # Unix milliseconds
    stored: dict[int, Revision]
    found: dict[int, AnswerSet] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    unclear: set[int] = field(default_factory=set)
    set_aside: int = 0
    is_slow: bool = False  # a window took too long
    read: list[Window] = field(default_factory=list)
    left: list[Window] = field(default_factory=list)
    failure: Exception | None = None
    resting: threading.Event = field(default_factory=threading.Event)

    @property
    def is_whole(self) -> bool:
        return self.resting.is_set() and not self.left

    @property
    def is_sure(self) -> bool:
        """Whether a set that it lacks is gone: it was read at once and whole, so whatever `from` and `to` compare."""
        return len(self.read) <= 1 and not self.set_aside

    def lacking(self) -> list[int]:
        """Known sets that the windows read so far should have listed, and have not; without what was asked for."""
        if not self.read:
            return []
        since = self.read[-1][0]  # each window ends where the one read before it begins
        first = since.timestamp() * 1000 if since else -inf
        settled = self.gone | self.unclear
        return [
            key
            for key, known in self.stored.items()
            if key not in self.found and key not in settled and _dated(known) >= first
        ]


class ListReader:
    """Safe between the threads that each hold another survey's lease."""

    def __init__(self, upstream: Upstream, clock: Clock, *, patience: float = PATIENCE) -> None:
        self._upstream = upstream
        self._clock = clock
        self._patience = patience
        self._under_way: dict[int, Listing] = {}
        self._windows: dict[int, list[Window]] = {}  # in which a survey's slow list was read
        self._pool = ThreadPoolExecutor(TOGETHER, thread_name_prefix="list")  # surveys take turns, window by window

    def read(self, survey_id: int, begin: Callable[[], Listing]) -> Listing:
        """Go on with the list, or start it. While it is not whole, a later turn goes on; then `end` it.

        begin: makes a listing that is still empty. Raises what kept a window from being read; a later turn tries again.
        """
        patience = 0.0  # a turn that only looks what has come need not wait
        listing = self._under_way.get(survey_id)
        if listing is None:
            listing = self._under_way[survey_id] = begin()
            listing.left = [*(self._windows.get(survey_id) or _first_windows(listing))]
            listing.resting.set()
        if listing.failure is None and listing.left and listing.resting.is_set():
            listing.resting.clear()
            self._pool.submit(self._next, survey_id, listing)
            patience = self._patience
        if listing.resting.wait(patience) and listing.failure is not None:
            failure, listing.failure = listing.failure, None
            raise failure
        return listing

    def end(self, survey_id: int) -> None:
        """The list was compared: the next one is read anew, at once in windows if this one was slow."""
        listing = self._under_way.pop(survey_id)
        if listing.is_slow:
            self._windows[survey_id] = listing.read

    def is_reading(self, survey_id: int) -> bool:
        """Whether a list is under way and has not failed, or has come to something that no turn has looked at."""
        listing = self._under_way.get(survey_id)
        return listing is not None and not (listing.resting.is_set() and listing.left and listing.failure is None)

    def _next(self, survey_id: int, listing: Listing) -> None:
        """Read one window, and queue for the next."""
        try:
            self._window(survey_id, listing)
        except Exception as error:  # noqa: BLE001  (raised in the turn that looks next)
            listing.failure = error
            listing.resting.set()
            return
        if listing.left:
            self._pool.submit(self._next, survey_id, listing)
        else:
            listing.resting.set()

    def _window(self, survey_id: int, listing: Listing) -> None:
        since, until = window = listing.left[0]
        try:
            page = self._upstream.answer_list(survey_id, since=since, until=until)
        except UnavailableError as error:
            if error.retry_after or isinstance(error, RateLimitedError):
                raise  # that says nothing of the window
            parts = _parts(window, listing, PARTS, self._clock.now())
            listing.left[:1] = parts
            if error.cause not in SLOW or len(parts) == 1:
                raise
            listing.is_slow = True
            log.warning("list_takes_long", survey_id=survey_id, cause=error.cause, windows=len(listing.left))
            return
        # In this order: another thread may look at what the windows read so far lack.
        listing.found |= {answer_set.id: answer_set for answer_set in page.answer_sets}
        listing.set_aside += page.set_aside
        listing.read.append(window)
        del listing.left[0]


def _dated(known: Revision) -> int:
    """About when a set was made (Unix ms): the list's windows compare a date that is not stored."""
    return known.completed or known.updated or 0


def _first_windows(listing: Listing) -> list[Window]:
    count = -(-len(listing.stored) // SETS_EACH)
    return _cut((None, None), listing, count) if count > 1 else [(None, None)]


def _parts(window: Window, listing: Listing, count: int, now: datetime) -> list[Window]:
    """The window in parts with as many known sets each; in halves of time where few are known. Newest first."""
    parts = _cut(window, listing, count)
    if len(parts) > 1:
        return parts
    since, until = window
    half = ((until or now) - (since or EARLIEST)) / 2
    middle = (since or EARLIEST) + half
    return [(middle, until), (since, middle)] if half > SHORTEST else [window]


def _cut(window: Window, listing: Listing, count: int) -> list[Window]:
    since, until = window
    first, last = since.timestamp() if since else -inf, until.timestamp() if until else inf
    inside = sorted(moment for known in listing.stored.values() if first < (moment := _dated(known) // 1000) < last)
    cuts = sorted({inside[len(inside) * number // count] for number in range(1, count)} if inside else set())
    ends: Sequence[datetime | None] = [since, *(datetime.fromtimestamp(cut, tz=UTC) for cut in cuts), until]
    return list(pairwise(ends))[::-1]
