"""Goes through a survey's pages of answers, and notices where they never end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.survey.errors import MalformedError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from service.ports import AnswerPage, Upstream

# While we page, sets are added, so TotalPages may grow. It does not double.
GROWTH, SLACK = 2, 50
MOST_REPEATS = 3  # pages in a row that bring the same sets as the one before
ENDLESS = "its pages of answers never end"


class StoppedError(ServiceError):
    """The process is ending; what was filed stays, and the next sweep goes on from there."""


class EndlessPagesError(MalformedError):
    """Netigate goes on giving pages: the same again, or ever more of them."""

    def __init__(self) -> None:
        super().__init__("surveys/{survey}/answersWithData", cause="pages without end")


def pages(
    upstream: Upstream, survey_id: int, first: int, updated: datetime | None, stopping: Callable[[], bool]
) -> Iterator[AnswerPage]:
    """Pages from number `first` on. Raises EndlessPagesError, StoppedError once `stopping` says so, UpstreamError."""
    number, most, before, repeats = first, 0, frozenset[int](), 0
    while not stopping():
        page = upstream.answer_page(survey_id, number, updated=updated)
        if page.counted:
            most = most or max(first, page.total_pages) * GROWTH + SLACK
        ids = frozenset(found.id for found in page.answer_sets)
        repeats = repeats + 1 if ids and ids == before else 0
        if 0 < most < number or repeats > MOST_REPEATS:
            raise EndlessPagesError
        before = ids
        yield page
        # TotalPages is read anew from each page: sets are added while we page.
        if number >= page.total_pages or not (page.answer_sets or page.set_aside):
            return
        number += 1
    raise StoppedError
