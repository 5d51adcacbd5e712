"""A host's refused request, through the whole app: a small page where it stands in a frame, else its own shape."""

from __future__ import annotations

import base64
import json
from html import unescape

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from service.crm.options import (
    CardOptions,
    CrmOptions,
    HubSpotOptions,
    PipedriveOptions,
    SalesforceOptions,
    ZendeskOptions,
)
from service.crm.verify import hmac_sha256_base64
from service.web.application import BODY_READERS
from service.web.rate_limit import RefusalLimit
from service.widget.options import WidgetOptions
from service.widget.texts import load_texts
from tests.support.edge import Edge

from .conftest import NOW, WIDGET_SECRET, recorded, send

HUBSPOT, PIPEDRIVE, SALESFORCE, ZENDESK = (recorded(host) for host in ("hubspot", "pipedrive", "salesforce", "zendesk"))
PUBLIC_URL = ZENDESK["public_url"]
CARD = CardOptions(PUBLIC_URL, WIDGET_SECRET, 900)
TEXTS = load_texts()
CRM = CrmOptions(
    HubSpotOptions(HUBSPOT["secret"], HUBSPOT["public_url"], HUBSPOT.get("portal_id")),
    PipedriveOptions(PIPEDRIVE["secret"], PIPEDRIVE["company_id"]),
    ZendeskOptions(load_pem_public_key(ZENDESK["public_key"].encode()), ZENDESK["audience"], CARD),
    SalesforceOptions(SALESFORCE["secret"], CARD, SALESFORCE["organization_id"], "record.Id"),
)
FRAMED = [
    pytest.param(host, request, id=f"{host}: {request['name']}")
    for host, document in (("zendesk", ZENDESK), ("salesforce", SALESFORCE))
    for request in document["requests"]
    if request["expect"] not in {"ok", "page"} and request.get("field", "record.Id") == "record.Id"
]
STATES = {"expired": "expired", "timestamp": "expired", "request": "no_customer"}


@pytest.fixture
def edge(house):
    house.clock.moment = NOW
    widget = WidgetOptions(WIDGET_SECRET, (), (), 900, PUBLIC_URL, demo=False)
    return Edge(house, {"widget": widget, "crm": CRM})


def ancestors(answer):
    assert "X-Frame-Options" not in answer.headers
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    return policy["frame-ancestors"]


def state_of(answer):
    return answer.text.split('data-state="')[1].split('"')[0]


@pytest.mark.parametrize(("host", "request_"), FRAMED)
def test_a_refused_request_shows_a_small_page_that_its_host_may_frame(edge, host, request_):
    answer = send(edge.client, request_)
    assert answer.status_code == (422 if request_["expect"] == "request" else 401)
    assert (answer.mimetype, state_of(answer)) == ("text/html", STATES.get(request_["expect"], "invalid"))
    theirs = {"zendesk": "https://acme.zendesk.com", "salesforce": "https://*.salesforce.com https://*.force.com"}
    assert ancestors(answer) == f"'self' {theirs[host]}"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(("host", "request_"), FRAMED)
def test_the_page_tells_nothing_of_anybody_and_the_log_one_word(edge, host, request_):
    answer = send(edge.client, request_)
    for word in ("C-1001", "001x000003DGQR1AAP", "token=", "signed_request", "invented"):
        assert word not in answer.text
    [line] = [line for line in edge.lines if line["event"] == "host_refused"]
    assert line["host"] == host
    assert line["reason"] == request_["expect"] or request_["expect"] == "request"
    assert "001x000003DGQR1AAP" not in edge.log


@pytest.mark.parametrize("language", TEXTS)
def test_the_page_speaks_the_readers_language(edge, language):
    headers = {"Accept-Language": TEXTS[language].locale}
    answer = edge.client.post("/crm/salesforce/canvas", data={"signed_request": "x.y"}, headers=headers)
    assert f">{TEXTS[language].words['state.invalid']}<" in unescape(answer.text)
    assert answer.headers["Content-Language"] == TEXTS[language].locale


