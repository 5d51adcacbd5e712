"""The sweep: polls a survey and files every answer set. One sweep feeds everything.

The first sweep of a survey reads everything, page by page, and can be resumed; later ones read what was updated since
the watermark. What is new is told by a revision per answer set, never by position, page order or our own clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from service.survey.long_text import was_cut
from service.survey.retention import Retention
from service.sweeping.codebooks import CATALOGUE_SECONDS, CONFIRM_SECONDS, Codebooks, Labels
from service.sweeping.label_guard import LabelGuard
from service.sweeping.paging import ENDLESS, EndlessPagesError, pages
from service.sweeping.rescoring import Rescorer
from service.sweeping.set_filing import FUTURE, SetFiler, as_answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.ports import AnswerPage, Clock, Upstream
    from service.store.redis_store import RedisStore
    from service.store.survey_state import SurveyState
    from service.survey.questions.codebook import Codebook
    from service.survey.scoring.scorer import Scorer
    from service.sweeping.change_feed import ChangeFeed

log = structlog.get_logger()

FILE_BATCH = 500  # sets filed at once, however many a page brings: bounds memory and the time of the script


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """What the operator chose. Times in seconds."""

    customer_label: str
    contact_label: str | None
    overlap: float
    retention: Retention = field(default_factory=Retention)
    tree_interval: float = CATALOGUE_SECONDS
    tree_confirm: float = CONFIRM_SECONDS
    accept_label: bool = False  # believe what each survey's first reading says of the labels
    contact_name_label: str | None = None


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
        labels = Labels(options.customer_label, options.contact_label, options.contact_name_label)
        self._guard = LabelGuard(options.customer_label, clock, accept=options.accept_label)
        self.codebooks = Codebooks(
            upstream, store, scorer, labels, clock, interval=options.tree_interval, confirm=options.tree_confirm
        )
        self.filer = SetFiler(self.codebooks, self._guard, store, changes, options.retention, clock)
        self._rescorer = Rescorer(store, options.retention)

    def sweep(self, survey_id: int, lease: str) -> SweepReport:
        """One complete sweep. Raises UpstreamError, StoreError, StaleLeaseError; what was filed stays filed."""
        started = self._now()
        state = self._store.control.state(survey_id)
        if state.begun is None:
            state = replace(state, begun=started)
            self._store.control.set_state(survey_id, state)
        self._store.filer.clean(survey_id)
        state = self._rescored(self.codebooks.stored(survey_id), survey_id, state, lease)
        how = self.codebooks.now(survey_id, anew=state.doubted is not None)
        state = replace(self._identified(how, survey_id, state), unmapped=how.unmapped)
        state = self._rescored(how, survey_id, state, lease)
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
        if state.filter_wrong is None:  # else housekeeping sets it, once it has read the whole list
            self._store.control.set_swept(survey_id, started, backfilling=not state.compared)
        return SweepReport(counts.pages, counts.seen, counts.filed, counts.set_aside, first, counts.cut)

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _pages(self, survey_id: int, state: SurveyState) -> Iterator[AnswerPage]:
        since = None
        if state.filled is not None and state.watermark is not None:
            moment = datetime.fromtimestamp(state.watermark / 1000, tz=UTC)
            since = moment - timedelta(seconds=self._options.overlap)
        # Asking beyond the last page may be an error: a sweep that died after the last page reads that one again.
        number = 1 if state.filled is not None else min(state.page + 1, max(state.pages, 1))
        try:
            yield from pages(self._upstream, survey_id, number, since, self._stopping)
        except EndlessPagesError:
            # The alarm reports it; the worker logs the failure.
            self._store.control.set_state(survey_id, replace(self._store.control.state(survey_id), alarm=ENDLESS))
            raise

    def _file_page(self, page: AnswerPage, survey_id: int, lease: str, state: SurveyState, counts: _Counts) -> None:
        sets, aside = as_answered(page.answer_sets), page.set_aside
        for at in range(0, len(sets), FILE_BATCH):
            filed = self.filer.file(survey_id, sets[at : at + FILE_BATCH], state, lease=lease)
            counts.filed += filed.new
            aside += len(filed.aside)
        counts.pages += 1
        counts.seen += len(page.answer_sets)
        counts.set_aside += aside
        cut = sum(was_cut(answer.text) for found in sets for answer in found.answers)
        if cut:
            counts.cut += cut
            log.warning("texts_cut", survey_id=survey_id, count=cut)
        if aside:
            log.warning("answer_sets_set_aside", survey_id=survey_id, count=aside)

    def _highest(self, page: AnswerPage) -> int | None:
        limit = self._clock.now() + FUTURE  # a date beyond it would hide all later changes if taken as the watermark
        moments = [s.updated for s in page.answer_sets if s.updated is not None and s.updated < limit]
        return int(max(moments).timestamp() * 1000) if moments else None

    def _rescored(self, how: Codebook | None, survey_id: int, state: SurveyState, lease: str) -> SurveyState:
        return self._rescorer.rescore(survey_id, state, how, self.codebooks.ruleset, lease) if how else state

    def _identified(self, how: Codebook, survey_id: int, state: SurveyState) -> SurveyState:
        """Take over the items that carry the IDs now, where they are believed."""
        found = self._guard.judge(survey_id, state, how)
        if state.identity not in {None, found.identity}:
            found = replace(found, filled=None, page=0)  # only Netigate can say whose the stored answers are
        if found != state:
            self._store.control.set_state(survey_id, found)
        return found


def _later(left: int | None, right: int | None) -> int | None:
    return max((moment for moment in (left, right) if moment is not None), default=None)
