"""The port over scripted replies: which reads, how often, how long, and what comes of refusals."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from service.netigate.client import NetigateClient
from service.netigate.policy import Policy
from service.netigate.transport import Reply
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
    from service.ports import Upstream

HTML = Reply(404, {}, b"<html>")


def ok(data: object) -> Reply:
    return Reply(200, {}, json.dumps(data).encode())


def failed(status: int, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, b'{"Message": "no"}')


class Scripted:
    """Stands in for the transport: replies by path, the last one of a list for good. Each attempt takes `seconds`."""

    def __init__(self, clock, replies: dict, seconds: float = 0.0) -> None:
        self._clock = clock
        self._replies = {path: list(what) if isinstance(what, list) else [what] for path, what in replies.items()}
        self._seconds = seconds
        self.asked: list[str] = []
        self.limits: list[tuple[Policy, float]] = []

    def get(self, request, *, policy, deadline):
        self.asked.append(request.path)
        self.limits.append((policy, deadline))
        self._clock.seconds += self._seconds
        left = self._replies.get(request.path, [failed(404)])
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, str):
            raise UnavailableError(request.route, cause=found)
        return found


@pytest.fixture
def make(clock):
    def make(replies, *, seconds: float = 0.0, **options):
        transport = Scripted(clock, replies, seconds)
        client = NetigateClient(transport, clock, **options)
        return client, transport

    return make


@pytest.fixture
def everything(sample):
    return {
        "/surveys": ok(sample("surveys")),
        "/surveys/611": ok(sample("survey")),
        "/surveys/611/questions": ok(sample("questions")),
        "/surveys/611/answers": ok(sample("answers")),
        "/surveys/611/answersWithData?page=1&pagesize=100": ok(sample("answers_with_data")),
        "/surveys/611/answersWithData?page=2&pagesize=100&updated=2026-11-01T00:00:00Z": ok(
            {"Page": 2, "TotalPages": 2, "AnswerSets": []}
        ),
        "/surveys/611/answers/7001": ok(sample("answer")),
        "/surveys/611/answers/respondent/310": ok(sample("respondent_answers")),
        "/surveys/611/sendouts": ok(sample("sendouts")),
        "/surveys/611/sendouts/51/labels": ok([]),
        "/surveys/611/sendouts/52/labels": ok(sample("sendout_labels")),
        "/bgdata/bgdocuments": ok(sample("bgdocuments")),
        "/bgdata/bgdocuments/91/labels": ok(sample("bgdocument_labels")),
    }


def test_every_read_of_the_port(make, everything):
    upstream: Upstream
    upstream, transport = make(everything)
    assert [survey.id for survey in upstream.surveys()] == [611, 612, 613]
    survey = upstream.survey(611)
    assert (survey.name, [item.id for item in survey.items]) == ("Kundröst", [201, 202, 211, 212, 221, 222, 223])
    page = upstream.answer_page(611, 1)
    assert ([found.id for found in page.answer_sets], page.set_aside) == ([7001, 7002, 7003], 5)
    assert upstream.answer_page(611, 2, updated=datetime(2026, 11, 1, tzinfo=UTC)).answer_sets == ()
    assert [found.id for found in upstream.answer_list(611).answer_sets] == [7001, 7003]
    assert len(upstream.answer_set(611, 7001).answers) == 6
    assert [found.id for found in upstream.respondent_sets(611, 310)] == [7001]
    assert upstream.labels(611) == {8801: "CRM-ID", 8802: "Kontakt-ID", 8803: "Region", 8804: "Avtal"}
    assert set(transport.asked) == set(everything)


def test_the_page_size_is_asked_for(make):
    client, transport = make({}, page_size=7)
    with pytest.raises(NotFoundError):
        client.answer_page(611, 1)
    assert transport.asked == ["/surveys/611/answersWithData?page=1&pagesize=7"]


@pytest.mark.parametrize("reply", [failed(404), ok([]), ok(None), ok([None])])
def test_an_unknown_respondent_has_no_sets(make, reply):
    client, _ = make({"/surveys/611/answers/respondent/9": reply})
    assert client.respondent_sets(611, 9) == []


@pytest.mark.parametrize("respondent", [0, -1, 2**64])
def test_nobody_has_no_sets_and_nothing_is_asked(make, respondent):
    client, transport = make({})
    assert client.respondent_sets(611, respondent) == []
    assert transport.asked == []


def test_an_iis_page_is_no_unknown_respondent(make):
    client, _ = make({"/surveys/611/answers/respondent/9": HTML})
    with pytest.raises(UnavailableError):
        client.respondent_sets(611, 9)


@pytest.mark.parametrize(
    "call", [lambda c: c.survey(-1), lambda c: c.answer_set(1, "2/../copy"), lambda c: c.labels(0)]
)
def test_what_is_no_id_is_never_sent(make, call):
    client, transport = make({})
    with pytest.raises(BadRequestError):
        call(client)
    assert transport.asked == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (failed(400), BadRequestError),
        (failed(401), RejectedError),
        (failed(404), NotFoundError),
        (ok({"no": "survey"}), MalformedError),
    ],
)
def test_what_asking_again_cannot_mend_is_asked_once(make, clock, reply, kind):
    client, transport = make({"/surveys/611": reply})
    with pytest.raises(kind) as raised:
        client.survey(611)
    assert raised.value.route == "/surveys/{survey}"
    assert (transport.asked, clock.slept) == (["/surveys/611"], [])


TRANSIENT = ["timeout", failed(500), failed(503), failed(429), HTML, ok({"StatusCode": 500}), Reply(200, {}, b'[{"a')]


@pytest.mark.parametrize("reply", TRANSIENT, ids=str)
def test_what_passes_is_asked_again(make, clock, sample, reply):
    client, transport = make({"/surveys": [reply, reply, ok(sample("surveys"))]})
    assert len(client.surveys()) == 3
    assert len(transport.asked) == 3
    assert [0 <= wait <= most for wait, most in zip(clock.slept, (0.5, 1.0), strict=True)] == [True, True]


@pytest.mark.parametrize("reply", TRANSIENT, ids=str)
def test_attempts_are_bounded(make, clock, reply):
    client, transport = make({"/surveys": reply}, policy=Policy(attempts=5))
    with pytest.raises(UnavailableError):
        client.surveys()
    assert (len(transport.asked), len(clock.slept)) == (5, 4)


def test_a_list_that_takes_too_long_is_not_asked_for_again_at_once(make):
    client, transport = make({"/surveys/611/answers": "timeout"})
    with pytest.raises(UnavailableError):
        client.answer_list(611)
    assert len(transport.asked) == 1


def test_retry_after_is_honoured(make, clock, sample):
    client, _ = make({"/surveys": [failed(429, Retry_After="20"), ok(sample("surveys"))]})
    client.surveys()
    assert 20 <= clock.slept[0] <= 20.5


@pytest.mark.parametrize("header", ["91", "Mon, 23 Nov 2026 12:05:00 GMT"], ids=["seconds", "date"])
def test_a_wait_beyond_the_budget_is_handed_on_at_once(make, clock, header):
    client, transport = make({"/surveys": failed(429, Retry_After=header)}, policy=Policy(budget=90))
    with pytest.raises(RateLimitedError) as raised:
        client.surveys()
    assert raised.value.retry_after == (91 if header == "91" else 300)
    assert (len(transport.asked), clock.slept) == (1, [])


def test_the_budget_is_over_all_attempts(make, clock):
    client, transport = make({"/surveys": "timeout"}, seconds=40, policy=Policy(budget=90, attempts=9))
    with pytest.raises(UnavailableError):
        client.surveys()
    assert len(transport.asked) == 3
    assert {deadline for _, deadline in transport.limits} == {90.0}
    assert clock.seconds < 130


def test_one_budget_for_a_survey_and_its_questions(make, everything):
    client, transport = make(everything, seconds=30)
    client.survey(611)
    assert [deadline for _, deadline in transport.limits] == [90.0, 90.0]


def test_limits_other_than_the_sweeper_s(make, everything):
    tight = Policy(budget=2.5, attempts=1)
    client, transport = make(everything, policy=tight)
    client.surveys()
    assert transport.limits == [(tight, 2.5)]


class Recording:
    """A gate that refuses by a given error, and keeps what it is told."""

    def __init__(self, refusal: UpstreamError | None = None) -> None:
        self.refusal = refusal
        self.open = 0
        self.deadlines: list[float] = []
        self.reports: list[str] = []

    @contextmanager
    def slot(self, deadline: float):
        if self.refusal:
            raise self.refusal
        self.deadlines.append(deadline)
        self.open += 1
        yield
        self.open -= 1

    def report(self, error: UpstreamError | None) -> None:
        self.reports.append(f"{self.open} {type(error).__name__}")


def test_gate_and_observer_are_told_of_every_attempt(make, clock, everything):
    gate, seen = Recording(), []
    replies = everything | {"/surveys": [failed(503), "timeout", failed(429), everything["/surveys"]]}
    client, _ = make(replies, seconds=2, gate=gate, observe=lambda *what: seen.append((*what[:2], round(what[2], 6))))
    client.surveys()
    for path, call in (("/surveys/5", lambda: client.survey(5)), ("/surveys/611/answers/8", lambda: None)):
        with pytest.raises(NotFoundError):
            call() or client.answer_set(611, int(path[-1]))
    assert gate.reports == [
        "0 UnavailableError",
        "0 UnavailableError",
        "0 RateLimitedError",
        "0 NoneType",
        "0 NotFoundError",
        "0 NotFoundError",
    ]
    assert len(gate.deadlines) == 6
    assert seen == [
        ("/surveys", "unavailable", 2.0),
        ("/surveys", "unavailable", 2.0),
        ("/surveys", "rate_limited", 2.0),
        ("/surveys", "ok", 2.0),
        ("/surveys/{survey}", "not_found", 2.0),
        ("/surveys/{survey}/answers/{answer}", "not_found", 2.0),
    ]


@pytest.mark.parametrize(
    ("reply", "word"),
    [(failed(401), "rejected"), (failed(400), "bad_request"), (ok(7), "malformed")],
)
def test_outcomes_are_words(make, reply, word):
    seen = []
    client, _ = make({"/surveys": reply}, observe=lambda _route, outcome, _seconds: seen.append(outcome))
    with pytest.raises(UpstreamError):
        client.surveys()
    assert seen == [word]


def test_a_closed_gate_keeps_everything_in(make, clock):
    gate = Recording(UnavailableError("/surveys", cause="backing_off", retry_after=300.0))
    client, transport = make({}, gate=gate)
    with pytest.raises(UnavailableError) as raised:
        client.surveys()
    assert (raised.value.cause, transport.asked, gate.reports, clock.slept) == ("backing_off", [], [], [])


REFUSALS = [failed(400), failed(401), failed(403), failed(404), ok("?")]


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
@pytest.mark.parametrize(
    ("refused", "left"),
    [
        ("/surveys/611/sendouts", {8803, 8804}),
        ("/surveys/611/sendouts/52/labels", {8803, 8804}),
        ("/surveys/611/sendouts/51/labels", {8801, 8802, 8803, 8804}),
        ("/bgdata/bgdocuments", {8801, 8802}),
        ("/bgdata/bgdocuments/91/labels", {8801, 8802, 8803}),
    ],
)
def test_a_refused_read_of_labels_is_skipped(make, everything, refused, refusal, left):
    client, _ = make(everything | {refused: refusal})
    assert client.labels(611).keys() == left


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_labels_refused_altogether(make, refusal):
    client, _ = make({"/surveys/611/sendouts": refusal, "/bgdata/bgdocuments": refusal})
    assert client.labels(611) == {}


@pytest.mark.parametrize("page", [HTML, failed(500)])
def test_a_page_may_be_one_reads_way_to_refuse(make, everything, page):
    client, _ = make(everything | {"/bgdata/bgdocuments": page})
    assert client.labels(611).keys() == {8801, 8802}


@pytest.mark.parametrize("page", [HTML, failed(500)])
def test_nothing_but_pages_is_an_upstream_that_is_away(make, page):
    client, _ = make({"/surveys/611/sendouts": page, "/bgdata/bgdocuments": page})
    with pytest.raises(UnavailableError):
        client.labels(611)


@pytest.mark.parametrize("silence", ["timeout", failed(429), failed(503, Retry_After="1")], ids=str)
def test_silence_is_no_refusal(make, everything, silence):
    client, _ = make(everything | {"/bgdata/bgdocuments": silence})
    with pytest.raises(UnavailableError):
        client.labels(611)


def test_only_the_newest_sendouts_are_asked(make):
    sendouts = [{"SendoutId": number} for number in range(1, 200)]
    client, transport = make({"/surveys/611/sendouts": ok(sendouts)})
    assert client.labels(611) == {}
    assert len(transport.asked) == 52
    assert transport.asked[1] == "/surveys/611/sendouts/199/labels"
