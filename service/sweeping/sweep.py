"""The sweep: polls a survey and files every answer set. One sweep feeds everything.

First everything, page by page and resumable; then what was updated since the watermark. Nothing here decides
by position, page order or our own clock: a revision per answer set says what is new.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from service.store.codec import revision_of
from service.store.filing.plan import Body, Filing
from service.store.keys import partition_of
from service.survey.errors import ServiceError
from service.survey.identity import NOBODY, Ids
from service.survey.normalise import NAMED, normalise
from service.survey.retention import Retention
from service.sweeping.codebooks import Codebooks, Labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.ports import AnswerPage, Clock, Upstream
    from service.store.codec import Revision
    from service.store.control import SurveyState
    from service.store.redis_store import RedisStore
    from service.survey.model import AnswerSet
    from service.survey.normalise import Codebook
    from service.survey.scoring.scorer import Scorer
    from service.sweeping.change_feed import ChangeFeed

log = structlog.get_logger()

# A date further ahead than this is a mistake in somebody's data; as a watermark it would hide all that follows.
FUTURE = timedelta(days=1)
RESCORE_BATCH = 200
FILE_BATCH = 500  # sets filed at once, however many a page brings: bounds memory and the time of the script
RENDERED = ".2"  # raise it when results or summaries hold something new: what is stored is then made anew
_NEVER = datetime.min.replace(tzinfo=UTC)


class StoppedError(ServiceError):
    """The process is ending; what was filed stays, and the next sweep goes on from there."""


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """What the operator chose. Seconds."""

    customer_label: str
    contact_label: str | None
    overlap: float
    retention: Retention = field(default_factory=Retention)
    contact_name_label: str | None = None


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What one sweep did."""

    pages: int
    seen: int
    filed: int
    set_aside: int
    first: bool


@dataclass(slots=True)
class _Counts:
    pages: int = 0
    seen: int = 0
    filed: int = 0
    set_aside: int = 0


