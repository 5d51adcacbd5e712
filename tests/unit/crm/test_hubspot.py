from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

import pytest

from service.crm.hubspot import hubspot_blueprint, signed_text
from service.crm.options import HubSpotOptions
from service.crm.verify import hmac_sha256_base64

from .conftest import (
    COMMENT,
    NOW,
    OLDER_SCORE,
    SUMMARIES,
    Build,
    FakeClock,
    FakeSummaries,
    recorded,
    requests_of,
    send,
)

HUBSPOT = recorded("hubspot")
OPTIONS = HubSpotOptions(HUBSPOT["secret"], HUBSPOT["public_url"], HUBSPOT["portal_id"])
ORDINARY = HUBSPOT["requests"][0]


@pytest.fixture
def client(build: Build, summaries: FakeSummaries, clock: FakeClock):
    return build([hubspot_blueprint(OPTIONS, summaries, clock)])


@pytest.mark.parametrize("request_", requests_of("hubspot", good=True))
def test_a_request_that_hubspot_signed_is_answered(client, request_):
    answer = send(client, request_)
    assert answer.status_code == 200
    assert answer.json["state"] == "answered"
    assert answer.json["customer_id"] == request_["customer"]
    assert answer.json["freshness"]["age_seconds"] == 12
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("request_", requests_of("hubspot", good=False))
def test_any_other_is_refused_without_a_word_of_whom_it_was_about(client, request_):
    answer = send(client, request_)
    if request_["expect"] == "request":
        assert (answer.status_code, answer.json["field"]) == (422, "customer_id")
    else:
        assert (answer.status_code, answer.json["code"]) == (401, request_["expect"])
    assert "C-1001" not in answer.text
    assert OPTIONS.client_secret not in answer.text


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded"])
def test_what_a_proxy_says_of_the_host_counts_for_nothing(client, header):
    assert send(client, ORDINARY, headers={header: "attacker.example.net"}).status_code == 200
    foreign = next(one for one in HUBSPOT["requests"] if one["name"] == "signed for another address")
    assert send(client, foreign, headers={header: "attacker.example.net"}).status_code == 401


@pytest.mark.parametrize("state", SUMMARIES)
def test_each_state_is_a_200_that_names_it(client, summaries, state):
    summaries.summary_document = SUMMARIES[state]
    answer = send(client, ORDINARY)
    assert (answer.status_code, answer.json["state"]) == (200, state)


def test_words_newer_than_the_last_score_have_none(client, summaries):
    summaries.summary_document = OLDER_SCORE
    answer = send(client, ORDINARY).json
    assert (answer["state"], answer["band"]) == ("no_score", "very_dissatisfied")


def test_a_store_that_is_away_is_a_200_too_with_the_same_fields(client, summaries):
    fields = set(send(client, ORDINARY).json)
    summaries.away = True
    answer = send(client, ORDINARY)
    assert (answer.status_code, answer.json["state"]) == (200, "unavailable")
    assert set(answer.json) == fields
    assert answer.json["answered"] is None
    assert answer.json["freshness"] == {
        "state": "stale",
        "as_of": None,
        "age_seconds": None,
        "refresh_after_seconds": 30,
    }


def test_what_is_known_is_told_while_another_survey_is_still_being_read(client, summaries):
    summaries.summary_document = SUMMARIES["answered"] | {"freshness": SUMMARIES["starting_up"]["freshness"]}
    assert send(client, ORDINARY).json["state"] == "answered"


@pytest.mark.parametrize("comments", [True, False])
def test_comments_only_where_the_operator_shows_them(build, summaries, clock, comments):
    options = HubSpotOptions(OPTIONS.client_secret, OPTIONS.public_url, comments=comments)
    answers = send(build([hubspot_blueprint(options, summaries, clock)]), ORDINARY).json["latest"]["answers"]
    assert (COMMENT in answers) is comments


def test_without_a_portal_every_account_of_the_app_is_answered(build, summaries, clock):
    options = HubSpotOptions(OPTIONS.client_secret, OPTIONS.public_url)
    client = build([hubspot_blueprint(options, summaries, clock)])
    other = next(one for one in HUBSPOT["requests"] if one["name"] == "another account's app")
    assert send(client, other).status_code == 200


def test_a_good_request_is_bad_again_after_five_minutes(client, clock):
    clock.sleep(300)
    assert send(client, ORDINARY).status_code == 200
    clock.sleep(0.001)
    assert send(client, ORDINARY).json["code"] == "timestamp"


def _signed(path_query: str, body: str = "") -> dict[str, str]:
    at = str(int(NOW.timestamp() * 1000))
    text = signed_text("GET", (OPTIONS.public_url + path_query).encode(), body.encode(), at)
    return {
        "X-HubSpot-Signature-v3": hmac_sha256_base64(OPTIONS.client_secret, text),
        "X-HubSpot-Request-Timestamp": at,
    }


def test_a_giant_address_is_refused_before_it_is_hashed(client):
    path = f"/crm/hubspot/satisfaction?portalId=20001&customer_id={'x' * 5000}"
    assert client.get(path, headers=_signed(path)).json["code"] == "size"


def test_a_giant_body_is_refused_before_it_is_read(client):
    path = "/crm/hubspot/satisfaction?portalId=20001&customer_id=C-1001"
    body = "x" * 20_000
    assert client.get(path, headers=_signed(path, body), data=body).status_code == 413


def test_what_is_signed_has_one_reading(client):
    """The parts are signed as one string: none may be cut elsewhere and name another customer."""
    path = "/crm/hubspot/satisfaction?portalId=20001&customer_id=C-10"
    signed = _signed(path)
    assert client.get(path, headers=signed).status_code == 200
    # The end of the query as a GET's body, with a length and without one; and as the beginning of the timestamp.
    assert client.get(path[:-1], headers=signed, data="0").status_code == 401
    chunked = {"wsgi.input": BytesIO(b"0"), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    assert client.get(path[:-1], headers=signed, environ_overrides=chunked).status_code == 401
    moved = "0" + signed["X-HubSpot-Request-Timestamp"]
    assert client.get(path[:-1], headers=signed | {"X-HubSpot-Request-Timestamp": moved}).status_code == 401


@pytest.mark.parametrize("customer_id", ["", " ", "x" * 201])
def test_an_id_that_is_none_names_the_field(client, customer_id):
    path = f"/crm/hubspot/satisfaction?portalId=20001&customer_id={quote(customer_id)}"
    answer = client.get(path, headers=_signed(path))
    assert (answer.status_code, answer.json["field"]) == (422, "customer_id")


def test_only_get(client):
    assert client.post("/crm/hubspot/satisfaction").status_code == 405
