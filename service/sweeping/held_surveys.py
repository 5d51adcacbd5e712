"""Surveys that Netigate refuses or does not find while others answer: held, logged, erased if gone for long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from service.cache.freshness import age_of
from service.survey.doubt import NOT_FOUND, REFUSED
from service.survey.errors import NotFoundError, RejectedError, UpstreamError

if TYPE_CHECKING:
    from service.ports import Upstream
    from service.store.redis_store import RedisStore
    from service.store.survey_state import SurveyState

log = structlog.get_logger()

SECONDS_PER_DAY = 86_400.0


class HeldSurveys:
    """Judges what a survey's refusal means: 401 is per resource, and 404 may be a passing fault."""

    def __init__(self, upstream: Upstream, store: RedisStore, *, recent: float, gone_days: float) -> None:
        """`recent`: seconds for which another survey's sweep proves the key. `gone_days`: until a 404 is believed."""
        self._upstream = upstream
        self._store = store
        self._recent = recent
        self._gone_days = gone_days

    def refused(self, survey_id: int, error: UpstreamError) -> None:
        """Hold the survey if the key is still good. Raises StoreError, UpstreamError."""
        state = self._store.control.state(survey_id)
        if isinstance(error, NotFoundError):
            self._hold(survey_id, replace(state, absent_since=self._absent(survey_id, state)), NOT_FOUND)
        elif isinstance(error, RejectedError) and (self._others_answer(survey_id) or self._listed() is not None):
            self._hold(survey_id, replace(state, absent_since=None), REFUSED)

    def answered(self, survey_id: int) -> None:
        """Release the survey: it answers."""
        state = self._store.control.state(survey_id)
        if state.held is not None:
            log.info("survey_released", survey_id=survey_id)
            self._store.control.set_state(survey_id, replace(state, held=None, absent_since=None))
        self._store.control.mark_held(survey_id, held=False)

    def _hold(self, survey_id: int, state: SurveyState, reason: str) -> None:
        if state.held != reason:
            log.error("survey_held", survey_id=survey_id, reason=reason)
            state = replace(state, held=reason)
        gone = age_of(state.absent_since, self._store.time.now())
        if gone is not None and gone >= self._gone_days * SECONDS_PER_DAY:
            removed = self._store.eraser.survey(survey_id).results
            if removed:
                log.error("survey_gone", survey_id=survey_id, results=removed)
        self._store.control.set_state(survey_id, state)
        self._store.control.mark_held(survey_id, held=True)

    def _absent(self, survey_id: int, state: SurveyState) -> int | None:
        """Since when (Unix ms) the account does not list the survey; None where it does, or the list cannot be read."""
        listed = self._listed()
        if listed is None or survey_id in listed:
            return None
        return state.absent_since or self._now()

    def _listed(self) -> set[int] | None:
        """Ids of the account's surveys; None where the list cannot be read, or is empty, which is not believed."""
        try:
            return {survey.id for survey in self._upstream.surveys()} or None
        except UpstreamError:
            return None

    def _others_answer(self, survey_id: int) -> bool:
        now = self._store.time.now()
        swept = self._store.control.swept().items()
        ages = [age_of(start, now) for other, start in swept if other not in {0, survey_id}]
        return any(age is not None and age < self._recent for age in ages)

    def _now(self) -> int:
        return int(self._store.time.now().timestamp() * 1000)
