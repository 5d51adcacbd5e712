"""Fetches one respondent from Netigate while the sweep does not cover it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import structlog

from service.cache.freshness import age_of
from service.survey.errors import NotFoundError, StoreError, UpstreamError

if TYPE_CHECKING:
    from service.cache.freshness import FreshnessRule
    from service.ports import Clock, Upstream
    from service.store.redis_store import RedisStore
    from service.survey.model import AnswerSet
    from service.sweeping.sweep import Sweeper

log = structlog.get_logger()

AT_ONCE = 4  # surveys that are asked at once; the fleet's cap on calls applies too
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
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="survey")

    def load(self, respondent_id: int) -> int | None:
        """Fetch from surveys whose sweep is stale. Returns how many answer sets they have; None if any failed."""
        deadline = self._clock.monotonic() + LOAD_SECONDS

        def one(survey_id: int) -> int | None:
            if self._clock.monotonic() > deadline:
                return None
            try:
                return self._load_from(survey_id, respondent_id)
            except (UpstreamError, StoreError) as error:
                log.warning("fetch_failed", survey_id=survey_id, error=type(error).__name__, cause=str(error))
                return None

        counts = list(self._pool.map(one, self._stale()))
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    def _stale(self) -> list[int]:
        swept, now = self._store.control.swept(), self._store.time.now()
        ages = {survey: age_of(swept.get(survey), now) for survey in self._rule.surveys}
        lacking = {survey for survey, age in ages.items() if age is None or age >= self._rule.fresh_for}
        return [s for s in self._rule.surveys if s in lacking | swept.backfilling and s not in swept.held]

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
            self._sweeper.filer.file(survey_id, [found], state)
        return len(sets)

    def _is_filed(self, survey_id: int, answer_set_id: int, listed: AnswerSet) -> bool:
        revision = self._store.reads.revision(survey_id, answer_set_id)
        return revision is not None and revision.matches(listed, named=bool(listed.respondent_id))
