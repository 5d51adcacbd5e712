"""POST /v1/explain: whatever is sent, the answer is a score or a problem that names what is wrong."""

from __future__ import annotations

import io

import pytest

from service.web.headers import LARGEST_BODY

GOOD = b'{"alternatives": ["Good", "Bad"]}'


def ask(web, body, content_type="application/json", **more):
    headers = {"Authorization": "Bearer full"}
    return web.client.post("/v1/explain", data=body, content_type=content_type, headers=headers, **more)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/x+json"])
def test_json_is_scored(web, content_type):
    assert [step["score"] for step in ask(web, GOOD, content_type).json["steps"]] == [100.0, 0.0]


def test_question_and_item_count_and_the_rule_is_told(web):
    asked = b'{"alternatives": ["Low", "Medium", "High"], "question": "How would you rate", "item": "%s"}'
    for item, rule, scores in (
        (b"the quality", "noun_tells_levels", [0.0, 50.0, 100.0]),
        (b"the risk", "noun_tells_levels", [100.0, 50.0, 0.0]),
        (b"", "levels_of_nothing_known", [None, None, None]),
    ):
        reply = ask(web, asked % item)
        assert (reply.json["rule"], [step["score"] for step in reply.json["steps"]]) == (rule, scores)


@pytest.mark.parametrize(
    "body", [b"", b"[1]", b"null", b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000, b'{"a":' * 100_000]
)
def test_what_is_no_object_is_invalid_input(web, body):
    reply = ask(web, body)
    assert (reply.status_code, reply.json["type"]) == (422, "urn:netigate-results:problem:invalid")
    assert list(reply.json["errors"]) == ["body"]


def test_what_is_not_sent_as_json_is_refused(web):
    reply = ask(web, GOOD, "text/plain")
    assert (reply.status_code, reply.content_type) == (415, "application/problem+json")


def test_a_body_that_does_not_say_its_length_is_held_to_the_same_bound(web):
    body = io.BytesIO(b" " * (LARGEST_BODY + 1))
    reply = ask(web, body, environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""})
    assert (reply.status_code, reply.content_type) == (413, "application/problem+json")
