"""Retention for results that nobody sweeps any more: those under an old API key expire as ours do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from service.cache.freshness import age_of
from service.sweeping.reconciling.expiry import Expiry

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store.deployments.accounts import OtherAccount
    from service.store.redis_store import RedisStore
    from service.survey.retention import Retention

log = structlog.get_logger()

LOOK_EVERY = 6 * 3600.0  # seconds; it goes through every key's name
LOOK_FIRST = 60.0
ABANDONED = 24 * 3600.0  # seconds without a sweep; until then its own deployment may come back


class OtherAccounts:
    """Logs other accounts' data in this Redis, and removes what has expired."""

    def __init__(
        self, store: RedisStore, open_other: Callable[[str], RedisStore], retention: Retention, changes_keep_days: float
    ) -> None:
        """`open_other`: another account's store by its name."""
        self._store = store
        self._open = open_other
        self._retention = retention
        self._changes_keep = int(changes_keep_days * 86_400_000)

    def look(self) -> None:
        """Raises StoreError."""
        for other in self._store.accounts.others():
            if not other.in_use:  # an account in use is expired by its own worker
                removed = self._expire(other) if self._is_abandoned(other) else 0
                log.warning("other_account_stored", account=other.name, keys=other.keys, removed=removed)

    def _is_abandoned(self, other: OtherAccount) -> bool:
        age = age_of(other.last_swept, self._store.time.now())
        return age is None or age > ABANDONED

    def _expire(self, other: OtherAccount) -> int:
        """Remove expired results, or the whole account once all of it has expired. Returns how many results."""
        store, now = self._open(other.name), self._store.time.now()
        age, keep = age_of(other.last_swept, now), self._retention.keep
        if age is not None and keep is not None and age > keep.total_seconds():
            # No stored answer is younger than the last sweep.
            return store.eraser.everything().results
        expiry = Expiry(store, self._retention, self._store.time)
        oldest = int(now.timestamp() * 1000) - self._changes_keep
        store.feed.trim(oldest)
        store.updates.trim(oldest)
        return sum(expiry.expire(survey, "") for survey in store.eraser.known_surveys())
