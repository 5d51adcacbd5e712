"""The service as an account's operator set it up, against a Netigate in a process of its own."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from service.web.contract import schemas
from tests.harness.simulator import ENGLISH, GERMAN, LEAK_MARKERS, SWEDISH
from tests.harness.waiting import until

ODD = ["Müller & Söhne GmbH/7", "客户/1 ?#%", "../../surveys/4711/copy", "C 9", "'; DROP TABLE--", "a\\b", "{tag}"]
_numbers = itertools.count(1)


@pytest.fixture
def customer():
    """One that no other test knows."""
    return f"T-{next(_numbers)}"


def ago(days):
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def answer_of(document, item):
    return next(answer for answer in document["latest"]["answers"] if answer["question_item_id"] == item)


def test_two_respondents_and_three_answer_sets_read_as_one_customer(netigate, service, customer):
    one = {"survey": SWEDISH, "customer": customer, "contact": "P-1", "respondent": 70_001}
    other = {"survey": ENGLISH, "customer": customer, "contact": "P-2", "respondent": 70_002}
    netigate.change(
        [
            {**one, "completed": ago(90), "answers": {31: "Nöjd"}},
            {**one, "completed": ago(60), "answers": {31: "Mycket nöjd"}},
            {**other, "completed": ago(30), "answers": {231: "Dissatisfied"}},
        ]
    )
    document = service.await_summary(customer, answered=3)
    assert (document["score"], document["band"], document["low_respondents"]) == (25.0, "dissatisfied", 1)
    assert document["trend"] is None, "one person's score is not compared with a colleague's"
    assert [(low["respondent_id"], low["contact_id"]) for low in document["low"]] == [(70_002, "P-2")]
    assert [entry["score"] for entry in document["history"]] == [25.0, 100.0, 75.0]
    assert (document["latest"]["respondent_id"], document["latest"]["contact_id"]) == (70_002, "P-2")
    results = service.get(f"/v1/customers/{customer}/results").json()["results"]
    assert [result["respondent_id"] for result in results] == [70_002, 70_001, 70_001]
    own = service.get("/v1/respondents/70001/results").json()["results"]
    assert [result["score"] for result in own] == [100.0, 75.0]
    assert {result["customer_id"] for result in own} == {customer}


@pytest.fixture(scope="module")
def odd_customers(account_simulator, account_service):
    account_simulator.change(
        [
            {"survey": SWEDISH, "customer": odd, "respondent": 70_100 + n, "answers": {31: "Nöjd"}}
            for n, odd in enumerate(ODD)
        ]
    )
    for odd in ODD:
        account_service.await_summary(odd, answered=1)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.usefixtures("odd_customers")
def test_odd_ids(service, odd):
    assert service.summary(odd)["customer_id"] == odd
    path = quote(odd, safe="")
    assert service.get(f"/v1/customers/{path}/results").json()["results"][0]["customer_id"] == odd
    assert service.get(f"/v1/customers/{path}/results/latest").json()["latest"]["customer_id"] == odd
    batch = service.get(f"/v1/customers/satisfaction?id={path}&id=nobody").json()["customers"]
    assert [found["answered"] for found in batch] == [1, 0]


SCORED = [
    (SWEDISH, 31, "Mycket missnöjd", "satisfaction", 0.0, "very_dissatisfied", None, "ascending"),
    (SWEDISH, 31, "Varken eller", "satisfaction", 50.0, "neutral", None, "ascending"),
    (SWEDISH, 31, "Vet ej", "satisfaction", None, None, "no_opinion", "ascending"),
    (GERMAN, 131, "Sehr zufrieden", "satisfaction", 100.0, "very_satisfied", None, "descending"),
    (GERMAN, 131, "Sehr unzufrieden", "satisfaction", 0.0, "very_dissatisfied", None, "descending"),
    (GERMAN, 131, "Weiß nicht", "satisfaction", None, None, "no_opinion", "descending"),
    (ENGLISH, 231, "Satisfied", "satisfaction", 75.0, "satisfied", None, "ascending"),
    (ENGLISH, 231, "Don't know", "satisfaction", None, None, "no_opinion", "ascending"),
    (SWEDISH, 32, 0, "nps", 0.0, "very_dissatisfied", None, "ascending"),
    (SWEDISH, 32, 6, "nps", 60.0, "dissatisfied", None, "ascending"),
    (GERMAN, 132, 8, "nps", 80.0, "neutral", None, "ascending"),
    (ENGLISH, 232, 10, "nps", 100.0, "very_satisfied", None, "ascending"),
    (SWEDISH, 35, "Ekonomi", None, None, None, "not_a_scale", None),
    (GERMAN, 135, "Versand", None, None, None, "not_a_scale", None),
    (ENGLISH, 237, "Weekly", None, None, None, "not_a_scale", None),
    (SWEDISH, 33, 4, "effort", 75.0, "satisfied", None, "ascending"),
    (GERMAN, 133, 5, "effort", 100.0, "very_satisfied", None, "descending"),
]


@pytest.fixture(scope="module")
def scored(account_simulator, account_service):
    """One customer for each line, all answered together."""
    sets = [
        {"survey": survey, "customer": f"S-{n}", "respondent": 71_000 + n, "answers": {item: answer}}
        for n, (survey, item, answer, *_) in enumerate(SCORED)
    ]
    account_simulator.change(sets)
    for n in range(len(SCORED)):
        account_service.await_summary(f"S-{n}", answered=1)
    return account_service


@pytest.mark.parametrize("number", range(len(SCORED)), ids=[f"{line[1]}-{line[2]}" for line in SCORED])
def test_each_answer_is_scored_by_its_own_scale(scored, number):
    _, item, answer, kind, score, band, reason, direction = SCORED[number]
    document = scored.summary(f"S-{number}")
    found = answer_of(document, item)
    assert (found["score"], found["band"], found["reason"]) == (score, band, reason)
    assert kind is None or found["kind"] == kind
    assert direction is None or found["scale"]["direction"] == direction
    assert isinstance(answer, int) or found["answer"] == answer
    assert (document["score"], document["band"]) == (score, band)
    assert (found.get("nps") is not None) is (kind == "nps")


def test_the_questions_text_comes_from_the_tree(netigate, service, customer):
    netigate.add(customer=customer, answers={31: "Nöjd", 35: "Ekonomi", 37: "Tack"})
    document = service.await_summary(customer, answered=1)
    assert answer_of(document, 31)["question"] == "Hur nöjd är du med oss?"
    assert answer_of(document, 35)["question"] == "Vilken avdelning hade du kontakt med senast?"


def test_background_is_not_shown_as_an_answer(netigate, service, customer):
    netigate.add(customer=customer, contact="P-bakgrund", region="Norr-bakgrund", answers={31: "Nöjd"})
    document = service.await_summary(customer, answered=1)
    assert [answer["question_item_id"] for answer in document["latest"]["answers"]] == [31]
    assert document["latest"]["contact_id"] == "P-bakgrund"
    assert "Norr-bakgrund" not in service.get(f"/v1/customers/{customer}/results").text


def test_anonymous_and_unfinished_sets_are_never_served(netigate, service, customer):
    netigate.change(
        [
            {"survey": SWEDISH, "customer": customer, "respondent": -1, "answers": {31: "Missnöjd", 37: "anonym"}},
            {"survey": SWEDISH, "customer": customer, "respondent": 72_001, "completed": None, "answers": {31: "Nöjd"}},
            {"survey": SWEDISH, "customer": customer, "respondent": 72_002, "answers": {31: "Mycket nöjd"}},
        ]
    )
    document = service.await_summary(customer, answered=1)
    assert (document["score"], document["low_respondents"]) == (100.0, 0)
    assert service.get("/v1/respondents/72001/results").json()["results"] == []
    for respondent in ("-1", "0"):
        assert service.get(f"/v1/respondents/{respondent}/results").json()["results"] == []


def test_no_served_customer_leaks_what_must_stay(netigate, service):
    customers = sorted({given["customer"] for given in netigate.truth() if given["customer"]})
    assert len(customers) > 50
    for at in range(0, len(customers), 50):
        query = "&".join(f"id={quote(customer, safe='')}" for customer in customers[at : at + 50])
        reply = service.get(f"/v1/customers/satisfaction?{query}")
        assert reply.status_code == 200
        assert not [marker for marker in LEAK_MARKERS if marker in reply.text]
    written = service.logs()
    assert not [marker for marker in LEAK_MARKERS if marker in written]


def test_what_is_served_is_what_was_answered(netigate, service):
    """Over the whole data set: each customer's finished, named sets and no others."""
    served = {}
    for given in netigate.truth():
        if given["customer"] and given["completed"] and given["respondent"] > 0:
            served.setdefault(given["customer"].strip(), set()).add(given["set"])
    service.await_sweep()
    for customer, wanted in served.items():
        found, path = set(), f"/v1/customers/{quote(customer, safe='')}/results"
        page = service.get(f"{path}?limit=100").json()
        found |= {result["answer_set_id"] for result in page["results"]}
        assert found == wanted, customer


