"""Results: an answer set, normalised; and the rows by which a customer's results are ordered and compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from service.survey.model import Band, Direction, Kind, Method, Reason


LAST_MILLIS: Final = 253_402_300_799_999  # the last of the year 9999, beyond which there is no datetime


def millis(moment: datetime) -> int:
    """Unix milliseconds, rounded, but never beyond what can be read back."""
    return min(round(moment.timestamp() * 1000), LAST_MILLIS)


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """One answer as shown. `answer` is the customer's own wording; `score` is exact, 0-100, 100 best."""

    question_item_id: int
    question: str
    answer: str
    kind: Kind | None = None
    score: float | None = None
    band: Band | None = None
    nps: str | None = None  # promoter, passive, detractor
    language: str | None = None
    points: int | None = None
    direction: Direction | None = None
    method: Method | None = None
    reason: Reason | None = None
    comment: bool = False
    step: int | None = None  # which step of the scale was chosen, 1 worst; on 0-10 the number


@dataclass(frozen=True, slots=True)
class ScoreBasis:
    """Which kind made a result's score, and over how many items."""

    kind: Kind
    items: int


@dataclass(frozen=True, slots=True)
class Result:
    """One answer set, normalised. `answered_at` is Netigate's Completed. Times are UTC, aware."""

    answer_set_id: int
    survey_id: int
    survey_name: str
    respondent_id: int
    customer_id: str | None
    contact_id: str | None
    answered_at: datetime
    updated_at: datetime
    answers: tuple[ScoredAnswer, ...]
    score: float | None
    band: Band | None
    basis: ScoreBasis | None
    contact_name: str | None = None  # only where the operator asks for names

    @property
    def row(self) -> Row:
        return Row(
            answered=int(self.answered_at.timestamp()),
            survey_id=self.survey_id,
            answer_set_id=self.answer_set_id,
            respondent_id=self.respondent_id,
            kind=self.basis.kind if self.basis else None,
            score=self.score,
            band=self.band,
            updated=millis(self.updated_at),
            contact_id=self.contact_id,
            contact_name=self.contact_name,
        )


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """What ordering and comparing need of a result. Orders by time, then by ids, so that ties are stable."""

    answered: int  # Unix seconds
    survey_id: int
    answer_set_id: int
    respondent_id: int
    kind: Kind | None = None
    score: float | None = None
    band: Band | None = None
    updated: int = 0  # Netigate's Updated, Unix milliseconds: an older reading never replaces a newer one
    # Only set in a customer's own index; the rows that changes are computed from hold no contact.
    contact_id: str | None = field(default=None, compare=False)
    contact_name: str | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[int, int]:
        return self.survey_id, self.answer_set_id

    @property
    def low(self) -> bool:
        return self.band is not None and self.band.low

    @property
    def person(self) -> str | int:
        """Who answered. One contact may own several respondents; without a contact a respondent stands for itself."""
        return self.contact_id if self.contact_id is not None else self.respondent_id

    @property
    def answered_at(self) -> datetime:
        return datetime.fromtimestamp(self.answered, tz=UTC)


def newest_scored(rows: list[Row], kind: Kind | None = None) -> Row | None:
    """The newest row with a score (of `kind`, where one is given)."""
    return max((row for row in rows if row.score is not None and kind in {None, row.kind}), default=None)


def low_rows(rows: list[Row]) -> list[Row]:
    """Each respondent's newest scored result, if it is low; newest first."""
    newest: dict[int, Row] = {}
    for row in sorted(rows):
        if row.score is not None:
            newest[row.respondent_id] = row
    return sorted((row for row in newest.values() if row.low), reverse=True)


def low_respondents(rows: list[Row]) -> int:
    """How many respondents' newest scored result is low."""
    return len(low_rows(rows))
