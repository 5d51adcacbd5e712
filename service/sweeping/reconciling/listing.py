"""Reads Netigate's list of a survey's answer sets: whole if possible, else in windows of time over several turns.

The list is unpaged, slow for a large survey, and accepts `from` and `to`. An unfinished list is kept in this process
only; after a restart it begins again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from service.survey.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock, Upstream
    from service.store.codec import Revision
    from service.survey.model import AnswerSet

Window = tuple[datetime | None, datetime | None]

TURN_SECONDS = 30.0  # no further window is begun in one turn after this
FIRST_SPAN = timedelta(days=30)
SPANS = 7  # each window reaches twice as far back as the one before; the last has no beginning
SHORTEST = timedelta(minutes=1)  # a window is not halved below this


@dataclass(slots=True)
class Listing:
    """What is listed so far. `stored`: the revisions in the store before the listing began."""

    started: int  # Unix milliseconds
    stored: dict[int, Revision]
    found: dict[int, AnswerSet] = field(default_factory=dict)
    set_aside: int = 0
    left: list[Window] = field(default_factory=lambda: [(None, None)])


class ListReader:
    """Safe to use from the one thread that holds a survey's lease."""

    def __init__(self, upstream: Upstream, clock: Clock) -> None:
        self._upstream = upstream
        self._clock = clock
        self._under_way: dict[int, Listing] = {}
        self._in_windows: set[int] = set()  # surveys whose whole list took too long once

    def read(self, survey_id: int, begin: Callable[[], Listing]) -> Listing | None:
        """The whole list, or None where a later turn has to go on. `begin` makes a listing that is still empty.

        Raises UpstreamError; after a time-out the next turn asks for shorter windows, where that is possible.
        """
        listing = self._under_way.get(survey_id)
        if listing is None:
            listing = self._under_way[survey_id] = begin()
            if survey_id in self._in_windows:
                listing.left = _windows(self._clock.now())
        until = self._clock.monotonic() + TURN_SECONDS
        while listing.left and self._clock.monotonic() < until:
            self._next(survey_id, listing)
        return None if listing.left else self._under_way.pop(survey_id)

    def drop(self, survey_id: int) -> None:
        """Forget what was listed so far."""
        self._under_way.pop(survey_id, None)

    def _next(self, survey_id: int, listing: Listing) -> None:
        since, until = listing.left[0]
        try:
            page = self._upstream.answer_list(survey_id, since=since, until=until)
        except UnavailableError as error:
            halves = _halved((since, until), self._clock.now())
            if error.status is not None or not halves:  # it answered, so a shorter window would not help
                raise
            self._in_windows.add(survey_id)
            listing.left[:1] = halves
            raise  # the next turn asks for less: this one has taken long enough
        listing.found |= {answer_set.id: answer_set for answer_set in page.answer_sets}
        listing.set_aside += page.set_aside
        del listing.left[0]


def _windows(now: datetime) -> list[Window]:
    """Newest first, each twice as long as the one before."""
    ends = [now - FIRST_SPAN * 2**number for number in range(SPANS)]
    return [(ends[0], None), *((since, until) for until, since in pairwise(ends)), (None, ends[-1])]


def _halved(window: Window, now: datetime) -> list[Window]:
    """The same window in two; empty where it is too short for that."""
    since, until = window
    if since is None and until is None:
        return _windows(now)
    if since is None:
        middle = (until or now) - FIRST_SPAN * 2**SPANS
        return [(middle, until), (None, middle)]
    middle = since + ((until or now) - since) / 2
    return [(middle, until), (since, middle)] if middle - since > SHORTEST else []