def test_what_the_host_has_signed_of_the_reader_goes_before_what_the_browser_wishes(edge):
    no_record = next(one for one in SALESFORCE["requests"] if one["expect"] == "request")
    answer = send(edge.client, no_record, headers={"Accept-Language": "sv"})
    assert answer.headers["Content-Language"] == "en-GB"
    posted = ZENDESK["requests"][1]
    changed = posted | {"body": posted["body"].replace("customer_id=C-1001", "customer_id=")}
    answer = send(edge.client, changed, headers={"Accept-Language": "de"})
    assert (answer.status_code, answer.headers["Content-Language"]) == (422, "sv-SE")
    assert "Ingen kund är kopplad till den här posten." in unescape(answer.text)


# Where a host frames our pages, and the page of the card itself; each with a request that is refused.
IN_A_FRAME = {
    "/crm/zendesk/card": {"method": "POST", "data": {"token": "a.b.c"}},
    "/crm/salesforce/card": {"method": "POST", "data": {"signed_request": "x.y"}},
    "/crm/salesforce/canvas": {"method": "POST", "data": {"signed_request": "x.y"}},
    "/widget/customers/C-1001?token=a.b.c": {"method": "GET"},
}


def limited(house, refusals=1):
    house.clock.moment = NOW
    widget = WidgetOptions(WIDGET_SECRET, ("https://crm.example.com",), (), 900, PUBLIC_URL, demo=False)
    return Edge(house, {"widget": widget, "crm": CRM, "refusals": RefusalLimit(house.clock, limit=refusals)})


@pytest.mark.parametrize("language", ["sv", "de"])
@pytest.mark.parametrize("path", IN_A_FRAME)
def test_a_frame_shows_the_same_page_when_its_address_was_refused_too_often(house, path, language):
    edge, headers = limited(house), {"Accept-Language": language}
    first, over = (edge.client.open(path, headers=headers, **IN_A_FRAME[path]) for _ in range(2))
    assert (first.status_code, over.status_code) == (401, 429)
    assert (over.mimetype, state_of(over), over.text) == ("text/html", "invalid", first.text)
    assert f">{TEXTS[language].words['state.invalid']}<" in unescape(over.text)
    assert ancestors(over) == ancestors(first) != "'none'"
    assert over.headers["Cache-Control"] == "private, no-store"
    assert 1 <= int(over.headers["Retry-After"]) <= 60


def test_pipedrives_panel_gets_its_own_shape_then_too(house):
    edge = limited(house)
    first, over = (edge.client.get("/crm/pipedrive/panel/sv?token=a.b.c&selectedIds=1") for _ in range(2))
    assert (first.status_code, over.status_code, over.json) == (401, 429, first.json)
    assert over.headers["Retry-After"]


@pytest.mark.parametrize("document", [ZENDESK, PIPEDRIVE], ids=["zendesk", "pipedrive"])
def test_sidebars_left_open_with_a_token_that_has_ended_are_no_guesses(house, document):
    edge = limited(house)
    ended = next(one for one in document["requests"] if one["expect"] == "expired")
    assert {send(edge.client, ended).status_code for _ in range(3)} == {401}


@pytest.mark.parametrize("path", [path for path, asked in IN_A_FRAME.items() if asked["method"] == "POST"])
def test_an_error_from_any_part_of_the_service_shows_in_the_frame_too(edge, path):
    for _ in range(BODY_READERS):
        edge.app.readers.acquire()
    busy = edge.client.post(path, data={"token": "a.b.c"}, headers={"Accept-Language": "fi"})
    assert (busy.status_code, state_of(busy), busy.headers["Retry-After"]) == (503, "unavailable", "1")
    assert f">{TEXTS['fi'].words['state.unavailable']}<" in unescape(busy.text)
    assert "'self'" in ancestors(busy)


def test_a_fault_shows_in_the_cards_frame_and_in_pipedrives_panel(house):
    edge = limited(house)
    edge.app.before_request(lambda: 1 / 0)
    card = edge.client.get("/widget/customers/C-1001?lang=nl")
    assert (card.status_code, state_of(card)) == (500, "unavailable")
    assert "https://crm.example.com" in ancestors(card)
    panel = edge.client.get("/crm/pipedrive/panel/nl")
    assert (panel.status_code, panel.json["error"]["title"]) == (500, TEXTS["nl"].words["state.unavailable"])
    assert edge.client.get("/crm/hubspot/satisfaction").mimetype == "application/problem+json"


