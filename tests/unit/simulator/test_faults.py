"""Faults on demand, as a client on the wire meets them."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
import requests

from service.simulator.http.faults import FORMS, KINDS, Fault, FaultBook
from tests.harness.waiting import until

PAGE = "/surveys/4711/answersWithData"
PARKED = 60  # seconds that nobody waits: the fault is lifted first


def seen(reply):
    """What a client makes of a reply: status, kind of content, and the status inside."""
    kind = reply.headers["Content-Type"].split(";")[0]
    inside = reply.json().get("StatusCode") if kind == "application/json" and reply.content else None
    return reply.status_code, kind, inside


REPLIES = {
    "html500": (500, "text/html", None),
    "html200": (200, "text/html", None),
    "404_html": (404, "text/html", None),
    "error": (500, "application/json", 500),
    "401": (401, "application/json", 401),
    "403": (403, "application/json", 403),
    "404": (404, "application/json", 404),
    "429": (429, "application/json", 429),
    "error200": (200, "application/json", 500),
    "empty": (200, "application/json", None),
}


@pytest.mark.parametrize(("kind", "expected"), REPLIES.items())
def test_replies_made_instead(netigate, kind, expected):
    netigate.fault(kind, count=1)
    assert seen(netigate.get(PAGE)) == expected
    assert seen(netigate.get(PAGE)) == (200, "application/json", None)


@pytest.mark.parametrize("kind", ["error", "html500", "error200"])
def test_the_status_can_be_chosen(netigate, kind):
    netigate.fault(kind, status=503)
    reply = netigate.get(PAGE)
    assert 503 in {reply.status_code, seen(reply)[2]}


def test_without_a_retry_after_there_is_none(netigate):
    netigate.fault("429")
    assert "Retry-After" not in netigate.get(PAGE).headers


@pytest.mark.parametrize("given", [7, "soon"])
def test_retry_after_as_given(netigate, given):
    netigate.fault("429", retry_after=given)
    assert netigate.get(PAGE).headers["Retry-After"] == str(given)


def test_retry_after_as_a_date(netigate):
    netigate.fault("429", retry_after_date=3600)
    wait = parsedate_to_datetime(netigate.get(PAGE).headers["Retry-After"]) - datetime.now(UTC)
    assert 3500 < wait.total_seconds() < 3700


@pytest.mark.parametrize("kind", ["down", "reset"])
def test_the_connection_ends_without_a_reply(netigate, kind):
    netigate.fault(kind)
    with pytest.raises(requests.ConnectionError) as caught:
        netigate.get(PAGE)
    assert ("reset" in str(caught.value)) == (kind == "reset")
    netigate.lift()
    assert netigate.get(PAGE).status_code == 200
    assert netigate.requests()["statuses"] == {"None": 1, "200": 1}


def test_truncated_is_broken_json_of_the_promised_length(netigate):
    whole = netigate.get(PAGE).content
    netigate.fault("truncated")
    reply = netigate.get(PAGE)
    assert reply.content == whole[: len(whole) // 2]
    with pytest.raises(ValueError):
        reply.json()


def test_cut_breaks_the_promised_length(netigate):
    netigate.fault("cut")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        netigate.get(PAGE)


def test_bom(netigate):
    whole = netigate.get(PAGE).content
    netigate.fault("bom")
    assert netigate.get(PAGE).content == b"\xef\xbb\xbf" + whole


def test_wrapped_and_unwrapped(netigate):
    whole = netigate.get("/surveys/4711").json()
    answers = netigate.get("/surveys/4711/answers/respondent/501").json()
    netigate.fault("wrapped")
    assert netigate.get("/surveys/4711").json() == [whole]
    assert netigate.get("/surveys/4711/answers/respondent/501").json() == answers
    netigate.lift()
    netigate.fault("unwrapped")
    assert netigate.get("/bgdata/bgdocuments").json()["BGDocumentId"] == 700
    one = netigate.get(PAGE, pagesize=1).json()
    assert isinstance(one["AnswerSets"], dict)


def test_faults_that_change_json_leave_other_bodies_alone(netigate):
    for kind in ("html500", "wrapped", "malformed_set"):
        netigate.fault(kind)
    assert seen(netigate.get(PAGE)) == (500, "text/html", None)


@pytest.mark.parametrize("form", FORMS)
def test_one_malformed_set_in_a_page(netigate, form):
    good = netigate.get(PAGE).json()["AnswerSets"]
    netigate.fault("malformed_set", set=9001, form=form)
    spoilt = netigate.get(PAGE).json()["AnswerSets"]
    assert [place for place in range(len(good)) if good[place] != spoilt[place]] == [
        [one["AnswerSetId"] for one in good].index(9001)
    ]


def test_malformed_sets_elsewhere(netigate):
    netigate.fault("malformed_set")
    assert netigate.get("/surveys/4711/answers").json()[0]["AnswerSetId"] == {"value": "x"}
    assert netigate.get("/surveys/4711/answers/9001").json()["AnswerSetId"] == {"value": "x"}
    assert netigate.get("/surveys").json()[0]["SurveyId"] == 4711
    netigate.lift()
    netigate.fault("malformed_set", set=9001, form="no_id")
    assert netigate.get("/surveys/4711/answers/8001").json()["AnswerSetId"] == 8001


def in_background(call):
    found = []
    thread = threading.Thread(target=lambda: found.append(call()), daemon=True)
    thread.start()
    return thread, found


@pytest.mark.parametrize(("kind", "customer"), [("slow", "C-2"), ("held", "C-1001")])
def test_slow_is_asked_late_and_held_is_answered_late(netigate, kind, customer):
    netigate.fault(kind, delay=PARKED, path="/answers/9001")
    thread, found = in_background(
        lambda: requests.get(
            f"{netigate.base_url}/surveys/4711/answers/9001", headers={"X-API-KEY": netigate.key}, timeout=PARKED
        )
    )
    until(lambda: netigate.faults()[0]["waiting"] == 1)
    netigate.edit(9001, customer="C-2")
    netigate.lift()
    thread.join(20)
    given = {answer["QuestionText"]: answer["AnswerText"] for answer in found[0].json()["Answers"]}
    assert given["CRM-ID"] == customer


def test_slow_takes_its_time(netigate):
    netigate.fault("slow", delay=0.05)
    started = time.monotonic()
    assert netigate.get(PAGE).status_code == 200
    assert time.monotonic() - started >= 0.05


def test_drip_sends_the_whole_bit_by_bit(netigate):
    whole = netigate.get(PAGE).content
    netigate.fault("drip", delay=0.1)
    started = time.monotonic()
    assert netigate.get(PAGE).content == whole
    assert time.monotonic() - started >= 0.1


def test_hundreds_wait_side_by_side(netigate):
    many = 200
    netigate.fault("slow", delay=PARKED)
    waiting = [in_background(lambda: requests.get(netigate.base_url + "/surveys", timeout=PARKED)) for _ in range(many)]
    until(lambda: netigate.requests(last=0)["in_flight"] == many)
    netigate.lift()
    for thread, _ in waiting:
        thread.join(20)
    assert [found[0].status_code for _, found in waiting] == [401] * many
    assert netigate.requests(last=0)["max_concurrent"] == many


def test_path_count_and_skip(netigate):
    netigate.fault("error", path=r"answersWithData\?.*page=2", count=1, skip=1)
    asked = [(1, 200), (2, 200), (2, 500), (2, 200)]
    assert [(page, netigate.get(PAGE, page=page).status_code) for page, _ in asked] == asked
    assert netigate.faults() == []


def test_one_of_several_can_be_lifted(netigate):
    first = netigate.fault("401")
    second = netigate.fault("bom", path="questions")
    assert [fault["id"] for fault in netigate.faults()] == [first, second]
    netigate.lift(first)
    assert netigate.get("/surveys/4711/questions").content.startswith(b"\xef\xbb\xbf")


def test_control_is_beyond_faults_and_not_counted(netigate):
    netigate.fault("down")
    assert [fault["kind"] for fault in netigate.faults()] == ["down"]
    assert netigate.requests()["total"] == 0


def test_a_fault_ends_by_itself():
    book = FaultBook()
    book.add(Fault("down", seconds=-1))
    book.add(Fault("error", seconds=100))
    assert [fault.kind for fault in book.take("/surveys")] == ["error"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_switched_on(netigate, kind):
    netigate.fault(kind)
    assert [fault["kind"] for fault in netigate.faults()] == [kind]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"kind": "tired"},
        {"kind": "down", "colour": "red"},
        {"kind": "down", "count": "many"},
        {"kind": "down", "count": True},
        {"kind": "down", "path": "("},
        {"kind": "malformed_set", "form": "odd"},
        ["down"],
    ],
)
def test_a_fault_that_cannot_be_is_400(netigate, wanted):
    reply = requests.post(f"{netigate.root}/_control/faults", data=json.dumps(wanted), timeout=10)
    assert reply.status_code == 400
    assert netigate.faults() == []
