"""The client against the stand-in Netigate, over real HTTP and in a process of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from service.clock import SystemClock
from service.netigate.client import NetigateClient
from service.netigate.policy import Policy
from service.netigate.transport import Transport, open_session
from service.survey.errors import (
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)
from tests.harness.simulator import CONTACT_LABEL, CUSTOMER_LABEL, ENGLISH, SURVEYS, SWEDISH, SimulatorProcess

ONCE = Policy(connect_timeout=2.0, read_timeout=5.0, budget=10.0, attempts=1)
AGAIN = Policy(connect_timeout=2.0, read_timeout=5.0, budget=10.0, attempts=3, backoff=0.01)


@pytest.fixture(scope="module")
def simulator():
    with SimulatorProcess() as running:
        yield running


@pytest.fixture
def netigate(simulator):
    yield simulator
    simulator.lift()


@pytest.fixture
def make(simulator):
    sessions = []

    def make(policy: Policy = AGAIN, *, key: str | None = None, page_size: int = 100) -> NetigateClient:
        sessions.append(open_session(key or simulator.key))
        clock = SystemClock()
        transport = Transport(sessions[-1], simulator.base_url, clock)
        return NetigateClient(transport, clock, policy=policy, page_size=page_size)

    yield make
    for session in sessions:
        session.close()


def written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def swept(client: NetigateClient, survey: int) -> dict:
    page = client.answer_page(survey, 1)
    found = list(page.answer_sets)
    for number in range(2, page.total_pages + 1):
        found += client.answer_page(survey, number).answer_sets
    return {answer_set.id: answer_set for answer_set in found}


@pytest.mark.parametrize("survey", SURVEYS)
def test_a_whole_sweep_reads_what_was_answered(netigate, make, survey):
    true = {given["set"]: given for given in netigate.truth() if given["survey"] == survey}
    read = swept(make(page_size=37), survey)
    assert read.keys() == true.keys()
    for given in true.values():
        found = read[given["set"]]
        assert found.respondent_id == given["respondent"]
        assert [written(found.completed), written(found.updated)] == [given["completed"], given["updated"]]
        assert [
            (answer.question_item_id, answer.question_type, answer.question_text, answer.text, answer.weight)
            for answer in found.answers
        ] == [
            (row["item"], row["type"], row["question_text"] or "", row["text"] or "", row["weight"])
            for row in given["answers"]
        ]


def test_the_other_reads_agree_with_the_sweep(netigate, make):
    client = make()
    read = swept(client, SWEDISH)
    assert [survey.id for survey in client.surveys()] == list(SURVEYS)
    listed = {answer_set.id: answer_set for answer_set in client.answer_list(SWEDISH).answer_sets}
    assert {number: found.updated for number, found in listed.items()} == {
        number: found.updated for number, found in read.items()
    }
    assert client.answer_set(SWEDISH, 9001) == read[9001]
    assert {found.id for found in client.respondent_sets(SWEDISH, 501)} == {8001, 9001}
    assert client.respondent_sets(SWEDISH, 2**31) == []


def test_a_survey_and_its_labels(netigate, make):
    client = make()
    survey = client.survey(SWEDISH)
    labels = client.labels(SWEDISH)
    assert (survey.name, survey.language) == ("Kundnöjdhet", "swe")
    fed = {labels[item.background_label] for item in survey.items if item.background_label is not None}
    assert {CUSTOMER_LABEL, CONTACT_LABEL} <= fed
    words = next(item for item in survey.items if item.id == 31)
    assert [alternative.text for alternative in words.alternatives][:2] == ["Mycket missnöjd", "Missnöjd"]
    assert any(item.is_matrix and item.alternatives for item in survey.items)


def test_updated_narrows(netigate, make):
    since = datetime(2020, 1, 1, tzinfo=UTC)
    client = make()
    everything = client.answer_page(SWEDISH, 1, updated=since)
    newest = max(found.updated for found in client.answer_list(SWEDISH).answer_sets)
    latest = client.answer_page(SWEDISH, 1, updated=newest)
    assert 1 <= len(latest.answer_sets) < len(everything.answer_sets)


def test_what_does_not_exist(netigate, make):
    with pytest.raises(NotFoundError):
        make().answer_set(SWEDISH, 2**31)


@pytest.mark.parametrize(
    ("kind", "details", "error"),
    [
        ("down", {}, UnavailableError),
        ("reset", {}, UnavailableError),
        ("html500", {}, UnavailableError),
        ("html200", {}, UnavailableError),
        ("404_html", {}, UnavailableError),
        ("error", {}, UnavailableError),
        ("error200", {}, UnavailableError),
        ("truncated", {}, UnavailableError),
        ("cut", {}, UnavailableError),
        ("empty", {}, UnavailableError),
        ("429", {}, RateLimitedError),
        ("401", {}, RejectedError),
        ("403", {}, RejectedError),
        ("404", {}, NotFoundError),
    ],
)
def test_faults_have_their_errors_and_pass(netigate, make, kind, details, error):
    client = make(ONCE)
    netigate.fault(kind, count=1, **details)
    with pytest.raises(error) as raised:
        client.surveys()
    assert type(raised.value) is error
    assert [survey.id for survey in client.surveys()] == list(SURVEYS)


@pytest.mark.parametrize("kind", ["down", "reset", "html500", "error200", "truncated", "cut", "429"])
def test_a_passing_fault_is_not_noticed(netigate, make, kind):
    netigate.fault(kind, count=2)
    assert [survey.id for survey in make().surveys()] == list(SURVEYS)


@pytest.mark.parametrize("asked", [{"retry_after": 100}, {"retry_after_date": 100}])
def test_a_long_wait_is_handed_on(netigate, make, asked):
    netigate.fault("429", **asked)
    with pytest.raises(RateLimitedError) as raised:
        make().surveys()
    assert 90 <= raised.value.retry_after <= 100


@pytest.mark.parametrize("kind", ["slow", "drip"])
def test_slowness_ends_with_the_budget(netigate, make, kind):
    netigate.fault(kind, delay=60)
    with pytest.raises(UnavailableError) as raised:
        make(Policy(read_timeout=20, budget=0.3)).answer_page(SWEDISH, 1)
    assert raised.value.cause in {"budget", "timeout"}


@pytest.mark.parametrize("kind", ["bom", "wrapped", "unwrapped"])
def test_oddities_change_nothing(netigate, make, kind):
    def read():
        client = make()
        return (
            client.surveys(),
            client.survey(ENGLISH),
            client.answer_page(ENGLISH, 1),
            client.answer_list(ENGLISH),
            client.answer_set(SWEDISH, 9001),
            client.respondent_sets(SWEDISH, 501),
            client.labels(ENGLISH),
        )

    plain = read()
    netigate.fault(kind)
    assert read() == plain


@pytest.mark.parametrize(
    "form", ["bad_id", "no_id", "string", "null", "number", "bad_date", "bad_answers", "bad_answer"]
)
def test_a_malformed_set_is_set_aside_alone(netigate, make, form):
    client = make()
    plain = client.answer_page(SWEDISH, 1)
    netigate.fault("malformed_set", set=9001, form=form)
    spoilt = client.answer_page(SWEDISH, 1)
    assert spoilt.set_aside == plain.set_aside + 1
    assert spoilt.answer_sets == tuple(found for found in plain.answer_sets if found.id != 9001)


def test_a_wrong_key(netigate, make):
    with pytest.raises(RejectedError):
        make(key="99999999-9999-4999-8999-999999999999").surveys()


def test_nothing_but_documented_reads_was_asked(netigate, make):
    client = make()
    client.labels(SWEDISH)
    client.survey(SWEDISH)
    assert netigate.violations == []
    assert {asked["method"] for asked in netigate.requests()["requests"]} == {"GET"}
    assert not any("respondents" in asked["path"] for asked in netigate.requests()["requests"])
