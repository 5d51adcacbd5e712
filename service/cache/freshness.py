"""How old an answer is, pure. Headers and body both come from the one value made here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import orjson

from service.survey.summary import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.store.wholeness.sweeps import Sweeps

FRESH = "fresh"
STALE = "stale"
BACKFILLING = "backfilling"  # young enough, but not yet compared with Netigate's list
# Callers are told to wait until the next sweep can have ended, and never less than this.
SOONEST_REFRESH = 5  # seconds
# Two processes' readings of the server's clock differ by less than this. A date further ahead is a wrong clock's.
SKEW = 2.0  # seconds


def age_of(start: int | None, now: datetime) -> float | None:
    """Seconds since `start` (Unix milliseconds); None where `start` is None or in the future."""
    if start is None:
        return None
    age = now.timestamp() - start / 1000
    return max(0.0, age) if age >= -SKEW else None


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age of an answer; unknown where a survey has no complete sweep yet, or a sweep is dated in the future."""

    state: str
    as_of: datetime | None
    age_seconds: int | None
    refresh_after_seconds: int
    held: tuple[int, ...] = ()  # surveys that Netigate refuses, which are not counted

    @property
    def rendered(self) -> bytes:
        """The document as JSON."""
        return _rendered(self)

    @property
    def document(self) -> dict[str, Any]:
        document = {
            "state": self.state,
            "as_of": iso(self.as_of) if self.as_of else None,
            "age_seconds": self.age_seconds,
            "refresh_after_seconds": self.refresh_after_seconds,
        }
        return document | ({"held": list(self.held)} if self.held else {})


@lru_cache(maxsize=64)
def _rendered(freshness: Freshness) -> bytes:
    return orjson.dumps(freshness.document)


@dataclass(frozen=True, slots=True)
class FreshnessRule:
    """Options that decide freshness, in seconds, and the surveys that an answer draws on."""

    interval: float
    fresh_for: float
    surveys: tuple[int, ...]

    def of(self, swept: Sweeps, now: datetime, surveys: Iterable[int] | None = None) -> Freshness:
        """Freshness from the surveys' last complete sweeps (Unix milliseconds): the oldest of them counts.

        Held surveys count only where there are no others.
        """
        asked = tuple(self.surveys if surveys is None else surveys)
        held = tuple(survey for survey in asked if survey in swept.held)
        counted = [survey for survey in asked if survey not in swept.held] or asked
        starts = [swept.get(survey, 0) for survey in counted]
        if not all(starts) or not starts or age_of(max(starts), now) is None:
            return Freshness(STALE, None, None, SOONEST_REFRESH, held)
        as_of = datetime.fromtimestamp(min(starts) / 1000, tz=UTC)
        age = max(0.0, (now - as_of).total_seconds())
        wait = max(SOONEST_REFRESH, ceil(self.interval - age)) if age < self.interval else SOONEST_REFRESH
        young = FRESH if swept.backfilling.isdisjoint(counted) else BACKFILLING
        return Freshness(young if age < self.fresh_for else STALE, as_of, int(age), wait, held)

    def changes(self, as_of: datetime, now: datetime) -> datetime:
        """When the freshness next changes after `now`: at a whole second of age or of waiting, or when it is stale."""
        age = (now - as_of).total_seconds()
        waited = self.interval - age
        ends = [floor(age) + 1, self.interval - ceil(waited) + 1, self.fresh_for]
        return as_of + timedelta(seconds=min(end for end in ends if end > age))


class Ages:
    """The rule, with its last answer kept while it stays true: readers within the same second share one."""

    def __init__(self, rule: FreshnessRule) -> None:
        self._rule = rule
        self._last: tuple[Sweeps, Sequence[int] | None, datetime, datetime, Freshness] | None = None

    def of(self, swept: Sweeps, now: datetime, surveys: Sequence[int] | None = None) -> Freshness:
        """As FreshnessRule.of."""
        last = self._last
        if last is not None and last[2] <= now < last[3] and surveys == last[1] and swept == last[0]:
            return last[4]
        found = self._rule.of(swept, now, surveys)
        if found.as_of is not None and found.as_of <= now:
            self._last = swept, surveys, now, self._rule.changes(found.as_of, now), found
        return found
