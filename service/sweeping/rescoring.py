"""Scores what is stored by other rules than it was scored by: no call upstream, no change reported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from service.store.codec import revision_of
from service.store.filing.plan import Body, Filing
from service.survey.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.store.codec import Revision
    from service.store.control import SurveyState
    from service.store.redis_store import RedisStore
    from service.survey.normalise import Codebook
    from service.survey.retention import Retention

log = structlog.get_logger()

RESCORE_BATCH = 200


class Rescorer:
    """Goes through what is stored of one survey; the caller holds its lease."""

    def __init__(self, store: RedisStore, retention: Retention, ruleset: Callable[[], str]) -> None:
        self._store = store
        self._retention = retention
        self._ruleset = ruleset

    def by(self, how: Codebook | None, survey_id: int, state: SurveyState, lease: str) -> SurveyState:
        """Score what is stored by the rules of now: no call upstream, no change reported."""
        if how is None:
            return state
        retention = self._retention
        ruleset = f"{self._ruleset()}.{how.version}{retention.mark}"
        if state.ruleset == ruleset:
            return state
        if state.ruleset is not None and state.ruleset != ruleset:
            count = sum(self._rescore(survey_id, batch, how, lease) for batch in self._stored(survey_id))
            log.info("rescored", survey_id=survey_id, results=count)
        if retention.allows_less_than(state.ruleset):
            self._store.feed.strip_comments()
            rewritten = self._store.append_only.rewrite()
            log.info("comments_taken_out", survey_id=survey_id, file_rewritten=rewritten)
        if retention.allows_more_than(state.ruleset):
            state = replace(state, filled=None, page=0)  # comments are wanted that only Netigate still has
        state = replace(state, ruleset=ruleset)
        self._store.control.set_state(survey_id, state)
        return state

    def _stored(self, survey_id: int) -> Iterator[list[tuple[int, Revision]]]:
        batch: list[tuple[int, Revision]] = []
        for known in self._store.reads.revisions(survey_id):
            if known[1].partition is not None:
                batch.append(known)
            if len(batch) == RESCORE_BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _rescore(self, survey_id: int, batch: list[tuple[int, Revision]], how: Codebook, lease: str) -> int:
        places = [(revision.partition or "", survey_id, key) for key, revision in batch]
        filings = []
        for (key, known), body in zip(batch, self._store.reads.bodies(places), strict=True):
            if body is None or known.puzzles(how.version):
                continue  # what this tree may explain is read again from Netigate, and is news then
            was, raw = body[0], self._retention.kept(body[1], how)
            ids = was.customer_id, was.contact_id
            # What is kept without its comments is another revision than the whole, should that be wanted again.
            revision = known if raw == body[1] else revision_of(raw, *ids, known.partition)
            result = normalise(raw, how, ids=ids)
            if result is not None:
                filings.append(Filing(revision, survey_id, key, Body(result, raw)))
        return self._store.filer.file(survey_id, filings, lease=lease, again=True)