def test_a_finished_set_an_edit_and_another_customer_show_after_the_next_sweep(netigate, service, customer):
    added = netigate.add(customer=customer, completed=None, answers={31: "Nöjd"})
    service.await_sweep()
    assert service.summary(customer)["latest"] is None
    netigate.edit(added["set"], completed=added["updated"])
    assert service.await_summary(customer, answered=1)["score"] == 75.0
    netigate.edit(added["set"], answers={31: "Mycket missnöjd"})
    assert service.await_summary(customer, score=0.0)["answered"] == 1
    netigate.edit(added["set"], customer=f"{customer}-new")
    service.await_summary(f"{customer}-new", answered=1)
    service.await_summary(customer, latest=None)


def test_comments_only_with_the_scope(netigate, service, customer):
    netigate.add(customer=customer, answers={31: "Missnöjd", 37: "Ring Kalle"})
    service.await_summary(customer, answered=1)
    for path in (
        f"/v1/customers/{customer}/satisfaction",
        f"/v1/customers/{customer}/results",
        f"/v1/customers/{customer}/results/latest",
        f"/v1/customers/satisfaction?id={customer}",
    ):
        assert "Ring Kalle" in service.get(path, "full").text
        assert "Ring Kalle" not in service.get(path, "plain").text
        assert service.get(path, "feed").status_code == 403