@pytest.mark.parametrize(("path", "host"), [("/crm/zendesk/card", "zendesk"), ("/crm/salesforce/canvas", "salesforce")])
def test_a_host_set_up_to_ask_by_get_or_to_post_too_much_sees_a_page_too(edge, path, host):
    answer = edge.client.get(path)
    assert (answer.status_code, state_of(answer)) == (405, "invalid")
    assert "POST" in answer.headers["Allow"]
    assert "'self'" in ancestors(answer)
    assert edge.client.post(path, data={"signed_request": "x" * 300_000, "token": "x" * 300_000}).status_code == 413
    elsewhere = edge.client.post("/healthz")
    assert (elsewhere.status_code, elsewhere.mimetype) == (405, "application/problem+json")


@pytest.mark.parametrize("language", TEXTS)
def test_pipedrives_panel_gets_its_own_shape_of_an_error(edge, language):
    for request in PIPEDRIVE["requests"]:
        if request["expect"] == "ok":
            continue
        path = request["path"].replace("/panel?", f"/panel/{language}?")
        answer = send(edge.client, request | {"path": path})
        state = STATES.get(request["expect"], "invalid")
        words = TEXTS[language].words
        assert answer.json == {"error": {"title": words[f"state.{state}"], "subtitle": words[f"state.{state}.text"]}}
        assert answer.status_code == (422 if request["expect"] == "request" else 401)
        assert len(answer.json["error"]["title"]) <= 30


def test_hubspot_gets_a_problem_document(edge):
    request = next(one for one in HUBSPOT["requests"] if one["expect"] == "signature")
    answer = send(edge.client, request)
    assert (answer.status_code, answer.json["type"]) == (401, "urn:netigate-results:problem:host-rejected")


def test_the_card_may_stand_in_our_own_page_and_in_the_zendesk_that_is_named(edge):
    leads = send(edge.client, ZENDESK["requests"][1])
    card = edge.client.get(leads.headers["Location"].removeprefix(PUBLIC_URL))
    assert card.status_code == 200
    assert {"'self'", "https://acme.zendesk.com"} <= set(ancestors(card).split())


class TestSalesforcesCanvas:
    """The page that holds the card in a canvas and has it renewed."""

    def canvas(self, edge, request=SALESFORCE["requests"][0]):
        return send(edge.client, request | {"path": "/crm/salesforce/canvas"})

    def test_holds_the_card_and_loads_salesforces_script_from_the_readers_own_salesforce(self, edge):
        page = self.canvas(edge)
        assert page.status_code == 200
        sdk = "https://acme.my.salesforce.com/canvas/sdk/js/66.0/canvas-all.js"
        assert f'<script src="{sdk}" defer></script>' in page.text
        assert f'src="{PUBLIC_URL}/widget/customers/001x000003DGQR1AAP?token=' in page.text
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self' https://acme.my.salesforce.com;" in policy
        assert ancestors(page) == "https://*.salesforce.com https://*.force.com"
        assert page.headers["Cache-Control"] == "private, no-store"

    def test_keeps_nothing_of_the_readers_session(self, edge):
        page = self.canvas(edge)
        assert "oauth" not in page.text
        assert "signed_request" not in page.text

    @pytest.mark.parametrize(
        ("host", "request_"), [param.values for param in FRAMED if param.values[0] == "salesforce"]
    )
    def test_is_for_a_good_request_alone(self, edge, host, request_):
        assert self.canvas(edge, request_).status_code in {401, 422}

    @pytest.mark.parametrize(
        "instance",
        [
            "http://acme.my.salesforce.com", "https://acme.my.salesforce.com.evil.example", "https://evil.example/x.salesforce.com",
            "https://[x", "", 7,
        ],
    )  # fmt: skip
    def test_takes_a_script_from_salesforce_alone_whatever_is_signed(self, edge, instance):
        envelope = {
            "algorithm": "HMACSHA256",
            "client": {"instanceUrl": instance},
            "context": {
                "organization": {"organizationId": SALESFORCE["organization_id"]},
                "environment": {"record": {"Id": "C-1"}},
            },
        }
        text = base64.b64encode(json.dumps(envelope).encode())
        seal = hmac_sha256_base64(SALESFORCE["secret"], text)
        page = edge.client.post("/crm/salesforce/canvas", data={"signed_request": f"{seal}.{text.decode()}"})
        assert page.status_code == 200
        assert page.text.count("<script") == 1
        assert "script-src 'self';" in page.headers["Content-Security-Policy"]
