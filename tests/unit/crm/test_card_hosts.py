"""Zendesk and Salesforce: what is verified, and that the card they lead to opens for that customer alone."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from service.crm.card import language_of
from service.crm.options import CardOptions, SalesforceOptions, ZendeskOptions
from service.crm.salesforce import salesforce_blueprint
from service.crm.zendesk import zendesk_blueprint
from service.widget.options import WidgetOptions
from service.widget.routes import widget_blueprint
from service.widget.tokens import verify

from .conftest import NOW, WIDGET_SECRET, Build, FakeClock, recorded, requests_of, send

ZENDESK = recorded("zendesk")
SALESFORCE = recorded("salesforce")
PUBLIC_URL = ZENDESK["public_url"]
CARD = CardOptions(PUBLIC_URL, WIDGET_SECRET, token_seconds=900)
KEY = load_pem_public_key(ZENDESK["public_key"].encode())


def zendesk(card: CardOptions = CARD, field: str = "id") -> ZendeskOptions:
    return ZendeskOptions(KEY, ZENDESK["audience"], card, field)


def salesforce(field: str = "record.Id", card: CardOptions = CARD) -> SalesforceOptions:
    return SalesforceOptions(SALESFORCE["secret"], card, SALESFORCE["organization_id"], field)


def answer_to(build: Build, clock: FakeClock, host: str, request):
    blueprint = (
        zendesk_blueprint(zendesk(), clock)
        if host == "zendesk"
        else salesforce_blueprint(salesforce(request["field"]), clock)
    )
    return send(build([blueprint]), request)


def card_of(answer):
    """The customer in the card's address, and what its token says."""
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}" == "https://results.example.com"
    prefix, _, last = address.path.rpartition("/")
    assert prefix == "/netigate/widget/customers"
    query = parse_qs(address.query)
    return unquote(last), verify(query["token"][0], WIDGET_SECRET, now=NOW), query.get("lang")


GOOD = [
    pytest.param(host, param.values[0], id=f"{host}: {param.id}")
    for host in ("zendesk", "salesforce")
    for param in requests_of(host, good=True)
    if param.values[0]["expect"] == "ok"
]
BAD = [
    pytest.param(host, param.values[0], id=f"{host}: {param.id}")
    for host in ("zendesk", "salesforce")
    for param in requests_of(host, good=False)
]


@pytest.mark.parametrize(("host", "request_"), GOOD)
def test_a_verified_request_leads_to_the_card_of_its_customer(build, clock, host, request_):
    answer = answer_to(build, clock, host, request_)
    assert answer.status_code == 303
    customer_id, claims, _ = card_of(answer)
    assert customer_id == claims.customer_id == request_["customer"]
    assert claims.scopes == {"results"}
    assert claims.expires_at == NOW + timedelta(seconds=900)


@pytest.mark.parametrize(("host", "request_"), GOOD)
def test_the_token_is_in_the_address_and_nowhere_else(build, clock, host, request_):
    answer = answer_to(build, clock, host, request_)
    assert answer.data == b""
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("host", "request_"), BAD)
def test_any_other_is_refused_without_a_word_of_whom_it_was_about(build, clock, host, request_):
    answer = answer_to(build, clock, host, request_)
    if request_["expect"] == "request":
        assert answer.status_code == 422
    else:
        assert (answer.status_code, answer.json["code"]) == (401, request_["expect"])
    assert "Location" not in answer.headers
    for word in ("C-1001", "001x000003DGQR1AAP", SALESFORCE["secret"], "invented-oauth"):
        assert word not in answer.text


@pytest.mark.parametrize("comments", [True, False])
def test_the_token_opens_comments_only_where_the_operator_shows_them(build, clock, comments):
    card = CardOptions(PUBLIC_URL, WIDGET_SECRET, 60, comments)
    for blueprint, request in (
        (zendesk_blueprint(zendesk(card), clock), ZENDESK["requests"][1]),
        (salesforce_blueprint(salesforce(card=card), clock), SALESFORCE["requests"][0]),
    ):
        _, claims, _ = card_of(send(build([blueprint]), request))
        assert claims.scopes == ({"results", "comments"} if comments else {"results"})


def test_the_readers_language_goes_along(build, clock):
    assert card_of(answer_to(build, clock, "zendesk", ZENDESK["requests"][1]))[2] == ["sv"]
    assert card_of(answer_to(build, clock, "zendesk", ZENDESK["requests"][2]))[2] == ["de-AT"]
    assert card_of(answer_to(build, clock, "zendesk", ZENDESK["requests"][3]))[2] is None
    assert card_of(answer_to(build, clock, "salesforce", SALESFORCE["requests"][0]))[2] == ["en-US"]


