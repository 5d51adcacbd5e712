"""Tests on the account whether `updated=` brings what was updated: what it compares is not documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from service.ports import Upstream
    from service.survey.model import AnswerSet

MOST_PAGES = 5


def newest(sets: Iterable[AnswerSet], before: datetime) -> AnswerSet | None:
    """The set updated last, which `updated=` brings on the fewest pages. Dates not before `before` are ignored."""
    dated = [one for one in sets if one.updated is not None and one.updated < before]
    return max(dated, key=lambda one: (one.updated, one.id), default=None)


def is_brought(upstream: Upstream, survey_id: int, listed: AnswerSet) -> bool | None:
    """Whether `updated=` with this set's own Updated brings it; None where that cannot be told.

    Raises UpstreamError.
    """
    for number in range(1, MOST_PAGES + 1):
        page = upstream.answer_page(survey_id, number, updated=listed.updated)
        if any(one.id == listed.id for one in page.answer_sets):
            return True
        if page.set_aside:
            return None  # it may be one of those that cannot be read
        if number >= page.total_pages or not page.answer_sets:
            return False
    return None
