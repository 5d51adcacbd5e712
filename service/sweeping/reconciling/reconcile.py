"""The reconcile: finds what paging missed and what vanished, by comparing ids with Netigate's own list.

A list that suddenly lacks many sets, or all, is not believed: nothing is removed, and an alarm is raised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

import structlog

from service.survey.doubt import doubt_of_list
from service.survey.errors import NotFoundError, UpstreamError
from service.sweeping.reconciling.filter_proof import is_brought, newest
from service.sweeping.reconciling.listing import PATIENCE, Listing, ListReader
from service.sweeping.reconciling.missing import MissingSets
from service.sweeping.reconciling.unreadable import GONE_DAYS, UnreadableSets
from service.sweeping.set_filing import FUTURE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ports import Clock, Upstream
    from service.store.codec import Revision
    from service.store.redis_store import RedisStore
    from service.store.survey_state import SurveyState
    from service.survey.model import AnswerSet
    from service.sweeping.sweep import Sweeper

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """What a reconcile found and did. `alarm`: why the list was not believed, so that nothing was removed."""

    listed: int
    missing: int
    purged: int
    alarm: str | None = None


class Reconciler:
    """Reconciles one survey; the caller holds its lease."""

    def __init__(
        self,
        upstream: Upstream,
        store: RedisStore,
        sweeper: Sweeper,
        clock: Clock,
        *,
        patience: float = PATIENCE,
        gone_days: float = GONE_DAYS,
    ) -> None:
        """`patience`: seconds for which one turn waits for the list. `gone_days`: see UnreadableSets."""
        self._upstream = upstream
        self._store = store
        self._sweeper = sweeper
        self._clock = clock
        self._lists = ListReader(upstream, clock, patience=patience)
        self.unreadable = UnreadableSets(upstream, store, sweeper.filer, gone_days, clock)
        self.missing = MissingSets(upstream, store, sweeper.filer, self.unreadable, clock)

    def is_listing(self, survey_id: int) -> bool:
        """Whether a list is under way, so that a turn soon has more to compare."""
        return self._lists.is_reading(survey_id)

    def reconcile(
        self, survey_id: int, lease: str, *, until: float = inf, prove: bool = True
    ) -> ReconcileReport | None:
        """Compare, remove what vanished, note what is missing; None where a later turn has to go on with the list.

        until: no further set is asked for after this (monotonic). prove: also test that `updated=` brings what it
        should. Raises UpstreamError, StoreError, StaleLeaseError.
        """
        listing = self._lists.read(survey_id, lambda: self._begin(survey_id))
        stored, listed, is_whole = listing.stored, listing.found, listing.is_whole
        vanished = listing.lacking()
        alarm = doubt_of_list(len(stored), len(listed), len(vanished) + len(listing.gone))
        if alarm:
            return self._held(survey_id, len(stored), len(listed), alarm) if is_whole else None
        purged = self._erase(survey_id, lease, listing, vanished, until)
        if not is_whole or listing.lacking():
            return None
        self._lists.end(survey_id)
        differing = self._differing(survey_id, listed, stored)
        missing = self.missing.note(survey_id, listed, differing)
        state = replace(
            self._store.control.state(survey_id), reconciled=listing.started, alarm=None, nameless=listing.set_aside
        )
        if prove:
            state = self._proved(survey_id, state, listed)
        self._store.control.set_state(survey_id, state)
        return ReconcileReport(len(listed), missing, purged)

    def _begin(self, survey_id: int) -> Listing:
        # Before the listing: a set that is filed while we list must not look vanished.
        return Listing(self._store.filer.now(), dict(self._store.reads.revisions(survey_id)))

    def _differing(self, survey_id: int, listed: Mapping[int, AnswerSet], stored: Mapping[int, Revision]) -> set[int]:
        lost, how = self._lost(survey_id, stored), self._sweeper.codebooks.stored(survey_id)
        version = how.version if how else ""
        named = any(found.respondent_id for found in listed.values())

        def differs(key: int, known: Revision | None) -> bool:
            if known is None or key in lost:
                return True
            return not known.matches(listed[key], named=named) or known.puzzles(version)

        found = [key for key in listed if differs(key, stored.get(key))]
        # Sweeps went on while the list was read: what they have filed since may be just what is listed.
        now = self._store.reads.revisions_of([(survey_id, key) for key in found])
        return {key for key in found if differs(key, now.get((survey_id, key)))}

    def _lost(self, survey_id: int, stored: Mapping[int, Revision]) -> set[int]:
        """Sets whose body a failover has lost: their partition was on another node than their revision."""
        places = [(revision.partition, survey_id, key) for key, revision in stored.items() if revision.partition]
        return {key for (_, _, key), there in zip(places, self._store.reads.exist(places), strict=True) if not there}

    def _proved(self, survey_id: int, state: SurveyState, listed: Mapping[int, AnswerSet]) -> SurveyState:
        """The state, with `filter_wrong` set where `updated=` does not bring a set that is known to be there."""
        known = newest(listed.values(), self._clock.now() + FUTURE)
        try:
            brought = is_brought(self._upstream, survey_id, known) if known else None
        except UpstreamError as error:
            log.warning("filter_unproved", survey_id=survey_id, cause=str(error))
            return state
        if brought is None:
            return state
        if not brought and state.filter_wrong is None:
            log.error("filter_not_believed", survey_id=survey_id)
        return replace(state, filter_wrong=None if brought else self._store.filer.now())

    def _erase(self, survey_id: int, lease: str, listing: Listing, vanished: list[int], until: float) -> int:
        """Erase what vanished. Returns how many results that were.

        Where the list is not sure, each is asked for by itself; what there is no time for waits for the next turn.
        """
        if listing.is_sure:
            listing.gone.update(vanished)
        else:
            for key in vanished:
                self._ask_for(survey_id, listing, key)
                if self._clock.monotonic() >= until:
                    break
        # Those of earlier turns too: the store may have failed then.
        return self._store.eraser.sets(survey_id, listing.gone, lease=lease).results if listing.gone else 0

    def _ask_for(self, survey_id: int, listing: Listing, key: int) -> None:
        """Whether a set that was not listed exists all the same."""
        try:
            listing.found[key] = replace(self._upstream.answer_set(survey_id, key), answers=())
        except NotFoundError:
            listing.gone.add(key)
        except UpstreamError:
            listing.unclear.add(key)

    def _held(self, survey_id: int, stored: int, listed: int, alarm: str) -> ReconcileReport:
        self._lists.end(survey_id)
        state = self._store.control.state(survey_id)
        self._store.control.set_state(survey_id, replace(state, alarm=alarm))
        log.error("reconcile_not_believed", survey_id=survey_id, stored=stored, listed=listed, reason=alarm)
        return ReconcileReport(listed, 0, 0, alarm)
