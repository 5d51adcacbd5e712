"""The I/O surface on one page: what the use cases ask of the outside world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  (dataclass fields are read at run time)
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from service.survey.model import AnswerSet, Survey


class Clock(Protocol):
    """Time. Tests pass one that they move by hand."""

    def now(self) -> datetime:
        """UTC, aware."""

    def monotonic(self) -> float:
        """Seconds since some moment; only differences mean anything."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """One page of answer sets with answers. `set_aside` counts sets that the schema did not understand.

    unreadable: the ids of those of them that at least name themselves.
    counted: whether `total_pages` is Netigate's number; else it is the next page's, since this one was full although
    Netigate names none after it.
    """

    page: int
    total_pages: int
    answer_sets: tuple[AnswerSet, ...]
    set_aside: int = 0
    counted: bool = True
    unreadable: tuple[int, ...] = ()


class Upstream(Protocol):
    """Netigate's documented reads. Every call raises a subclass of `UpstreamError` where it fails."""

    def surveys(self) -> list[Survey]:
        """All surveys of the account, without their items."""

    def survey(self, survey_id: int) -> Survey:
        """One survey with its question tree (two calls)."""

    def answer_page(self, survey_id: int, page: int, *, updated: datetime | None = None) -> AnswerPage:
        """Answer sets with answers, unfinished ones too; `updated` narrows to what changed since (UTC)."""

    def answer_list(
        self, survey_id: int, *, since: datetime | None = None, until: datetime | None = None
    ) -> AnswerPage:
        """Answer sets of a survey, without their answers: ids, respondents, Updated, Completed.

        since, until: only those created in this window, both ends included (UTC).
        """

    def answer_set(self, survey_id: int, answer_set_id: int) -> AnswerSet:
        """One answer set with answers."""

    def respondent_sets(self, survey_id: int, respondent_id: int) -> list[AnswerSet]:
        """A respondent's answer sets, without answers; empty where Netigate knows none (also on 404)."""

    def labels(self, survey_id: int) -> dict[int, str]:
        """Background labels by id, from the survey's sendouts and the background documents.

        Any of those calls may be refused: what could be read is returned.
        """


class Summaries(Protocol):
    """What the card and the CRM hosts read: one customer's summary, from the store alone."""

    def summary(self, customer_id: str, *, comments: bool) -> dict[str, Any]:
        """The summary of the HTTP contract, freshness included; without free text unless `comments`.

        An unknown customer gets an ordinary summary with `latest` null. Raises StoreError.
        """
