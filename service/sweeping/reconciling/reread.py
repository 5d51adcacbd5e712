"""Reads old pages again in turn, without `updated=`: some changes leave Updated as it was (Partial Delete).

Reads are spread evenly, so that every page is read within REREAD_DAYS; after a change of the question tree, MOST_PAGES
are read in each turn.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import structlog

from service.sweeping.set_filing import as_answered

if TYPE_CHECKING:
    from service.ports import Clock, Upstream
    from service.store.redis_store import RedisStore
    from service.store.survey_state import SurveyState
    from service.sweeping.reconciling.unreadable import UnreadableSets
    from service.sweeping.set_filing import SetFiler

log = structlog.get_logger()

MOST_PAGES = 10  # in one turn
SECONDS_PER_DAY = 86_400.0


class Rereader:
    """Reads a survey's pages again; the caller holds its lease."""

    def __init__(
        self,
        upstream: Upstream,
        store: RedisStore,
        filer: SetFiler,
        unreadable: UnreadableSets,
        days: float,
        clock: Clock,
    ) -> None:
        """`days`: in which every page is read once."""
        self._unreadable = unreadable
        self._upstream = upstream
        self._store = store
        self._filer = filer
        self._days = days
        self._clock = clock

    def turn(self, survey_id: int, lease: str, *, until: float = inf) -> None:
        """Read the pages that are due. Raises UpstreamError, StoreError, StaleLeaseError.

        until: no further page is asked for after this (monotonic).
        """
        state = self._store.control.state(survey_id)
        if state.reread_at is None:
            self._store.control.set_state(survey_id, replace(state, reread_at=self._now()))
            return
        for _ in range(self._due(state)):
            state = self._page(survey_id, lease, state)
            if (state.reread_page == 0 and not state.reread_all) or self._clock.monotonic() >= until:
                break  # the round is done, or the time is up

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _due(self, state: SurveyState) -> int:
        if state.reread_all:
            return MOST_PAGES
        waited = max(0, self._now() - (state.reread_at or 0)) / 1000
        each = self._days * SECONDS_PER_DAY / max(1, state.reread_pages or state.pages)
        return min(MOST_PAGES, int(waited / each))

    def _page(self, survey_id: int, lease: str, state: SurveyState) -> SurveyState:
        number = state.reread_page + 1
        page = self._upstream.answer_page(survey_id, number)
        self._filer.file(survey_id, as_answered(page.answer_sets), state, lease=lease)
        self._unreadable.note(survey_id, readable={one.id for one in page.answer_sets}, unreadable=page.unreadable)
        if page.set_aside:
            log.warning("answer_sets_set_aside", survey_id=survey_id, count=page.set_aside)
        nameless = page.set_aside - len(page.unreadable)
        last = number >= page.total_pages or not (page.answer_sets or page.set_aside)
        found = replace(
            self._store.control.state(survey_id),
            reread_page=0 if last else number,
            reread_pages=max(number, page.total_pages),
            reread_nameless=nameless + (state.reread_nameless if number > 1 else 0),
            reread_at=self._now(),
            reread_all=state.reread_all and not last,
        )
        self._store.control.set_state(survey_id, found)
        return found
