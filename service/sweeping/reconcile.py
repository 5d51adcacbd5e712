"""The reconcile: finds what paging missed and what vanished, by comparing ids.

An upstream that suddenly lists little or nothing is not believed: nothing is removed, and an alarm is raised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from service.survey.errors import NotFoundError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.ports import Upstream
    from service.store.codec import Revision
    from service.store.redis_store import RedisStore
    from service.survey.model import AnswerSet
    from service.sweeping.change_feed import ChangeFeed
    from service.sweeping.expiry import Expiry
    from service.sweeping.sweep import Sweeper

log = structlog.get_logger()

VANISHED_SHARE = 0.2  # more than this of a survey, and
VANISHED_COUNT = 10  # more than so many sets, at once is not believed
# Fetching set by set is slow; beyond this many one sweep over everything costs less.
FETCH_ONE_BY_ONE = 200
NOT_FOUND = "the survey answers 404"
ALARM_SECONDS = 60.0  # an alarm is looked into again after this, so that it ends soon after its cause


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """What a reconcile found and did. `alarm` says why nothing was removed, where that is so."""

    listed: int
    fetched: int
    purged: int
    alarm: str | None = None


class Reconciler:
    """Reconciles one survey; the caller holds its lease."""

    def __init__(self, upstream: Upstream, store: RedisStore, sweeper: Sweeper) -> None:
        self._upstream = upstream
        self._store = store
        self._sweeper = sweeper

    def reconcile(self, survey_id: int, lease: str) -> ReconcileReport:
        """Compare and mend. Raises UpstreamError, StoreAwayError, StaleLeaseError."""
        started = self._store.filer.now()
        # Before the listing: a set that is filed while we list must not look vanished.
        stored = dict(self._store.reads.revisions(survey_id))
        try:
            listing = self._upstream.answer_list(survey_id)
        except NotFoundError:
            return self._held(survey_id, len(stored), 0, NOT_FOUND)
        listed = {answer_set.id: answer_set for answer_set in listing.answer_sets}
        vanished = [key for key in stored if key not in listed]
        alarm = _doubt(len(stored), len(listed), len(vanished))
        if alarm:
            return self._held(survey_id, len(stored), len(listed), alarm)
        if listing.set_aside:
            # Any of the vanished may be one that could not be read: ask for each by itself.
            vanished = [key for key in vanished if self._is_gone(survey_id, key)]
        purged = self._store.eraser.sets(survey_id, vanished, lease=lease).results if vanished else 0
        fetched = self._fetch(survey_id, self._differing(survey_id, listed, stored), lease)
        state = self._store.control.state(survey_id)
        self._store.control.set_state(survey_id, replace(state, reconciled=started, alarm=None))
        return ReconcileReport(len(listed), fetched, purged)

    def _differing(self, survey_id: int, listed: Mapping[int, AnswerSet], stored: Mapping[int, Revision]) -> list[int]:
        lost, how = self._lost(survey_id, stored), self._sweeper.codebooks.stored(survey_id)
        version = how.version if how else ""

        def differs(key: int, found: AnswerSet) -> bool:
            known = stored.get(key)
            return known is None or key in lost or not known.matches(found) or known.puzzles(version)

        return [key for key, found in listed.items() if differs(key, found)]

    def _lost(self, survey_id: int, stored: Mapping[int, Revision]) -> set[int]:
        """Sets whose body a failover has lost: their partition was on another node than their revision."""
        places = [(revision.partition, survey_id, key) for key, revision in stored.items() if revision.partition]
        return {key for (_, _, key), there in zip(places, self._store.reads.exist(places), strict=True) if not there}

    def _fetch(self, survey_id: int, ids: Sequence[int], lease: str) -> int:
        state = self._store.control.state(survey_id)
        if len(ids) > FETCH_ONE_BY_ONE:
            self._store.control.set_state(survey_id, replace(state, filled=None, page=0))
            return len(ids)
        for number, key in enumerate(ids):
            try:
                found = self._upstream.answer_set(survey_id, key)
            except NotFoundError:
                self._store.eraser.sets(survey_id, [key], lease=lease)
                continue
            except UpstreamError as error:
                log.warning("reconcile_cut_short", survey_id=survey_id, cause=str(error), left=len(ids) - number)
                raise
            self._sweeper.file(survey_id, [found], state, lease=lease, force=True)
        return len(ids)

    def _is_gone(self, survey_id: int, key: int) -> bool:
        try:
            self._upstream.answer_set(survey_id, key)
        except NotFoundError:
            return True
        except UpstreamError:
            return False
        return False

    def _held(self, survey_id: int, stored: int, listed: int, alarm: str) -> ReconcileReport:
        state = self._store.control.state(survey_id)
        self._store.control.set_state(survey_id, replace(state, alarm=alarm))
        log.error("reconcile_not_believed", survey_id=survey_id, stored=stored, listed=listed, reason=alarm)
        return ReconcileReport(listed, 0, 0, alarm)


class Housekeeping:
    """Reconciles and trims when due. Implements worker.Care."""

    def __init__(
        self,
        reconciler: Reconciler,
        changes: ChangeFeed,
        store: RedisStore,
        interval: float,
        expiry: Expiry | None = None,
    ) -> None:
        self._expiry = expiry
        self.interval = interval
        self._reconciler = reconciler
        self._changes = changes
        self._store = store
        self._tried: dict[int, int] = {}

    def after_sweep(self, survey_id: int, lease: str) -> None:
        """Reconcile a survey that was not for an interval. Raises as `Reconciler.reconcile`."""
        now, state = self._store.filer.now(), self._store.control.state(survey_id)
        since = max(state.reconciled or 0, state.filled or 0, self._tried.get(survey_id, 0))
        interval = min(self.interval, ALARM_SECONDS) if state.alarm else self.interval
        if state.filled is None or now - since < interval * 1000:
            return
        self._tried[survey_id] = now
        expired = self._expiry.expire(survey_id, lease) if self._expiry else 0
        if expired:
            log.info("expired", survey_id=survey_id, results=expired)
        report = self._reconciler.reconcile(survey_id, lease)
        self._changes.trim()
        if report.fetched or report.purged:
            log.info("reconciled", survey_id=survey_id, fetched=report.fetched, purged=report.purged)

    def not_found(self, survey_id: int) -> None:
        """Netigate says that the survey does not exist: believed by nobody, told to everybody."""
        state = self._store.control.state(survey_id)
        if state.alarm != NOT_FOUND:
            self._store.control.set_state(survey_id, replace(state, alarm=NOT_FOUND))

    def unlisted(self, listed: Sequence[int]) -> list[int]:
        return [survey for survey in self._store.eraser.known_surveys() if survey not in listed]

    def forget(self, survey_id: int) -> int:
        return self._store.eraser.survey(survey_id).results


def _doubt(stored: int, listed: int, vanished: int) -> str | None:
    """Why a listing is not believed, or None."""
    if stored and not listed:
        return "the survey lists no answer set at all"
    if vanished > VANISHED_COUNT and vanished > VANISHED_SHARE * stored:
        return f"{vanished} of {stored} answer sets vanished at once"
    return None