def test_a_conditional_read_over_http(netigate, service, customer):
    netigate.add(customer=customer, answers={31: "Nöjd"})
    service.await_summary(customer, answered=1)
    path = f"/v1/customers/{customer}/satisfaction"
    tag = service.get(path).headers["ETag"]
    again = service.get(path, If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "key", "status", "field"),
    [
        ("/v1/customers/C-1001/satisfaction", "wrong", 401, None),
        ("/v1/customers/C-1001/satisfaction", None, 401, None),
        ("/v1/customers/C-1001/satisfaction", "feed", 403, None),
        ("/v1/nothing", "full", 404, None),
        ("/v1/customers/C-1001/results?limit=many", "full", 422, "limit"),
        ("/v1/customers/C-1001/results?cursor=x", "full", 400, None),
        ("/v1/customers/satisfaction", "full", 422, "id"),
    ],
)
def test_bad_input_is_a_problem_with_a_name(service, path, key, status, field):
    reply = service.get(path, key, X_Request_ID="req-1")
    assert (reply.status_code, reply.headers["Content-Type"]) == (status, "application/problem+json")
    assert schemas.ProblemSchema().validate(reply.json()) == {}
    assert reply.json()["request_id"] == reply.headers["X-Request-ID"] == "req-1"
    assert field is None or field in reply.json()["errors"]


def test_the_surveys_are_known_by_name(service):
    found = {survey["id"]: survey for survey in service.get("/v1/surveys").json()["surveys"]}
    assert {number: survey["name"] for number, survey in found.items()} == {
        SWEDISH: "Kundnöjdhet",
        GERMAN: "Kundenzufriedenheit",
        ENGLISH: "Customer satisfaction",
    }
    assert all(survey["customer_label_found"] for survey in found.values())


def test_nothing_was_asked_but_the_documented_reads(netigate, service):
    asked = netigate.requests()
    assert asked["violations"] == []
    assert {request["method"] for request in asked["requests"]} == {"GET"}


def test_a_customer_read_asks_netigate_nothing(netigate, service):
    fault = netigate.fault("slow", delay=60)
    until(lambda: netigate.faults()[0]["waiting"] >= 1, what="a sweep that waits for Netigate")
    for number in range(20):
        reply = service.get(f"/v1/customers/C-{1001 + number}/satisfaction")
        assert reply.status_code == 200
        assert reply.elapsed.total_seconds() < 30  # half of what Netigate takes
    netigate.lift(fault)
    service.await_sweep()
