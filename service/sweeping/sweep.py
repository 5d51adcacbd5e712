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
from service.survey.long_text import was_cut
from service.survey.normalise import normalise
from service.survey.retention import Retention
from service.sweeping.codebooks import Codebooks, Labels
from service.sweeping.label_guard import LabelGuard
from service.sweeping.paging import ENDLESS, EndlessPagesError, pages
from service.sweeping.rescoring import Rescorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.ports import AnswerPage, Clock, Upstream
    from service.store.control import SurveyState
    from service.store.redis_store import RedisStore
    from service.survey.model import AnswerSet
    from service.survey.normalise import Codebook
    from service.survey.scoring.scorer import Scorer
    from service.sweeping.change_feed import ChangeFeed

log = structlog.get_logger()

# A date further ahead than this is a mistake in somebody's data; as a watermark it would hide all that follows.
FUTURE = timedelta(days=1)
FILE_BATCH = 500  # sets filed at once, however many a page brings: bounds memory and the time of the script
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """What the operator chose. Seconds."""

    customer_label: str
    contact_label: str | None
    overlap: float
    retention: Retention = field(default_factory=Retention)
    accept_label: bool = False  # whatever a survey's first reading says of the labels is meant


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What one sweep did."""

    pages: int
    seen: int
    filed: int
    set_aside: int
    first: bool
    cut: int = 0  # texts that were too long to be kept whole


@dataclass(slots=True)
class _Counts:
    pages: int = 0
    seen: int = 0
    filed: int = 0
    set_aside: int = 0
    cut: int = 0


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
        labels = Labels(options.customer_label, options.contact_label)
        self._rescorer = Rescorer(store, options.retention, lambda: self.codebooks.ruleset)
        self._guard = LabelGuard(options.customer_label, clock, accept=options.accept_label)
        self.codebooks = Codebooks(upstream, store, scorer, labels, clock)

    def sweep(self, survey_id: int, lease: str) -> SweepReport:
        """One complete sweep. Raises UpstreamError, StoreAwayError, StaleLeaseError; what was filed stays filed."""
        started = self._now()
        state = self._store.control.state(survey_id)
        if state.begun is None:
            state = replace(state, begun=started)
            self._store.control.set_state(survey_id, state)
        self._store.filer.clean(survey_id)
        state = self._rescorer.by(self.codebooks.stored(survey_id), survey_id, state, lease)
        how = self.codebooks.now(survey_id, anew=state.doubted is not None)
        state = self._identified(how, survey_id, state)
        state = self._rescorer.by(how, survey_id, state, lease)
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
        return SweepReport(counts.pages, counts.seen, counts.filed, counts.set_aside, first, counts.cut)

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _pages(self, survey_id: int, state: SurveyState) -> Iterator[AnswerPage]:
        since = None
        if state.filled is not None and state.watermark is not None:
            moment = datetime.fromtimestamp(state.watermark / 1000, tz=UTC)
            since = moment - timedelta(seconds=self._options.overlap)
        # A page behind the last may be an error; the last one is read again by a sweep that died behind it.
        number = 1 if state.filled is not None else min(state.page + 1, max(state.pages, 1))
        try:
            yield from pages(self._upstream, survey_id, number, since, self._stopping)
        except EndlessPagesError:
            # Told by the alarm; the worker logs the failure.
            self._store.control.set_state(survey_id, replace(self._store.control.state(survey_id), alarm=ENDLESS))
            raise

    def file(
        self, survey_id: int, sets: Sequence[AnswerSet], state: SurveyState, *, lease: str = "", force: bool = False
    ) -> int:
        """Normalise and file answer sets; how many were new. Raises as the store and the upstream do."""
        how = self._guard.held(self.codebooks.now(survey_id), state)
        puzzling = {answer_set.id for answer_set in sets if not _fits(answer_set, how)}
        if puzzling:
            how = self._guard.held(self.codebooks.now(survey_id, anew=True), state)
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
        cut = sum(was_cut(answer.text) for found in sets for answer in found.answers)
        if cut:
            counts.cut += cut
            log.warning("texts_cut", survey_id=survey_id, count=cut)
        if page.set_aside:
            log.warning("answer_sets_set_aside", survey_id=survey_id, count=page.set_aside)

    def _highest(self, page: AnswerPage) -> int | None:
        limit = self._clock.now() + FUTURE
        moments = [s.updated for s in page.answer_sets if s.updated is not None and s.updated < limit]
        return int(max(moments).timestamp() * 1000) if moments else None

    def _identified(self, how: Codebook, survey_id: int, state: SurveyState) -> SurveyState:
        """Take over the items that carry the IDs now, where they are believed."""
        found = self._guard.judge(survey_id, state, how)
        if state.identity not in {None, found.identity}:
            found = replace(found, filled=None, page=0)  # whose the stored answers are only Netigate can say
        if found != state:
            self._store.control.set_state(survey_id, found)
        return found


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
    customer, contact = (result.customer_id, result.contact_id) if result else (None, None)
    partition = partition_of(customer, answer_set.respondent_id) if result else None
    revision = revision_of(answer_set, customer, contact, partition, puzzled=how.version if puzzling else "")
    return Filing(revision, how.survey.id, answer_set.id, Body(result, how.asked(answer_set)) if result else None)
