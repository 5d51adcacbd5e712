"""The churn feed: which filings are changes, and how the changes found by first sweeps are told afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.cache.freshness import age_of
from service.store import codec
from service.store.filing.plan import Body, Plan
from service.store.keys import set_key
from service.survey.changes import change_document, change_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.ports import Clock
    from service.store.codec import Revision
    from service.store.filing.plan import EventMaker
    from service.store.redis_store import RedisStore
    from service.store.survey_state import SurveyState
    from service.survey.results import Row

SETTLE_BATCH = 100
# How long a survey's first changes wait for the other surveys' first sweeps, whose results they are compared with.
SETTLE_WITHIN = timedelta(minutes=10)
MILLIS_PER_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """Which differences are told as changes."""

    drop_points: float = 25.0
    backfill_days: float = 30.0
    keep_days: float = 90.0


def change_id(answer_set: tuple[int, int], revision: Revision) -> str:
    """The same answer set and revision give the same id, whenever and wherever the change is made."""
    text = f"{set_key(*answer_set)}@{revision.digest}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


class ChangeFeed:
    """The rule of changes, applied where results are filed."""

    def __init__(self, store: RedisStore, options: ChangeOptions, surveys: tuple[int, ...], clock: Clock) -> None:
        self._store = store
        self._options = options
        self._surveys = surveys
        self._clock = clock

    def not_before(self, state: SurveyState) -> int:
        """Answers given before this moment (Unix seconds) make no change."""
        now = self._store.filer.now()
        begun = now if state.begun is None else min(state.begun, now)
        return int((begun - self._options.backfill_days * MILLIS_PER_DAY) / 1000)

    def maker(self, state: SurveyState) -> EventMaker:
        """A function that makes the change of one filing, or None."""
        earliest = self.not_before(state)

        def make(rows: list[Row], body: Body, revision: Revision) -> dict[str, Any] | None:
            row = body.result.row
            found = change_of(rows, row, drop_points=self._options.drop_points) if row.answered >= earliest else None
            if found is None:
                return None
            after = [*(other for other in rows if other.key != row.key), row]
            return change_document(change_id(row.key, revision), *found, body.result, after, self._clock.now())

        return make

    def may_settle(self, state: SurveyState) -> bool:
        """Whether the first changes may be told: every survey has been filled, or SETTLE_WITHIN has passed."""
        if state.filled is None:
            return False
        waited = age_of(state.filled, self._store.time.now())
        if waited is None or waited > SETTLE_WITHIN.total_seconds():
            return True
        return all(self._store.control.state(survey).filled is not None for survey in self._surveys)

    def settle(self, survey_id: int, lease: str, state: SurveyState) -> int:
        """Tell the changes of first sweeps, each once, in the order answered. Returns how many sets were looked at."""
        make, looked = self.maker(state), 0
        while names := self._store.reads.pending(SETTLE_BATCH):
            # On a conflict another process has settled or erased one of these: the loop then reads what is left.
            self._store.filer.commit(survey_id, self._settling(names, make), lease)
            looked += len(names)
        return looked

    def _settling(self, names: Sequence[tuple[int, int]], make: EventMaker) -> Plan:
        """The commit that settles these sets, with the changes among them."""
        plan = Plan(settled=[set_key(*name) for name in names])
        known = self._store.reads.revisions_of(names)
        revisions = {name: revision for name, revision in known.items() if revision.partition}
        places = [(revision.partition or "", *name) for name, revision in revisions.items()]
        stored = self._store.filer.states(sorted({r.customer_id for r in revisions.values() if r.customer_id}))
        for (name, revision), found in zip(revisions.items(), self._store.reads.bodies(places), strict=True):
            if found is None or revision.customer_id is None:
                continue
            body = Body(*found)
            # As if everything had been filed in the order answered: only earlier results count.
            rows = [row for row in codec.decode_rows(stored[revision.customer_id]) if row < body.result.row]
            change = make(rows, body, revision)
            if change:
                plan.tell(set_key(*name), change)
        return plan

    def trim(self) -> int:
        """Drop changes older than `keep_days`, and forget customers gone for as long. Returns how many changes."""
        oldest = self._store.filer.now() - int(self._options.keep_days * MILLIS_PER_DAY)
        self._store.updates.trim(oldest)
        return self._store.feed.trim(oldest)