class Sweeper:
    """Sweeps one survey at a time; the caller holds its lease."""

    def __init__(
        self,
        upstream: Upstream,
        store: RedisStore,
        scorer: Scorer,
        changes: ChangeFeed,
        options: SweepOptions,
        clock: Clock,
        *,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._upstream = upstream
        self._store = store
        self._changes = changes
        self._options = options
        self._clock = clock
        self._stopping = stopping
        labels = Labels(options.customer_label, options.contact_label, options.contact_name_label)
        self.codebooks = Codebooks(upstream, store, scorer, labels, clock)

    def sweep(self, survey_id: int, lease: str) -> SweepReport:
        """One complete sweep. Raises UpstreamError, StoreAwayError, StaleLeaseError; what was filed stays filed."""
        started = self._now()
        state = self._store.control.state(survey_id)
        if state.begun is None:
            state = replace(state, begun=started)
            self._store.control.set_state(survey_id, state)
        self._store.filer.clean(survey_id)
        state = self._rescored_by(self.codebooks.stored(survey_id), survey_id, state, lease)
        state = self._rescored_by(self.codebooks.now(survey_id), survey_id, state, lease)
        first = state.filled is None
        counts = _Counts()
        for page in self._pages(survey_id, state):
            self._file_page(page, survey_id, lease, state, counts)
            state = replace(state, seen=_later(state.seen, self._highest(page)))
            if first:
                state = replace(state, page=page.page, pages=page.total_pages)
                self._store.control.set_state(survey_id, state)
        state = replace(
            state, watermark=_later(state.watermark, state.seen), filled=state.filled or self._now(), page=0, seen=None
        )
        self._store.control.set_state(survey_id, state)
        if not state.settled and self._changes.may_settle(state):
            self._changes.settle(survey_id, lease, state)
            self._store.control.set_state(survey_id, replace(state, settled=True))
        self._store.control.set_swept(survey_id, started)
        return SweepReport(counts.pages, counts.seen, counts.filed, counts.set_aside, first)

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _pages(self, survey_id: int, state: SurveyState) -> Iterator[AnswerPage]:
        since = None
        if state.filled is not None and state.watermark is not None:
            moment = datetime.fromtimestamp(state.watermark / 1000, tz=UTC)
            since = moment - timedelta(seconds=self._options.overlap)
        # A page behind the last may be an error; the last one is read again by a sweep that died behind it.
        number = 1 if state.filled is not None else min(state.page + 1, max(state.pages, 1))
        while not self._stopping():
            page = self._upstream.answer_page(survey_id, number, updated=since)
            yield page
            # TotalPages is read anew from each page: sets are added while we page.
            if number >= page.total_pages or not (page.answer_sets or page.set_aside):
                return
            number += 1
        raise StoppedError

    def file(
        self, survey_id: int, sets: Sequence[AnswerSet], state: SurveyState, *, lease: str = "", force: bool = False
    ) -> int:
        """Normalise and file answer sets; how many were new. Raises as the store and the upstream do."""
        how = self.codebooks.now(survey_id)
        puzzling = {answer_set.id for answer_set in sets if not _fits(answer_set, how)}
        if puzzling:
            how = self.codebooks.now(survey_id, anew=True)
            puzzling = {answer_set.id for answer_set in sets if not _fits(answer_set, how)}
        return self._store.filer.file(
            survey_id,
            [self._filing(answer_set, how, puzzling=answer_set.id in puzzling) for answer_set in sets],
            lease=lease,
            event=self._changes.maker(state) if state.settled else None,
            pending_after=None if state.settled else self._changes.not_before(state),
            again=force,  # what was lost from its partition is written again, though nothing changed
            force=force,
        )

    def _filing(self, answer_set: AnswerSet, how: Codebook, *, puzzling: bool) -> Filing:
        keep = self._options.retention
        expired = keep.expired(answer_set.completed, self._clock.now())
        return filing_of(keep.kept(answer_set, how), how, expired=expired, puzzling=puzzling)

    def _file_page(self, page: AnswerPage, survey_id: int, lease: str, state: SurveyState, counts: _Counts) -> None:
        # As answered over the whole page, since a customer's changes come in that order.
        sets = sorted(page.answer_sets, key=lambda found: (found.completed or _NEVER, found.id))
        for at in range(0, len(sets), FILE_BATCH):
            counts.filed += self.file(survey_id, sets[at : at + FILE_BATCH], state, lease=lease)
        counts.pages += 1
        counts.seen += len(page.answer_sets)
        counts.set_aside += page.set_aside
        if page.set_aside:
            log.warning("answer_sets_set_aside", survey_id=survey_id, count=page.set_aside)

    def _highest(self, page: AnswerPage) -> int | None:
        limit = self._clock.now() + FUTURE
        moments = [s.updated for s in page.answer_sets if s.updated is not None and s.updated < limit]
        return int(max(moments).timestamp() * 1000) if moments else None

    def _rescored_by(self, how: Codebook | None, survey_id: int, state: SurveyState, lease: str) -> SurveyState:
        """Score what is stored by the rules of now: no call upstream, no change reported."""
        if how is None:
            return state
        retention = self._options.retention
        identity, names = how.identity, how.names_mark
        ruleset = f"{self.codebooks.ruleset}.{how.version}{RENDERED}{names}{retention.mark}"
        if (state.identity, state.ruleset) == (identity, ruleset):
            return state
        if state.ruleset is not None and state.ruleset != ruleset:
            count = sum(self._rescore(survey_id, batch, how, lease) for batch in self._stored(survey_id))
            log.info("rescored", survey_id=survey_id, results=count)
        if retention.allows_less_than(state.ruleset):
            self._store.feed.strip_comments()
        if not names and NAMED in (state.ruleset or ""):
            self._store.feed.strip_names(survey_id)
        moved = state.identity is not None and state.identity != identity
        if moved or retention.allows_more_than(state.ruleset) or names not in (state.ruleset or ""):
            # Other items carry the IDs now, or comments or names are wanted that were not kept: only Netigate has them.
            state = replace(state, filled=None, page=0)
        state = replace(state, identity=identity, ruleset=ruleset)
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
            was, raw = body[0], self._options.retention.kept(body[1], how)
            stored = Ids(was.customer_id, was.contact_id, was.contact_name)
            ids = how.allowed(stored)
            # What is kept without comments or name is another revision than the whole, should that be wanted again.
            same = raw == body[1] and ids == stored
            revision = known if same else revision_of(raw, ids, known.partition)
            result = normalise(raw, how, ids=ids)
            if result is not None:
                filings.append(Filing(revision, survey_id, key, Body(result, raw)))
        return self._store.filer.file(survey_id, filings, lease=lease, again=True)


def _later(left: int | None, right: int | None) -> int | None:
    return max((moment for moment in (left, right) if moment is not None), default=None)


def _fits(answer_set: AnswerSet, how: Codebook) -> bool:
    """Whether the question tree that is known explains every answer."""
    return all(how.explains(answer) for answer in answer_set.answers)


def filing_of(answer_set: AnswerSet, how: Codebook, *, expired: bool = False, puzzling: bool = False) -> Filing:
    """What is to be filed of an answer set; without a body where it may not be served, or no longer.

    puzzling: the question tree does not explain all of it.
    """
    result = None if expired else normalise(answer_set, how)
    ids = Ids(result.customer_id, result.contact_id, result.contact_name) if result else NOBODY
    partition = partition_of(ids.customer_id, answer_set.respondent_id) if result else None
    revision = revision_of(answer_set, ids, partition, puzzled=how.version if puzzling else "")
    return Filing(revision, how.survey.id, answer_set.id, Body(result, how.asked(answer_set)) if result else None)
