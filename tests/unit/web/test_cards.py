"""The card's tokens, origins and CRM hosts in the whole application."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from urllib.parse import quote

import pytest

from service.crm.options import CrmOptions, HubSpotOptions
from service.widget.options import WidgetOptions
from service.widget.tokens import mint
from tests.support.fakes import START, make_set

SECRET = "s" * 40
CRM = "https://crm.example.com"
ODD = "Müller & Söhne GmbH/7"
SATISFACTION = "/v1/customers/C-1/satisfaction"


@pytest.fixture
def carded(web_with):
    widget = WidgetOptions(SECRET, (CRM,), (CRM,), 900, "https://results.example.com", demo=False)
    crm = CrmOptions(hubspot=HubSpotOptions("hub-secret", "https://results.example.com"))
    web = web_with(widget=widget, crm=crm)
    web.house.file(make_set(1, "Mycket missnöjd", comment="Ring aldrig"))
    web.house.file(make_set(2, "Nöjd", customer=ODD, respondent=9))
    return web


def token(customer="C-1", *, now=START, scopes=("results",), secret=SECRET, lifetime=900):
    return mint(secret, customer, scopes=scopes, now=now, lifetime_seconds=lifetime)


def ask(web, path, credential, method="GET", **headers):
    return web.get(path, key=None, method=method, Authorization=f"Bearer {credential}", **headers)


def test_a_token_reads_its_own_customer_without_comments(carded):
    reply = ask(carded, SATISFACTION, token())
    assert (reply.status_code, reply.json["score"]) == (200, 0.0)
    assert "Ring aldrig" not in reply.get_data(as_text=True)
    assert "Ring aldrig" in ask(carded, SATISFACTION, token(scopes=("results", "comments"))).get_data(as_text=True)


def test_a_token_reads_an_odd_customer(carded):
    reply = ask(carded, f"/v1/customers/{quote(ODD, safe='')}/satisfaction", token(ODD))
    assert reply.json["score"] == 75.0


@pytest.mark.parametrize("customer", ["/a", "//a/", "a\nb", "a/satisfaction", ODD, "kit/sv.json"])
def test_every_id_that_the_api_takes_has_a_card(carded, customer):
    carded.house.file(make_set(3, "Nöjd", customer=customer, respondent=10))
    path = quote(customer, safe="")
    assert ask(carded, f"/v1/customers/{path}/satisfaction", token(customer)).json["score"] == 75.0
    page = carded.get(f"/widget/customers/{path}?token={token(customer)}", key=None)
    assert page.status_code == 200
    assert 'data-state="answered"' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers/C-2/satisfaction",
        "/v1/customers/C-1/results",
        "/v1/customers/C-1/results/latest",
        "/v1/customers/satisfaction?id=C-1",
        "/v1/respondents/501/results",
        "/v1/surveys",
        "/v1/surveys/4711/scales",
        "/v1/unmapped",
        "/v1/changes",
        "/v1/customers",
    ],
)
def test_a_token_opens_nothing_else(carded, path):
    assert ask(carded, path, token(scopes=("results", "comments", "changes"))).status_code == 403


def test_an_expired_token_says_so_and_a_forged_one_does_not(carded):
    old = ask(carded, SATISFACTION, token(now=START - timedelta(hours=1)))
    assert (old.status_code, old.json["type"]) == (401, "urn:netigate-results:problem:token-expired")
    forged = ask(carded, SATISFACTION, token(secret="x" * 40))
    assert (forged.status_code, forged.json["type"]) == (401, "urn:netigate-results:problem:unauthorized")


def test_without_a_secret_no_token_is_any_good(web):
    assert ask(web, SATISFACTION, token()).status_code == 401
    assert web.get("/embed.js", key=None).status_code == 404


def test_pages_of_listed_origins_may_read_a_summary_with_its_headers(carded):
    reply = ask(carded, SATISFACTION, token(), Origin=CRM)
    assert reply.headers["Access-Control-Allow-Origin"] == CRM
    assert {"ETag", "Age"} <= set(reply.headers["Access-Control-Expose-Headers"].split(", "))
    assert "Origin" in reply.headers.get("Vary", "")
    assert "Access-Control-Allow-Credentials" not in reply.headers
    # A cache must not give a page what it keeps from a request without an origin.
    assert "Origin" in carded.get(SATISFACTION).headers["Vary"]
    preflight = carded.get(SATISFACTION, key=None, method="OPTIONS", Origin=CRM, Access_Control_Request_Method="GET")
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Headers"] == "Authorization, If-None-Match"


@pytest.mark.parametrize(
    "origin", ["https://evil.example.com", "null", f"{CRM}.evil.example.com", "http://crm.example.com"]
)
def test_other_origins_may_not(carded, origin):
    assert "Access-Control-Allow-Origin" not in ask(carded, SATISFACTION, token(), Origin=origin).headers


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://CRM.Example.com:443", "https://crm.example.com"),
        ("http://crm.example.com:80", "http://crm.example.com"),
        ("https://crm.example.com:80", "https://crm.example.com:80"),
    ],
)
def test_an_origin_is_the_same_however_the_operator_writes_it(web_with, written, sent):
    web = web_with(widget=WidgetOptions(SECRET, (), (written,), 900, None, demo=False))
    assert ask(web, SATISFACTION, token(), Origin=sent).headers["Access-Control-Allow-Origin"] == sent


def test_refusals_reach_the_page_too(carded):
    refused = ask(carded, SATISFACTION, token(now=START - timedelta(hours=1)), Origin=CRM)
    assert refused.headers["Access-Control-Allow-Origin"] == CRM


def test_other_routes_are_open_to_no_origin(carded):
    assert "Access-Control-Allow-Origin" not in carded.get("/v1/surveys", Origin=CRM).headers


def test_a_304_keeps_its_age(carded):
    carded.house.store.control.set_swept(4711, carded.house.store.filer.now() - 5000)
    first = ask(carded, SATISFACTION, token())
    again = ask(carded, SATISFACTION, token(), If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.headers["Age"]) == (304, "5")


def test_the_page_says_the_answer_and_who_may_frame_it(carded):
    page = carded.get(f"/widget/customers/C-1?token={token()}", key=None)
    assert "Mycket missnöjd" in page.get_data(as_text=True)
    assert f"frame-ancestors {CRM}" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert carded.get("/demo", key=None).status_code == 404


def test_a_verified_host_is_answered_and_a_forged_request_is_a_problem(carded):
    path = "/crm/hubspot/satisfaction?customer_id=C-1"
    stamp = str(int(START.timestamp() * 1000))
    signed = f"GEThttps://results.example.com{path}{stamp}".encode()
    signature = base64.b64encode(hmac.new(b"hub-secret", signed, hashlib.sha256).digest()).decode()
    headers = {"X-HubSpot-Request-Timestamp": stamp, "X-HubSpot-Signature-v3": signature}
    answered = carded.get(path, key=None, **headers)
    assert (answered.status_code, answered.json["state"]) == (200, "answered")
    forged = carded.get(path, key=None, **{**headers, "X-HubSpot-Signature-v3": signature[::-1]})
    assert (forged.status_code, forged.json["type"]) == (401, "urn:netigate-results:problem:host-rejected")
    assert forged.json["request_id"]


def test_a_host_that_is_not_set_up_is_not_there(web):
    assert web.get("/crm/hubspot/satisfaction?customer_id=C-1", key=None).status_code == 404
