"""Removes results that are past their time; runs beside the reconcile, under the same lease."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service.store.filing.plan import Filing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ports import Clock
    from service.store.redis_store import RedisStore
    from service.survey.retention import Retention

BATCH = 200


class Expiry:
    """Takes expired results out of the store. They stay known, so that no sweep brings them back."""

    def __init__(self, store: RedisStore, retention: Retention, clock: Clock) -> None:
        self._store = store
        self._retention = retention
        self._clock = clock

    def expire(self, survey_id: int, lease: str) -> int:
        """Remove a survey's expired results. Returns how many. Raises StoreError, StaleLeaseError."""
        return sum(
            self._store.filer.file(survey_id, batch, lease=lease, again=True, force=True)
            for batch in self._batches(survey_id)
        )

    def _batches(self, survey_id: int) -> Iterator[list[Filing]]:
        cutoff = self._retention.cutoff(self._clock.now())
        if cutoff is None:
            return
        limit, batch = cutoff.timestamp() * 1000, []
        for key, revision in self._store.reads.revisions(survey_id):
            if revision.partition is not None and revision.completed is not None and revision.completed < limit:
                batch.append(Filing(replace(revision, partition=None, customer_id=None), survey_id, key, None))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
