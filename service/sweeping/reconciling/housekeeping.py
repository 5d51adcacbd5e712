"""What follows a sweep: fetch what is missing, compare with Netigate's list, read old pages again, expire and trim."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from service.cache.freshness import age_of
from service.store.wholeness.tolerance import REPAIR_DUE
from service.survey.errors import UpstreamError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.store.redis_store import RedisStore
    from service.store.survey_state import SurveyState
    from service.sweeping.change_feed import ChangeFeed
    from service.sweeping.held_surveys import HeldSurveys
    from service.sweeping.reconciling.expiry import Expiry
    from service.sweeping.reconciling.reconcile import Reconciler
    from service.sweeping.reconciling.reread import Rereader

log = structlog.get_logger()

TURN_SECONDS = 5.0  # nothing further is begun in one turn after this, so that sweeps go on
AGAIN_SECONDS = 60.0  # a comparison that failed or raised an alarm is done again after this


class Housekeeping:
    """Implements worker.Care. What fails at Netigate is logged, and tried again after the next sweep."""

    def __init__(
        self,
        reconciler: Reconciler,
        changes: ChangeFeed,
        store: RedisStore,
        interval: float,
        *,
        held: HeldSurveys,
        rereader: Rereader | None = None,
        expiry: Expiry | None = None,
    ) -> None:
        self.interval = interval
        self._reconciler = reconciler
        self._changes = changes
        self._store = store
        self._held = held
        self._rereader = rereader
        self._expiry = expiry
        self._tried: dict[int, float] = {}  # when a comparison last ended, monotonic
        self._looked: float | None = None  # when a repair was last called for, monotonic
        self._proved: dict[int, float] = {}

    def after_sweep(self, survey_id: int, lease: str) -> bool:
        """Do what is due for a survey. Returns whether more is due soon.

        Raises StoreError, StaleLeaseError; UpstreamError if `updated=` is wrong.
        """
        self._held.answered(survey_id)
        more, until = False, self._store.time.monotonic() + TURN_SECONDS
        try:
            fetched = self._reconciler.missing.fetch(survey_id, lease, until=until)
            if self._is_due(survey_id):
                self._reconcile(survey_id, lease, until)
                fetched += self._reconciler.missing.fetch(survey_id, lease, until=until)
            if fetched:
                log.info("reconciled", survey_id=survey_id, fetched=fetched)
            self._compared(survey_id)
            self._listed_instead(survey_id)
            if self._rereader is not None and self._store.control.state(survey_id).compared:
                self._rereader.turn(survey_id, lease, until=until)
            more = self._reconciler.is_listing(survey_id) or bool(self._store.control.missing(survey_id))
        except UpstreamError as error:
            log.warning("reconcile_cut_short", survey_id=survey_id, error=type(error).__name__, cause=str(error))
            if self._store.control.state(survey_id).filter_wrong is not None:
                raise  # then sweeps alone bring nothing, so this failure must count
        self._count_aside(survey_id)
        return more

    def damage_met(self) -> None:
        self._store.tolerance.note("several")

    def is_damaged(self) -> bool:
        """Whether a repair is due: damage was met, or the last repair is an interval ago. Raises StoreError."""
        now = self._store.time.monotonic()
        late = self._looked is None or now - self._looked >= self.interval
        due = late or REPAIR_DUE in self._store.tolerance.asked()
        self._looked = now if due else self._looked
        return due

    def heal(self) -> None:
        """Repair what is stored. Raises StoreError."""
        self._store.tolerance.done(REPAIR_DUE)  # before the repair: damage met during it asks for another
        found = self._store.repair.run()
        for (family, sort), count in found.counts.items():
            log.error("store_damaged", family=family, sort=sort, count=count)

    def refused(self, survey_id: int, error: UpstreamError) -> None:
        """Netigate refuses the survey, or does not find it."""
        self._held.refused(survey_id, error)

    def unlisted(self, listed: Sequence[int]) -> list[int]:
        known = self._store.eraser.known_surveys()
        unlisted = [survey for survey in known if survey not in listed]
        wanted = self._store.lists.listed() if unlisted else set()
        return [survey for survey in unlisted if survey not in wanted]

    def forget(self, survey_id: int) -> int:
        return self._store.eraser.survey(survey_id).results

    def _is_due(self, survey_id: int) -> bool:
        state, tried = self._store.control.state(survey_id), self._tried.get(survey_id)
        if state.filled is None:
            return False
        if self._reconciler.is_listing(survey_id):
            return True
        if survey_id in self._store.tolerance.asked():
            self._store.tolerance.done(survey_id)
            return True
        if not state.compared or state.filter_wrong is not None:
            return not self._store.control.missing(survey_id)
        again = min(self.interval, AGAIN_SECONDS)
        age = age_of(max(state.reconciled or 0, state.filled), self._store.time.now())
        if age is not None and age < (again if state.alarm else self.interval):
            return False
        return tried is None or self._store.time.monotonic() - tried >= again

    def _reconcile(self, survey_id: int, lease: str, until: float) -> None:
        moment, proved = self._store.time.monotonic(), self._proved.get(survey_id)
        self._tried[survey_id] = moment
        if self._expiry and not self._reconciler.is_listing(survey_id):
            expired = self._expiry.expire(survey_id, lease)
            if expired:
                log.info("expired", survey_id=survey_id, results=expired)
        prove = proved is None or moment - proved >= self.interval
        report = self._reconciler.reconcile(survey_id, lease, until=until, prove=prove)
        if report is None:
            return
        if prove:
            self._proved[survey_id] = moment
        self._reconciler.unreadable.withdraw(survey_id, lease, until=until)
        self._changes.trim()
        if report.purged or report.missing:
            log.info("compared", survey_id=survey_id, missing=report.missing, purged=report.purged)

    def _compared(self, survey_id: int) -> None:
        """Mark the first sweep as compared with the list, once all that it lacked was fetched or set aside."""
        state = self._store.control.state(survey_id)
        if state.compared or state.filled is None or (state.reconciled or 0) < state.filled:
            return
        if not self._store.control.missing(survey_id):
            self._set(survey_id, replace(state, compared=True))

    def _listed_instead(self, survey_id: int) -> None:
        """Where `updated=` is not believed, a list whose sets were all fetched counts as the sweep."""
        state = self._store.control.state(survey_id)
        if state.filter_wrong is not None and state.reconciled and not self._store.control.missing(survey_id):
            self._store.control.set_swept(survey_id, state.reconciled)

    def _count_aside(self, survey_id: int) -> None:
        state = self._store.control.state(survey_id)
        named = self._store.control.set_aside(survey_id).keys() | self._store.control.unread(survey_id).keys()
        count = len(named) + max(state.nameless, state.reread_nameless)
        if state.unreadable != count:
            self._set(survey_id, replace(state, unreadable=count))

    def _set(self, survey_id: int, state: SurveyState) -> None:
        self._store.control.set_state(survey_id, state)
        self._store.control.mark_backfilling(survey_id, backfilling=not state.compared)