@pytest.mark.parametrize("text", ["", "a" * 36, "sv;DROP", "é", "<x>"])
def test_what_is_no_language_is_left_out(text):
    assert language_of(text) == ""


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded"])
def test_the_card_is_at_the_public_address_whatever_the_request_says(build, clock, header):
    client = build([zendesk_blueprint(zendesk(), clock)])
    answer = send(client, ZENDESK["requests"][1], headers={header: "attacker.example.net"})
    assert answer.headers["Location"].startswith(f"{PUBLIC_URL}/widget/customers/C-1001?")


@pytest.mark.parametrize(("path", "size"), [("/crm/zendesk/card", 40_000), ("/crm/salesforce/card", 300_000)])
def test_a_giant_form_is_refused_before_it_is_read(build, clock, path, size):
    client = build([zendesk_blueprint(zendesk(), clock), salesforce_blueprint(salesforce(), clock)])
    assert client.post(path, data={"token": "x" * size, "signed_request": "x"}).status_code == 413


@pytest.mark.parametrize("path", ["/crm/zendesk/card", "/crm/salesforce/card"])
def test_only_post(build, clock, path):
    client = build([zendesk_blueprint(zendesk(), clock), salesforce_blueprint(salesforce(), clock)])
    assert client.get(path).status_code == 405


def test_zendesks_token_is_bad_again_after_its_end_and_a_minute_of_leeway(build, clock):
    client = build([zendesk_blueprint(zendesk(), clock)])
    clock.sleep(359)
    assert send(client, ZENDESK["requests"][1]).status_code == 303
    clock.sleep(1)
    assert send(client, ZENDESK["requests"][1]).json["code"] == "expired"


class TestZendesksFirstPage:
    """The page that asks the framework for the organization, since Zendesk signs none."""

    @pytest.fixture
    def page(self, build, clock):
        answer = send(build([zendesk_blueprint(zendesk(field="external_id"), clock)]), ZENDESK["requests"][0])
        assert answer.status_code == 200
        return answer

    def test_posts_back_to_us_with_the_same_token(self, page):
        assert f'action="{PUBLIC_URL}/crm/zendesk/card"' in page.text
        token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
        assert token == parse_qs(ZENDESK["requests"][0]["body"])["token"][0]
        assert 'data-field="external_id"' in page.text
        assert f'data-expires="{int(NOW.timestamp()) + 300}"' in page.text

    def test_runs_no_script_of_its_own_and_only_zendesk_may_frame_it(self, page):
        policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self' https://static.zdassets.com"
        assert policy["frame-ancestors"] == "https://acme.zendesk.com"
        assert policy["form-action"] == "'self'"
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page.text)

    def test_is_kept_by_nobody(self, page):
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"

    def test_says_what_is_wrong_in_nine_languages(self, page):
        words = json.loads(re.search(r'data-words="([^"]*)"', page.text)[1].replace("&#34;", '"'))
        assert len(words["missing"]) == len(words["reload"]) == 9

    def test_its_files_are_served(self, build, clock, page):
        client = build([zendesk_blueprint(zendesk(), clock)])
        files = re.findall(rf'{PUBLIC_URL}(/crm/zendesk/files/[^"]+)', page.text)
        assert len(files) == 2
        for path in files:
            with client.get(path) as answer:
                assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")


def test_salesforce_ids_match_in_either_length(build, clock):
    options = SalesforceOptions(SALESFORCE["secret"], CARD, SALESFORCE["organization_id"][:15])
    assert send(build([salesforce_blueprint(options, clock)]), SALESFORCE["requests"][0]).status_code == 303


def test_without_an_organization_every_one_with_the_app_is_answered(build, clock):
    options = SalesforceOptions(SALESFORCE["secret"], CARD)
    other = next(one for one in SALESFORCE["requests"] if one["name"] == "another organization")
    assert send(build([salesforce_blueprint(options, clock)]), other).status_code == 303


@pytest.mark.parametrize("customer_id", ["C-1001", "Müller & Söhne GmbH/7", "a?b#c%2Fd", "-"])
def test_the_card_opens_at_the_address_that_zendesk_is_sent_to(build, clock, summaries, customer_id):
    card = CardOptions("http://localhost", WIDGET_SECRET, 900)
    widget = WidgetOptions(WIDGET_SECRET, (), (), 900, "http://localhost", demo=False)
    client = build(
        [zendesk_blueprint(zendesk(card), clock), widget_blueprint(widget, summaries, clock, ready=lambda: True)]
    )
    token = parse_qs(ZENDESK["requests"][0]["body"])["token"][0]
    sent = client.post("/crm/zendesk/card", data={"token": token, "customer_id": customer_id, "lang": "sv"})
    page = client.get(sent.headers["Location"].removeprefix("http://localhost"))
    assert page.status_code == 200
    assert "Mycket missnöjd" in page.text
