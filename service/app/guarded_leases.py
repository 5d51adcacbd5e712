"""Leases of the rate limit that are not asked for while Redis is known to be away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.survey.errors import StoreAwayError

if TYPE_CHECKING:
    from service.cache.circuit_breaker import CircuitBreaker
    from service.store.limits.rate_limit_leases import RateLimitLeases


@dataclass(frozen=True, slots=True)
class GuardedLeases:
    """Permits leased over a road of their own, which is not taken while the reads' Redis is known to be away.

    A lease is a write: where it is refused or kept waiting, reads must not suffer for it.
    """

    leases: RateLimitLeases
    reads: CircuitBreaker

    def lease(self, caller: str, wanted: int, limit: int) -> tuple[int, float]:
        if self.reads.open:
            raise StoreAwayError("away")
        return self.leases.lease(caller, wanted, limit)
