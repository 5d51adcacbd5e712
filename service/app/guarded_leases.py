"""Leases of the rate limit that are not requested while Redis is known to be away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.survey.errors import StoreAwayError

if TYPE_CHECKING:
    from service.cache.circuit_breaker import CircuitBreaker
    from service.store.limits.rate_limit_leases import RateLimitLeases


@dataclass(frozen=True, slots=True)
class GuardedLeases:
    """Permits leased over connections of their own, which are not used while the reads' circuit breaker is open.

    A lease is a write: where it is refused or has to wait, reads must not be affected.
    """

    leases: RateLimitLeases
    reads: CircuitBreaker

    def lease(self, caller: str, wanted: int, limit: int) -> tuple[int, float]:
        if self.reads.open:
            raise StoreAwayError("away")
        return self.leases.lease(caller, wanted, limit)
