"""The port over scripted replies: which reads, how often, how long, and what comes of refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from service.netigate.policy import Policy
from service.netigate.transport import Reply
from service.survey.errors import (
    BadRequestError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from service.ports import Upstream

from .saying import HTML, failed, ok


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
