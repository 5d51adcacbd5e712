"""Answer sets that are served and that can no longer be read: counted, and no longer served after GONE_DAYS.

What such a set holds now may be less than what is served of it: a Partial Delete may have taken person and text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from service.cache.freshness import age_of
from service.survey.doubt import is_much
from service.survey.errors import MalformedError, NotFoundError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from service.ports import Clock, Upstream
    from service.store.codec import Revision
    from service.store.redis_store import RedisStore
    from service.survey.model import AnswerSet
    from service.sweeping.set_filing import SetFiler

log = structlog.get_logger()

GONE_DAYS = 3.0
SECONDS_PER_DAY = 86_400.0


class UnreadableSets:
    """The caller holds the survey's lease."""

    def __init__(self, upstream: Upstream, store: RedisStore, filer: SetFiler, days: float, clock: Clock) -> None:
        """`days`: how long a set stays served that cannot be read."""
        self._upstream = upstream
        self._store = store
        self._filer = filer
        self._days = days
        self._clock = clock

    def note(self, survey_id: int, *, readable: Collection[int] = (), unreadable: Collection[int] = ()) -> None:
        """Remember which sets could be read, and which could not. Raises StoreError."""
        known = self._store.control.unread(survey_id)
        new = self._served(survey_id, [number for number in unreadable if number not in known])
        now = int(self._store.time.now().timestamp() * 1000)
        kept = {number: since for number, since in known.items() if number not in readable}
        kept |= {number: _entry(now, revision) for number, revision in new.items()}
        if new:
            log.error("answer_sets_no_longer_readable", survey_id=survey_id, count=len(new))
        if kept != known:
            self._store.control.note_unread(survey_id, kept)

    def withdraw(self, survey_id: int, lease: str, *, until: float) -> None:
        """Erase those that have stayed so for long enough, each after it was asked for once more.

        Where they are many at once, Netigate may write sets in another way by now, so none is erased.
        until: no further set is asked for after this (monotonic). Raises StoreError.
        """
        known = self._still(survey_id)
        due = [number for number, entry in known.items() if self._is_due(entry)]
        if not due:
            return
        if is_much(len(known), sum(1 for _ in self._store.reads.revisions(survey_id))):
            log.error("unreadable_sets_not_believed", survey_id=survey_id, count=len(known))
            return
        found, nonsense, gone = self._ask_for(survey_id, due, until)
        control = self._store.control
        if found:
            self._filer.file(survey_id, found, control.state(survey_id), lease=lease, force=True)
        if nonsense or gone:
            # Like any other that cannot be read, it stays counted as set aside.
            aside = control.set_aside(survey_id) | dict.fromkeys(nonsense, "")
            control.note_missing(survey_id, control.missing(survey_id), aside)
            # Without a tombstone: it may come back as soon as it can be read.
            self._store.eraser.sets(survey_id, [*nonsense, *gone], lease=lease, tombstone=0.0)
            log.error("answer_sets_withdrawn", survey_id=survey_id, count=len(nonsense) + len(gone))
        decided = {*nonsense, *gone, *(answer_set.id for answer_set in found)}
        control.note_unread(survey_id, {n: entry for n, entry in known.items() if n not in decided})

    def _ask_for(
        self, survey_id: int, numbers: Iterable[int], until: float
    ) -> tuple[list[AnswerSet], list[int], list[int]]:
        """What can be read again, what still cannot, and what does not exist."""
        found: list[AnswerSet] = []
        nonsense: list[int] = []
        gone: list[int] = []
        for number in numbers:
            try:
                found.append(self._upstream.answer_set(survey_id, number))
            except MalformedError:
                nonsense.append(number)
            except NotFoundError:
                gone.append(number)
            except UpstreamError as error:
                log.warning("withdrawal_cut_short", survey_id=survey_id, cause=str(error))
            if self._clock.monotonic() >= until:
                break
        return found, nonsense, gone

    def _still(self, survey_id: int) -> dict[int, str]:
        """Those that are served as they were when they were noted; any other was read since."""
        known = self._store.control.unread(survey_id)
        served = self._served(survey_id, known)
        kept = {n: entry for n, entry in known.items() if n in served and entry == _entry(_since(entry), served[n])}
        if kept != known:
            self._store.control.note_unread(survey_id, kept)
        return kept

    def _served(self, survey_id: int, numbers: Iterable[int]) -> dict[int, Revision]:
        names = [(survey_id, number) for number in numbers]
        found = self._store.reads.revisions_of(names) if names else {}
        return {number: revision for (_, number), revision in found.items() if revision.partition}

    def _is_due(self, entry: str) -> bool:
        age = age_of(_since(entry), self._store.time.now())
        return age is not None and age >= self._days * SECONDS_PER_DAY


def _entry(since: int, revision: Revision) -> str:
    """Since when (Unix ms), and what was served then."""
    return f"{since} {revision.digest}"


def _since(entry: str) -> int:
    since = entry.partition(" ")[0]
    return int(since) if since.isdigit() else 0
