"""Files answer sets, each normalised by itself. A set that breaks is counted, and never loses the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from service.store.codec import revision_of
from service.store.filing.plan import Body, Filing
from service.store.keys import partition_of
from service.survey.errors import ServiceError
from service.survey.identity import NOBODY, Ids
from service.survey.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.ports import Clock
    from service.store.codec import Revision
    from service.store.filing.plan import EventMaker
    from service.store.redis_store import RedisStore
    from service.store.survey_state import SurveyState
    from service.survey.model import AnswerSet
    from service.survey.questions.codebook import Codebook
    from service.survey.results import Result
    from service.survey.retention import Retention
    from service.sweeping.change_feed import ChangeFeed
    from service.sweeping.codebooks import Codebooks
    from service.sweeping.label_guard import LabelGuard

log = structlog.get_logger()

FUTURE = timedelta(days=1)  # a date further ahead than this is a mistake in somebody's data


@dataclass(frozen=True, slots=True)
class Filed:
    """How many sets were new, and which could not be filed."""

    new: int
    aside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _How:
    """How the store is to file a batch."""

    lease: str
    event: EventMaker | None
    pending_after: int | None
    force: bool


class SetFiler:
    """Files answer sets of one survey; the caller holds its lease where there is one."""

    def __init__(
        self,
        codebooks: Codebooks,
        guard: LabelGuard,
        store: RedisStore,
        changes: ChangeFeed,
        retention: Retention,
        clock: Clock,
    ) -> None:
        self._codebooks = codebooks
        self._guard = guard
        self._store = store
        self._changes = changes
        self._retention = retention
        self._clock = clock

    def file(
        self, survey_id: int, sets: Sequence[AnswerSet], state: SurveyState, *, lease: str = "", force: bool = False
    ) -> Filed:
        """File what is new of these. Raises StoreError and UpstreamError, but never because of what a set holds."""
        how = self._guard.held(self._codebooks.now(survey_id), state)
        if not all(_fits(answer_set, how) for answer_set in sets):
            how = self._guard.held(self._codebooks.now(survey_id, anew=True), state)
        known = self._kept_results(survey_id, sets)
        filings: list[Filing] = []
        reopened: list[Filing] = []
        aside: list[int] = []
        for answer_set in sets:
            try:
                filing = self._filing(answer_set, how, known.get(answer_set.id), first=state.filled is None)
            except Exception:
                log.exception("answer_set_broke", survey_id=survey_id)
                aside.append(answer_set.id)
                continue
            (reopened if answer_set.completed is None and filing.body else filings).append(filing)
        # A result that is being answered again makes no change until it is completed again.
        quietly = _How(lease, None, None, force)
        told = _How(
            lease,
            self._changes.maker(state) if state.settled else None,
            None if state.settled else self._changes.not_before(state),
            force,
        )
        parts = [self._filed(survey_id, filings, told), self._filed(survey_id, reopened, quietly)]
        return Filed(sum(part.new for part in parts), tuple(aside) + sum((part.aside for part in parts), ()))

    def _filed(self, survey_id: int, filings: Sequence[Filing], how: _How) -> Filed:
        """File a batch; where that breaks, file its halves, to find the set that breaks it."""
        if not filings:
            return Filed(0)
        try:
            new = self._store.filer.file(
                survey_id,
                filings,
                lease=how.lease,
                event=how.event,
                pending_after=how.pending_after,
                again=how.force,  # a body lost from its partition is written again, though nothing changed
                force=how.force,
            )
        except ServiceError:
            raise
        except Exception:
            if len(filings) == 1:
                log.exception("answer_set_broke", survey_id=survey_id)
                return Filed(0, (filings[0].answer_set_id,))
            half = len(filings) // 2
            parts = [self._filed(survey_id, filings[:half], how), self._filed(survey_id, filings[half:], how)]
            return Filed(sum(part.new for part in parts), parts[0].aside + parts[1].aside)
        return Filed(new)

    def _kept_results(self, survey_id: int, sets: Sequence[AnswerSet]) -> Mapping[int, tuple[Revision, Body]]:
        """Stored results of the sets that need them: those without Completed, and those dated in the future."""
        beside = [one.id for one in sets if one.completed is None or self._is_ahead(one.completed)]
        if not beside:
            return {}
        found = self._store.reads.revisions_of([(survey_id, number) for number in beside])
        served = {number: revision for (_, number), revision in found.items() if revision.partition}
        places = [(revision.partition or "", survey_id, number) for number, revision in served.items()]
        bodies = self._store.reads.bodies(places)
        return {
            number: (revision, Body(*body))
            for (number, revision), body in zip(served.items(), bodies, strict=True)
            if body is not None
        }

    def _is_ahead(self, moment: datetime | None) -> bool:
        return moment is not None and moment > self._clock.now() + FUTURE

    def _answered(self, answer_set: AnswerSet, known: tuple[Revision, Body] | None, *, first: bool) -> datetime | None:
        """When a set counts as answered: Completed, unless it lies ahead, where it would stay the newest for ever.

        first: within a first sweep, where the moment at which a set is first seen says nothing about its age.
        """
        if not self._is_ahead(answer_set.completed):
            return answer_set.completed
        before = known[1].result.answered_at if known else None
        if before is not None and not self._is_ahead(before):
            return before
        now = self._clock.now().replace(microsecond=0)
        told = (answer_set.updated, answer_set.created if first else None)
        return min(next((moment for moment in told if moment and not self._is_ahead(moment)), now), now)

    def _filing(
        self, answer_set: AnswerSet, how: Codebook, known: tuple[Revision, Body] | None, *, first: bool
    ) -> Filing:
        puzzling = not _fits(answer_set, how)
        if answer_set.completed is None and known is not None and not answer_set.anonymous:
            # Opened again: the last completed state stands until it is completed again.
            revision, body = known
            ids = Ids(revision.customer_id, body.result.contact_id, body.result.contact_name)
            seen = revision_of(answer_set, ids, revision.partition)
            return Filing(replace(seen, customer_id=revision.customer_id), how.survey.id, answer_set.id, body)
        answered = self._answered(answer_set, known, first=first)
        expired = self._retention.expired(answered, self._clock.now())
        kept = self._retention.kept(answer_set, how)
        filing = filing_of(kept, how, answered=answered, expired=expired, puzzling=puzzling)
        return replace(filing, strange=how.strange(answer_set))


def _fits(answer_set: AnswerSet, how: Codebook) -> bool:
    """Whether the question tree that is known explains every answer."""
    return all(how.explains(answer) for answer in answer_set.answers)


def filing_of(
    answer_set: AnswerSet,
    how: Codebook,
    *,
    answered: datetime | None = None,
    expired: bool = False,
    puzzling: bool = False,
) -> Filing:
    """The filing of an answer set; without a body where it may not, or may no longer, be served.

    answered: when it counts as answered, if not at Completed. puzzling: the tree does not explain all of it.
    """
    counted = answer_set if answered is None else replace(answer_set, completed=answered)
    result: Result | None = None if expired else normalise(counted, how)
    ids = Ids(result.customer_id, result.contact_id, result.contact_name) if result else NOBODY
    partition = partition_of(ids.customer_id, answer_set.respondent_id) if result else None
    revision = revision_of(answer_set, ids, partition, puzzled=how.version if puzzling else "")
    return Filing(revision, how.survey.id, answer_set.id, Body(result, how.asked(counted)) if result else None)


NEVER = datetime.min.replace(tzinfo=UTC)


def as_answered(sets: Sequence[AnswerSet]) -> list[AnswerSet]:
    """Sets in the order in which they were answered, since a customer's changes come in that order."""
    return sorted(sets, key=lambda one: (one.completed or NEVER, one.id))
