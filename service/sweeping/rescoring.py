"""Scores stored results again by the current rules, without upstream calls and without telling changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from service.store.codec import revision_of
from service.store.filing.plan import Body, Filing
from service.survey.errors import ServiceError
from service.survey.identity import Ids
from service.survey.normalise import normalise
from service.survey.questions.codebook import NAMED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.store.codec import Revision
    from service.store.redis_store import RedisStore
    from service.store.survey_state import SurveyState
    from service.survey.model import AnswerSet
    from service.survey.questions.codebook import Codebook
    from service.survey.results import Result
    from service.survey.retention import Retention

log = structlog.get_logger()

BATCH = 200
RENDERED = ".2"  # raise it when results or summaries gain content: stored ones are then made again


class Rescorer:
    """Brings a survey's stored results up to a ruleset, a question tree, and what may be kept."""

    def __init__(self, store: RedisStore, retention: Retention) -> None:
        self._store = store
        self._retention = retention

    def rescore(self, survey_id: int, state: SurveyState, how: Codebook, ruleset: str, lease: str) -> SurveyState:
        """Rescore where something has changed. Returns the new state. Raises StoreError, StaleLeaseError."""
        names = how.names_mark
        name = f"{ruleset}.{how.version}{RENDERED}{names}{self._retention.mark}"
        if state.ruleset == name:
            return state
        if state.ruleset is not None:
            count = sum(self._batch(survey_id, batch, how, lease) for batch in self._stored(survey_id))
            log.info("rescored", survey_id=survey_id, results=count)
            # Read every page again: the new tree may explain more answers, and answers may have changed with it.
            state = replace(state, reread_all=True)
        if self._retention.allows_less_than(state.ruleset):
            self._store.feed.strip_comments()
            rewritten = self._store.append_only.rewrite()
            log.info("comments_taken_out", survey_id=survey_id, file_rewritten=rewritten)
        if not names and NAMED in (state.ruleset or ""):
            self._store.feed.strip_names(survey_id)
        if self._retention.allows_more_than(state.ruleset) or names not in (state.ruleset or ""):
            state = replace(state, filled=None, page=0)  # only Netigate still has the comments or names now wanted
        state = replace(state, ruleset=name)
        self._store.control.set_state(survey_id, state)
        return state

    def _stored(self, survey_id: int) -> Iterator[list[tuple[int, Revision]]]:
        batch: list[tuple[int, Revision]] = []
        for known in self._store.reads.revisions(survey_id):
            if known[1].partition is not None:
                batch.append(known)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _batch(self, survey_id: int, batch: list[tuple[int, Revision]], how: Codebook, lease: str) -> int:
        places = [(revision.partition or "", survey_id, key) for key, revision in batch]
        filings = []
        for (key, known), body in zip(batch, self._store.reads.bodies(places), strict=True):
            if body is None or known.puzzles(how.version):
                continue  # this tree may explain it: it is read again from Netigate, and counts as new then
            try:
                filings.append(self._filing(survey_id, key, known, body, how))
            except ServiceError:
                raise
            except Exception:
                log.exception("answer_set_broke", survey_id=survey_id)
        return self._store.filer.file(survey_id, [f for f in filings if f], lease=lease, again=True)

    def _filing(
        self, survey_id: int, key: int, known: Revision, body: tuple[Result, AnswerSet], how: Codebook
    ) -> Filing | None:
        was, raw = body[0], self._retention.kept(body[1], how)
        stored = Ids(was.customer_id, was.contact_id, was.contact_name)
        ids = how.allowed(stored)
        # A set stripped of comments or name gets another revision, so that the whole set counts as new if wanted again.
        same = raw == body[1] and ids == stored
        revision = known if same else revision_of(raw, ids, known.partition)
        result = normalise(raw, how, ids=ids)
        return Filing(revision, survey_id, key, Body(result, raw)) if result is not None else None
