"""Fetches, one by one, answer sets that no page brought: over several turns, none of which holds up the sweeps.

A set that cannot be read, or is listed but not found, is set aside: counted, reported, and not asked for again until
Netigate lists it with other dates.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import structlog

from service.survey.errors import MalformedError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from service.ports import Clock, Upstream
    from service.store.redis_store import RedisStore
    from service.survey.model import AnswerSet
    from service.sweeping.reconciling.unreadable import UnreadableSets
    from service.sweeping.set_filing import SetFiler

log = structlog.get_logger()

TOGETHER = 20  # sets filed at once


def stamp(listed: AnswerSet) -> str:
    """The dates that a set is listed with: while they stay the same, asking again brings nothing new."""
    return f"{listed.updated}/{listed.completed}"


class MissingSets:
    """Works through a survey's list of missing sets; the caller holds its lease."""

    def __init__(
        self, upstream: Upstream, store: RedisStore, filer: SetFiler, unreadable: UnreadableSets, clock: Clock
    ) -> None:
        self._unreadable = unreadable
        self._upstream = upstream
        self._store = store
        self._filer = filer
        self._clock = clock

    def note(self, survey_id: int, listed: Mapping[int, AnswerSet], missing: Collection[int]) -> int:
        """Remember which sets to fetch, except those set aside whose dates are unchanged. Returns how many to fetch."""
        aside = {
            number: known
            for number, known in self._store.control.set_aside(survey_id).items()
            if number in missing and stamp(listed[number]) == known  # else it was read since
        }
        wanted = {number: stamp(listed[number]) for number in sorted(missing) if number not in aside}
        self._store.control.note_missing(survey_id, wanted, aside)
        return len(wanted)

    def fetch(self, survey_id: int, lease: str, *, until: float = inf) -> int:
        """Fetch what is missing. Returns how many were brought. Raises UpstreamError.

        until: no further set is asked for after this (monotonic).
        """
        missing = self._store.control.missing(survey_id)
        if not missing:
            return 0
        aside, brought, found = self._store.control.set_aside(survey_id), 0, []
        try:
            for number in list(missing):
                if self._clock.monotonic() >= until:
                    break
                known = missing.pop(number)
                answer_set = self._ask(survey_id, number, lease)
                if answer_set is None:
                    aside[number] = known
                else:
                    found.append(answer_set)
                if len(found) >= TOGETHER:
                    brought += self._file(survey_id, found, aside, lease)
                    found = []
        finally:
            brought += self._file(survey_id, found, aside, lease)
            self._store.control.note_missing(survey_id, missing, aside)
        return brought

    def _ask(self, survey_id: int, number: int, lease: str) -> AnswerSet | None:
        """The set; None where it is set aside."""
        try:
            return self._upstream.answer_set(survey_id, number)
        except NotFoundError:
            self._store.eraser.sets(survey_id, [number], lease=lease)
        except MalformedError:
            self._unreadable.note(survey_id, unreadable=[number])
            log.warning("answer_sets_set_aside", survey_id=survey_id, count=1)
        return None

    def _file(self, survey_id: int, found: list[AnswerSet], aside: dict[int, str], lease: str) -> int:
        if not found:
            return 0
        state = self._store.control.state(survey_id)
        filed = self._filer.file(survey_id, found, state, lease=lease, force=True)
        aside |= {one.id: stamp(replace(one, answers=())) for one in found if one.id in filed.aside}
        return len(found) - len(filed.aside)
