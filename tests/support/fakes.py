"""Fakes that implement the ports."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from service.ports import AnswerPage
from service.survey.errors import MalformedError, NotFoundError, UpstreamError
from service.survey.model import Alternative, Answer, AnswerSet, QuestionItem, Survey

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeClock:
    """Time that only tests move."""

    def __init__(self, start: datetime = START) -> None:
        self.moment = start
        self.ticks = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.ticks

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.ticks += seconds


SATISFACTION, COMMENT, CUSTOMER, CONTACT, RECOMMEND, DEPARTMENT = 31, 32, 33, 34, 35, 36
WORDS = ("Mycket missnöjd", "Missnöjd", "Varken nöjd eller missnöjd", "Nöjd", "Mycket nöjd", "Vet ej")
QUESTION = "Hur nöjd är du med oss?"


def make_survey(survey_id: int = 4711, name: str = "Kundnöjdhet") -> Survey:
    """A survey with every sort of item that matters."""

    def item(
        number: int, kind: str, question: str, *alternatives: Alternative, label: int | None = None, text: str = ""
    ):
        return QuestionItem(number, kind, text, number * 10, question, label, alternatives)

    words = tuple(Alternative(order, text) for order, text in enumerate(WORDS, 1))
    points = tuple(Alternative(order, str(order - 1), order - 1) for order in range(1, 12))
    return Survey(
        survey_id,
        name,
        "swe",
        None,
        (
            item(SATISFACTION, "RADIOBUTTON", QUESTION, *words),
            item(COMMENT, "TEXT_FIELD", "Vad kan vi göra bättre?"),
            item(CUSTOMER, "TEXT_FIELD", "", label=7, text="CRM-ID"),
            item(CONTACT, "TEXT_FIELD", "", label=8, text="Kontakt-ID"),
            item(RECOMMEND, "WEIGHTED_RADIOBUTTON", "Hur troligt är det att du rekommenderar oss?", *points),
            item(DEPARTMENT, "DROPDOWN", "Avdelning", Alternative(1, "Inköp"), Alternative(2, "Ekonomi")),
        ),
    )


def make_set(
    number: int,
    answer: str | None = "Nöjd",
    *,
    customer: str | None = "C-1",
    contact: str | None = None,
    respondent: int = 501,
    at: datetime = START,
    updated: datetime | None = None,
    completed: bool = True,
    comment: str | None = None,
    recommend: int | None = None,
    survey_id: int = 4711,
) -> AnswerSet:
    """An answer set with the answers that are named."""
    given = [
        (SATISFACTION, answer, None),
        (COMMENT, comment, None),
        (CUSTOMER, customer, None),
        (CONTACT, contact, None),
        (RECOMMEND, None if recommend is None else str(recommend), recommend),
    ]
    answers = tuple(
        Answer(number % 10**9 * 100 + index, item, "RADIOBUTTON", "", text, weight)
        for index, (item, text, weight) in enumerate(given)
        if text is not None
    )
    return AnswerSet(number, survey_id, respondent, at, at if completed else None, updated or at, answers)


@dataclass
class FakeUpstream:
    """Netigate in memory. Implements ports.Upstream; `asked` lists what was asked of it."""

    trees: dict[int, Survey] = field(default_factory=lambda: {4711: make_survey()})
    sets: dict[int, AnswerSet] = field(default_factory=dict)
    label_names: dict[int, str] = field(default_factory=dict)
    page_size: int = 100
    failure: UpstreamError | None = None
    failing: set[str] = field(default_factory=set)
    set_aside: int = 0
    unreadable: set[int] = field(default_factory=set)  # sets whose answers are nonsense
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def put(self, *sets: AnswerSet) -> None:
        self.sets |= {answer_set.id: answer_set for answer_set in sets}

    def _ask(self, what: str, *more: object) -> None:
        self.asked.append((what, *map(str, more)))
        if self.failure and (not self.failing or what in self.failing):
            raise self.failure

    def _of(self, survey_id: int) -> list[AnswerSet]:
        return [answer_set for answer_set in self.sets.values() if answer_set.survey_id == survey_id]

    def surveys(self) -> list[Survey]:
        self._ask("surveys")
        return [replace(tree, items=()) for tree in self.trees.values()]

    def survey(self, survey_id: int) -> Survey:
        self._ask("survey", survey_id)
        if survey_id not in self.trees:
            raise NotFoundError("survey", status=404)
        return self.trees[survey_id]

    def answer_page(self, survey_id: int, page: int, *, updated: datetime | None = None) -> AnswerPage:
        self._ask("page", survey_id, page, updated)
        found = [s for s in self._of(survey_id) if updated is None or (s.updated is not None and s.updated >= updated)]
        pages = max(1, -(-len(found) // self.page_size))
        at = (page - 1) * self.page_size
        shown = found[at : at + self.page_size]
        good, bad = ([s for s in shown if (s.id in self.unreadable) is is_bad] for is_bad in (False, True))
        aside = self.set_aside + len(bad)
        return AnswerPage(page, pages, tuple(good), aside, unreadable=tuple(one.id for one in bad))

    def answer_list(
        self, survey_id: int, *, since: datetime | None = None, until: datetime | None = None
    ) -> AnswerPage:
        self._ask("list", survey_id, *(str(moment) for moment in (since, until) if moment))
        found = [
            replace(s, answers=())
            for s in self._of(survey_id)
            if (since is None or (s.created or START) >= since) and (until is None or (s.created or START) <= until)
        ]
        return AnswerPage(1, 1, tuple(found), self.set_aside)

    def answer_set(self, survey_id: int, answer_set_id: int) -> AnswerSet:
        self._ask("set", survey_id, answer_set_id)
        found = self.sets.get(answer_set_id)
        if found is None or found.survey_id != survey_id:
            raise NotFoundError("answer", status=404)
        if answer_set_id in self.unreadable:
            raise MalformedError("answer", cause="shape")
        return found

    def respondent_sets(self, survey_id: int, respondent_id: int) -> list[AnswerSet]:
        self._ask("respondent", survey_id, respondent_id)
        return [replace(s, answers=()) for s in self._of(survey_id) if s.respondent_id == respondent_id]

    def labels(self, survey_id: int) -> dict[int, str]:
        self._ask("labels", survey_id)
        return self.label_names
