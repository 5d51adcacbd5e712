"""SuperOffice's panel server, run: whom it believes, where it asks, and what it says instead of a card."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from service.widget.tokens import verify
from tests.unit.crm.conftest import WIDGET_SECRET

from .examples import EXAMPLES, ODD_ID, load

ROOT = "https://online.superoffice.com"


class SuperOffice:
    """A tenant that may move, a company, and a visitor who may see it or not."""

    def __init__(self):
        self.api = "https://online3.superoffice.com:443/Cust12345/api"
        self.running = True
        self.company = {"ContactId": 7, "Number2": ODD_ID}
        self.status = 200
        self.away = False
        self.asked = []

    def post(self, address, *, data, timeout):
        assert address == f"{ROOT}/login/common/oauth/tokens"
        return reply({"access_token": "user"} if data["code"] == "abc" else {}, 200 if data["code"] == "abc" else 400)

    def get(self, address, *, timeout, headers=None, allow_redirects=True):
        self.asked.append(address)
        if self.away:
            raise requests.ConnectionError
        assert not allow_redirects  # a token follows nobody elsewhere
        if address == f"{ROOT}/api/state/Cust12345":
            assert headers is None
            return reply({"Api": self.api, "IsRunning": self.running})
        assert headers["Authorization"] == "Bearer user"
        if not address.startswith(self.api.rstrip("/")):
            return reply({}, 421)
        assert address.endswith("/v1/Contact/7")
        return reply(self.company, self.status)


def reply(body, status=200):
    def parsed():
        if body is None:
            raise ValueError
        return body

    return SimpleNamespace(ok=status < 400, status_code=status, json=parsed)


@pytest.fixture
def superoffice():
    return SuperOffice()


@pytest.fixture
def server(monkeypatch, superoffice):
    values = {
        "SUPEROFFICE_TENANT": "Cust12345",
        "SUPEROFFICE_CLIENT_ID": "client",
        "SUPEROFFICE_CLIENT_SECRET": "secret",
        "OWN_URL": "https://panel.example.com",
        "PUBLIC_URL": "https://results.example.com",
        "WIDGET_SECRET": WIDGET_SECRET,
        "CUSTOMER_FIELD": "Number2",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    module = load(EXAMPLES / "superoffice" / "panel_server.py", "panel_server", monkeypatch)
    fake = SimpleNamespace(post=superoffice.post, get=superoffice.get, RequestException=requests.RequestException)
    monkeypatch.setattr(module, "requests", fake)
    return module


def state(server, lang="sv"):
    address = server.app.test_client().get(f"/panel?contact=7&lang={lang}").headers["Location"]
    query = parse_qs(urlsplit(address).query)
    assert query["redirect_uri"] == ["https://panel.example.com/signed-in"]
    return query["state"][0]


def signed_in(server, code="abc", **more):
    query = {"code": code, "state": state(server)} | more
    return server.app.test_client().get("/signed-in", query_string=query)


def attribute(answer, name):
    return unescape(re.search(rf'{name}="([^"]*)"', answer.text)[1])


def test_leads_a_user_who_may_see_the_company_to_its_card(server):
    answer = signed_in(server)
    assert answer.status_code == 200
    card = urlsplit(unescape(re.search(r'<iframe[^>]* src="([^"]*)"', answer.text)[1]))
    query = parse_qs(card.query)
    assert card.path == "/widget/customers/M%C3%BCller%20%26%20S%C3%B6hne%20GmbH%2F7"
    assert query["lang"] == ["sv"]
    assert verify(query["token"][0], WIDGET_SECRET, now=datetime.now(UTC)).customer_id == ODD_ID


def test_the_page_of_the_card_goes_back_to_the_panels_address(server):
    answer = signed_in(server)
    assert attribute(answer, "data-panel") == "https://panel.example.com/panel?contact=7&lang=sv"
    assert 'lang="sv"' in answer.text
    with server.app.test_client().get("/static/panel.js") as script:
        assert script.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-src https://results.example.com;" in policy
    assert policy.endswith("frame-ancestors https://*.superoffice.com")


def test_asks_superoffice_where_the_tenant_is_and_not_each_time(server, superoffice):
    signed_in(server)
    signed_in(server)
    contact = "https://online3.superoffice.com:443/Cust12345/api/v1/Contact/7"
    assert superoffice.asked == [f"{ROOT}/api/state/Cust12345", contact, contact]


def test_follows_a_tenant_that_moves(server, superoffice):
    signed_in(server)
    superoffice.api = "https://app.superoffice.com/Cust12345/api/"
    superoffice.asked.clear()
    assert signed_in(server).status_code == 200
    assert superoffice.asked[-2:] == [
        f"{ROOT}/api/state/Cust12345",
        "https://app.superoffice.com/Cust12345/api/v1/Contact/7",
    ]


@pytest.mark.parametrize(
    "api",
    [
        "https://evil.example/api",
        "http://online3.superoffice.com/x",
        "",
        None,
        "https://superoffice.com.evil.example/x/",
    ],
)
def test_gives_the_visitors_token_to_superoffice_alone(server, superoffice, api):
    superoffice.api = api
    answer = signed_in(server)
    assert answer.status_code == 503
    assert superoffice.asked == [f"{ROOT}/api/state/Cust12345"]


@pytest.mark.parametrize(
    ("change", "query", "status", "said"),
    [
        ({}, {"state": "7.sv.0.forged"}, 401, "Åtkomsten har gått ut"),
        ({}, {"state": "é"}, 401, "Åtkomsten har gått ut"),
        ({}, {"code": "wrong"}, 401, "Ingen åtkomst"),
        ({"status": 403}, {}, 403, "Ingen åtkomst"),
        ({"status": 404}, {}, 403, "Ingen åtkomst"),
        ({"status": 500}, {}, 503, "Inte tillgängligt just nu"),
        ({"away": True}, {}, 503, "Inte tillgängligt just nu"),
        ({"running": False}, {}, 503, "Inte tillgängligt just nu"),
        ({"company": {"Number2": ""}}, {}, 404, "Ingen kund"),
        ({"company": None}, {}, 404, "Ingen kund"),
    ],
)
def test_says_in_the_cards_words_why_there_is_none(server, superoffice, change, query, status, said):
    for name, value in change.items():
        setattr(superoffice, name, value)
    with server.app.test_client() as client:
        answer = client.get(
            "/signed-in",
            query_string={"code": "abc", "state": state(server)} | query,
            headers={"Accept-Language": "sv-SE,en;q=0.5"},
        )
    assert (answer.status_code, "<iframe" in answer.text) == (status, False)
    assert f"<h1>{said}" in unescape(answer.text)
    assert "frame-ancestors https://*.superoffice.com" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_state_ends_after_two_minutes(server):
    assert server.read_state(server.sign_state("7", "", 1000), 1119) == ("7", "")
    assert server.read_state(server.sign_state("7", "", 1000), 1120) is None
    assert signed_in(server, state=server.sign_state("7", "", 0)).status_code == 401
    assert signed_in(server, state=state(server).replace("7", "8", 1)).status_code == 401


@pytest.mark.parametrize(("path", "status"), [("/panel?contact=../7&lang=de", 400), ("/panel", 400), ("/nowhere", 404)])
def test_no_other_address_shows_flasks_pages(server, path, status):
    answer = server.app.test_client().get(path, headers={"Accept-Language": "de"})
    assert answer.status_code == status
    assert 'lang="de"' in answer.text
    assert "Werkzeug" not in answer.text
    assert "frame-ancestors https://*.superoffice.com" in answer.headers["Content-Security-Policy"]
