"""What the client's gate and observer are told, and how the gate holds calls back."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from service.survey.errors import (
    NotFoundError,
    UnavailableError,
    UpstreamError,
)

from .saying import failed, ok


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
