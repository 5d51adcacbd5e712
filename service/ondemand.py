"""Fetches one respondent from Netigate while the sweep does not cover it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from service.survey.errors import NotFoundError, StoreAwayError, UpstreamError

if TYPE_CHECKING:
    from service.ports import Clock, Upstream
    from service.store.freshness import FreshnessRule
    from service.store.redis_store import RedisStore
    from service.survey.model import AnswerSet
    from service.sweep import Sweeper

log = structlog.get_logger()

LOAD_SECONDS = 10.0  # no further survey is asked after this; a load must end within its lease


class RespondentFetch:
    """Brings a respondent's answer sets into the store, survey by survey."""

    def __init__(
        self, upstream: Upstream, sweeper: Sweeper, store: RedisStore, rule: FreshnessRule, clock: Clock
    ) -> None:
        self._upstream = upstream
        self._sweeper = sweeper
        self._store = store
        self._rule = rule
        self._clock = clock

    def load(self, respondent_id: int) -> int | None:
        """Fetch from the surveys whose sweep is stale; how many answer sets there are, None where any survey failed."""
        found, deadline = 0, self._clock.monotonic() + LOAD_SECONDS
        complete = True
        for survey_id in self._stale():
            if self._clock.monotonic() > deadline:
                return None
            try:
                found += self._load_from(survey_id, respondent_id)
            except (UpstreamError, StoreAwayError) as error:
                log.warning("fetch_failed", survey_id=survey_id, error=type(error).__name__, cause=str(error))
                complete = False
        return found if complete else None

    def _stale(self) -> list[int]:
        swept, now = self._store.control.swept(), self._store.filer.now()
        return [s for s in self._rule.surveys if now - swept.get(s, 0) >= self._rule.fresh_for * 1000]

    def _load_from(self, survey_id: int, respondent_id: int) -> int:
        state = self._store.control.state(survey_id)
        sets = self._upstream.respondent_sets(survey_id, respondent_id)
        for listed in sets:
            if self._is_filed(survey_id, listed.id, listed):
                continue
            try:
                found = self._upstream.answer_set(survey_id, listed.id)
            except NotFoundError:
                self._store.eraser.sets(survey_id, [listed.id])
                continue
            self._sweeper.file(survey_id, [found], state)
        return len(sets)

    def _is_filed(self, survey_id: int, answer_set_id: int, listed: AnswerSet) -> bool:
        revision = self._store.reads.revision(survey_id, answer_set_id)
        return revision is not None and revision.matches(listed)
