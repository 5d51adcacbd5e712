"""Implements the `Upstream` port: which reads make up each answer, tried again within a budget."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from service.netigate import wire
from service.netigate.fields import ShapeError
from service.netigate.policy import Policy
from service.netigate.protocol import Request, Route, is_id, judge
from service.survey.errors import (
    BadRequestError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UpstreamError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from service.netigate.transport import Reply, Transport
    from service.ports import AnswerPage, Clock
    from service.survey.model import AnswerSet, Survey

T = TypeVar("T")
PAGE_SIZE = 100  # Netigate's default; its maximum is not documented
MOST_LABEL_SOURCES = 50  # sendouts, and documents, looked at for label names: the newest by id


class CallLimit(Protocol):
    """Asked before every HTTP attempt: a cap on concurrency, and a back-off for the whole fleet."""

    def slot(self, deadline: float) -> AbstractContextManager[None]:
        """Hold one during the attempt. Raises UnavailableError if none is free before `deadline` (monotonic)."""

    def report(self, error: UpstreamError | None) -> None:
        """Note how an attempt ended; None: it succeeded. `error.route` tells a refused side read from a refused key."""


class OpenGate:
    """Lets everybody through."""

    def slot(self, deadline: float) -> AbstractContextManager[None]:  # noqa: ARG002  (the port's signature)
        return nullcontext()

    def report(self, error: UpstreamError | None) -> None:
        """Keep nothing."""


class Observe(Protocol):
    """Called for every attempt sent: the path template, a word of OUTCOMES, seconds until the body was read."""

    def __call__(self, route: str, outcome: str, seconds: float, /) -> None: ...


OUTCOMES: Final[Mapping[type[UpstreamError] | None, str]] = {
    None: "ok",
    NotFoundError: "not_found",
    UnavailableError: "unavailable",
    RateLimitedError: "rate_limited",
    RejectedError: "rejected",
    MalformedError: "malformed",
    BadRequestError: "bad_request",
}


class NetigateClient:
    """Implements `ports.Upstream`. One budget for each of its calls, over all attempts."""

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        *,
        policy: Policy | None = None,
        gate: CallLimit | None = None,
        observe: Observe = lambda *_: None,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._policy = policy or Policy()
        self._limit = gate or OpenGate()
        self._observe = observe
        self._page_size = page_size

    def surveys(self) -> list[Survey]:
        return self._read(Request(Route.SURVEYS), wire.surveys)

    def survey(self, survey_id: int) -> Survey:
        deadline = self._deadline()
        bare = self._read(Request(Route.SURVEY, (survey_id,)), lambda data: wire.survey(data, survey_id), deadline)
        items = self._read(Request(Route.QUESTIONS, (survey_id,)), wire.question_items, deadline)
        return wire.with_items(bare, items)

    def answer_page(self, survey_id: int, page: int, *, updated: datetime | None = None) -> AnswerPage:
        query: dict[str, datetime | int | bool] = {"page": page, "pagesize": self._page_size}
        if updated is not None:
            query["updated"] = updated
        request = Request(Route.ANSWERS_WITH_DATA, (survey_id,), query)
        return self._read(request, lambda data: wire.answer_page(data, survey_id, page, self._page_size))

    def answer_list(
        self, survey_id: int, *, since: datetime | None = None, until: datetime | None = None
    ) -> AnswerPage:
        window = {name: moment for name, moment in (("from", since), ("to", until)) if moment is not None}
        request = Request(Route.ANSWERS, (survey_id,), window)
        return self._read(request, lambda data: wire.answer_list(data, survey_id))

    def answer_set(self, survey_id: int, answer_set_id: int) -> AnswerSet:
        request = Request(Route.ANSWER, (survey_id, answer_set_id))
        return self._read(request, lambda data: wire.answer_set(data, survey_id, answer_set_id))

    def respondent_sets(self, survey_id: int, respondent_id: int) -> list[AnswerSet]:
        if not is_id(respondent_id):  # anonymous sets belong to nobody
            return []
        request = Request(Route.RESPONDENT_ANSWERS, (survey_id, respondent_id))
        try:
            return self._read(request, lambda data: wire.respondent_sets(data, survey_id, respondent_id))
        except NotFoundError:
            return []

    def labels(self, survey_id: int) -> dict[int, str]:
        """Collect label names by id, as far as Netigate lets us read them.

        Refused reads are skipped; each read has its own budget. Raises UnavailableError where Netigate gave no sensible
        answer at all, or gives none now: without names, answers would belong to no customer.
        """
        reading = _LabelReading(self._read)
        for sendout in reading.collect(Request(Route.SENDOUTS, (survey_id,)), wire.sendouts):
            reading.collect(Request(Route.SENDOUT_LABELS, (survey_id, sendout)), wire.labels)
        for document in reading.collect(Request(Route.BGDOCUMENTS), wire.documents):
            reading.collect(Request(Route.BGDOCUMENT_LABELS, (document,)), wire.labels)
        return reading.result()

    def _deadline(self) -> float:
        return self._clock.monotonic() + self._policy.budget

    def _read(self, request: Request, load: Callable[[Any], T], deadline: float | None = None) -> T:
        until = self._deadline() if deadline is None else deadline
        jitter = wait_random_exponential(multiplier=self._policy.backoff, max=self._policy.longest_backoff)

        def stop(state: RetryCallState) -> bool:
            late = self._clock.monotonic() + state.upcoming_sleep >= until
            return late or state.attempt_number >= self._policy.attempts

        retrying = Retrying(
            sleep=self._clock.sleep,
            wait=lambda state: _asked_to_wait(state) + jitter(state),
            stop=stop,
            retry=retry_if_exception(_is_worth_again),
            reraise=True,
        )
        found: T = retrying(self._attempt, request, load, until)
        return found

    def _attempt(self, request: Request, load: Callable[[Any], T], deadline: float) -> T:
        with self._limit.slot(deadline):
            started = self._clock.monotonic()
            sent = self._send(request, deadline)
            seconds = self._clock.monotonic() - started
        try:
            loaded = self._understand(request.route, sent, load)
        except UpstreamError as error:
            self._tell(request.route, error, seconds)
            raise
        self._tell(request.route, None, seconds)
        return loaded

    def _send(self, request: Request, deadline: float) -> Reply | UnavailableError:
        try:
            return self._transport.get(request, policy=self._policy, deadline=deadline)
        except UnavailableError as error:
            return error

    def _understand(self, route: Route, sent: Reply | UnavailableError, load: Callable[[Any], T]) -> T:
        if isinstance(sent, UnavailableError):
            raise sent
        data = judge(route, sent.status, sent.headers, sent.body, self._clock.now())
        try:
            return load(data)
        except ShapeError:
            raise MalformedError(route, status=sent.status, cause="shape") from None

    def _tell(self, route: Route, error: UpstreamError | None, seconds: float) -> None:
        self._observe(route.value, OUTCOMES[type(error) if error else None], seconds)
        self._limit.report(error)


def _asked_to_wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after if isinstance(error, UnavailableError) else 0.0


def _is_worth_again(error: BaseException) -> bool:
    """Whether to retry. Not a list that timed out: sweeps wait for it, and it is then read in windows of time."""
    return isinstance(error, UnavailableError) and (error.route, error.cause) != (Route.ANSWERS, "timeout")


class _LabelReading:
    """Collects label names over many reads, any of which may be refused."""

    def __init__(self, read: Callable[[Request, Callable[[Any], wire.Sources]], wire.Sources]) -> None:
        self._read = read
        self._names: dict[int, str] = {}
        self._answered = False
        self._away: UnavailableError | None = None

    def collect(self, request: Request, load: Callable[[Any], wire.Sources]) -> list[int]:
        """Keep a reply's names, and return the newest sources that have to be asked for theirs."""
        try:
            found = self._read(request, load)
        except UnavailableError as error:
            # An error page may be how this read is refused; silence or "wait" never means that.
            if error.status is None or error.retry_after or isinstance(error, RateLimitedError):
                raise
            self._away = error
            return []
        except UpstreamError:
            self._answered = True
            return []
        self._answered = True
        self._names.update(found.names)
        return sorted(found.unnamed, reverse=True)[:MOST_LABEL_SOURCES]

    def result(self) -> dict[int, str]:
        if self._away and not self._answered:
            raise self._away
        return self._names
