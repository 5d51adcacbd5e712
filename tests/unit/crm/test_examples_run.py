"""What an administrator pastes or uploads, run: its tokens open the card, it asks and says the right things."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from service.widget.tokens import verify

from .conftest import NOW, WIDGET_SECRET
from .examples import EXAMPLES, ODD_ID, load, needs_node, node


@pytest.mark.parametrize("customer_id", ["C-1001", ODD_ID])
def test_limes_token_opens_the_card(monkeypatch, customer_id):
    minting = load(EXAMPLES / "limecrm" / "backend" / "card_token.py", "lime_card_token", monkeypatch)
    token = minting.mint(WIDGET_SECRET, customer_id, ["results"], NOW.timestamp(), 900)
    claims = verify(token, WIDGET_SECRET, now=NOW)
    assert (claims.customer_id, claims.scopes) == (customer_id, {"results"})
    assert (claims.expires_at - NOW).total_seconds() == 900
    with pytest.raises(ValueError, match="32"):
        minting.mint("short", customer_id, ["results"], NOW.timestamp(), 900)


LIME_LOAD = """
const shown = [];
const answers = [...given.answers];
const http = { get: async () => { const next = answers.shift(); if (!next) throw new Error("away"); return next; } };
const script = async () => {};
const it = { message: "", context: { id: 1 }, platform: { get: () => http } };
const load = new Function("script", "PlatformServiceName", `return (async function () {${given.body}})`)(script, {});
for (const _ of given.answers) { await load.call(it); shown.push([Boolean(it.message), it.card?.token ?? null]); }
console.log(JSON.stringify(shown));
"""


@needs_node
def test_limes_card_comes_back_once_a_renewal_succeeds():
    source = (EXAMPLES / "limecrm" / "frontend" / "satisfaction.tsx").read_text("utf-8")
    body = re.search(r"private load = async \(\) => \{\n(.*?)\n    \};", source, re.DOTALL)[1]
    body = body.replace("<HttpService>", "").replace("const card: CardToken", "const card")  # what types add
    good, unknown = {"customer_id": "C-1", "token": "a", "public_url": ""}, {"customer_id": ""}
    shown = node(LIME_LOAD, body=body, answers=[good, None, good | {"token": "b"}, unknown])
    assert shown == [[False, "a"], [True, "a"], [False, "b"], [True, "b"]]


FRESHWORKS = """
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import vm from "node:vm";
const answers = [];
const context = {
  require: createRequire(process.cwd() + "/"), Buffer, exports: {},
  $request: { invokeTemplate: async (name, { context }) => {
    if (given.away) throw new Error("away");
    answers.push([name, context.account_id]);
    return { response: JSON.stringify({ sales_account: given.account }) };
  } },
  renderData: (error, data) => answers.push({ error, data }),
};
vm.runInNewContext(readFileSync(given.file, "utf8"), context);
await context.exports.cardToken({ account_id: given.account_id, iparams: given.iparams });
console.log(JSON.stringify(answers));
"""


def freshworks(**more):
    values = {
        "file": str(EXAMPLES / "freshworks" / "server" / "server.js"),
        "account_id": 12,
        "account": {"id": 12, "custom_field": {"cf_number": ODD_ID}},
        "iparams": {"widget_secret": WIDGET_SECRET, "customer_field": "cf_number"},
    }
    return node(FRESHWORKS, **(values | more))


@needs_node
def test_freshworks_token_opens_the_card_of_the_account_that_the_server_read():
    asked, answer = freshworks()
    assert asked == ["readAccount", "12"]
    data = answer["data"]
    claims = verify(data["token"], WIDGET_SECRET, now=datetime.now(UTC))
    assert claims.customer_id == data["customer_id"] == ODD_ID
    assert claims.scopes == {"results"}


@needs_node
def test_freshworks_names_the_account_itself_where_no_field_is_set():
    _, answer = freshworks(iparams={"widget_secret": WIDGET_SECRET, "customer_field": "id"})
    assert answer["data"]["customer_id"] == "12"


@needs_node
@pytest.mark.parametrize(
    "change",
    [
        {"account_id": "12/../13"},
        {"away": True},
        {"iparams": {"widget_secret": "short", "customer_field": "id"}},
    ],
)
def test_freshworks_makes_no_token_where_anything_is_wrong(change):
    answer = freshworks(**change)[-1]
    assert answer["error"]["status"] in {400, 502}
    assert WIDGET_SECRET not in json.dumps(answer)


@needs_node
def test_freshworks_says_so_where_an_account_has_no_customer_id():
    assert freshworks(account={"id": 12, "custom_field": {}})[-1]["data"] == {"customer_id": ""}


class TestSuperOfficesPanelServer:
    @pytest.fixture
    def server(self, monkeypatch):
        values = {
            "SUPEROFFICE_API": "https://online3.superoffice.com/Cust12345/api",
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
        self.company = {"ContactId": 7, "Number2": ODD_ID}
        self.code_is_good = self.may_see = True
        monkeypatch.setattr(module, "requests", SimpleNamespace(post=self.post, get=self.get))
        return module

    def post(self, address, *, data, timeout):
        assert address == "https://online.superoffice.com/login/common/oauth/tokens"
        return SimpleNamespace(ok=self.code_is_good and data["code"] == "abc", json=lambda: {"access_token": "user"})

    def get(self, address, *, headers, timeout):
        assert address == "https://online3.superoffice.com/Cust12345/api/v1/Contact/7"
        return SimpleNamespace(ok=self.may_see and headers["Authorization"] == "Bearer user", json=lambda: self.company)

    def state(self, server):
        address = server.app.test_client().get("/panel?contact=7&lang=sv").headers["Location"]
        query = parse_qs(urlsplit(address).query)
        assert query["redirect_uri"] == ["https://panel.example.com/signed-in"]
        return query["state"][0]

    def signed_in(self, server, **query):
        return server.app.test_client().get("/signed-in", query_string=query)

    def test_leads_a_user_who_may_see_the_company_to_its_card(self, server):
        answer = self.signed_in(server, state=self.state(server), code="abc")
        address = urlsplit(answer.headers["Location"])
        query = parse_qs(address.query)
        assert address.path == "/widget/customers/M%C3%BCller%20%26%20S%C3%B6hne%20GmbH%2F7"
        assert query["lang"] == ["sv"]
        assert verify(query["token"][0], WIDGET_SECRET, now=datetime.now(UTC)).customer_id == ODD_ID

    def test_gives_nothing_to_anybody_else(self, server):
        state = self.state(server)
        assert self.signed_in(server, state=state.replace("7", "8", 1), code="abc").status_code == 401
        assert self.signed_in(server, state="é", code="abc").status_code == 401
        assert self.signed_in(server, code="abc").status_code == 401
        assert self.signed_in(server, state=server.sign_state("7", "", 0), code="abc").status_code == 401
        assert self.signed_in(server, state=state, code="wrong").status_code == 401
        self.may_see = False
        assert self.signed_in(server, state=state, code="abc").status_code == 404
        self.may_see, self.company = True, {"Number2": ""}
        assert self.signed_in(server, state=state, code="abc").status_code == 404
        assert server.app.test_client().get("/panel?contact=../7").status_code == 400


DYNAMICS_PAGE = """
import { readFileSync } from "node:fs";
import vm from "node:vm";
const asked = [];
const parts = { card: { hidden: true }, message: { hidden: true, textContent: "" } };
const fetch = async (address, init) => {
  asked.push([init.method, address, JSON.parse(init.body)]);
  return { ok: given.status === 200, json: async () => given.answer };
};
vm.runInNewContext(readFileSync(given.file, "utf8"), {
  document: { getElementById: (id) => parts[id] }, window: { location: { search: given.search } },
  URLSearchParams, encodeURIComponent, fetch, setTimeout: () => {},
});
await new Promise((resolve) => setImmediate(resolve));
const { card, message } = parts;
console.log(JSON.stringify({ asked, src: card.src ?? null, cardHidden: card.hidden, message: message.textContent }));
"""


def dynamics_page(**more):
    values = {
        "file": str(EXAMPLES / "dynamics365" / "webresources" / "satisfaction.js"),
        "search": "?id=%7BAAAA0000-0000-0000-0000-000000000001%7D&typename=account&userlcid=1053",
        "status": 200,
        "answer": {"CustomerId": ODD_ID, "Token": "a.b.c", "ExpiresIn": 900},
    }
    return node(DYNAMICS_PAGE, **(values | more))


@needs_node
def test_dynamics_page_shows_the_card_of_the_account_on_the_form():
    page = dynamics_page()
    guid = "aaaa0000-0000-0000-0000-000000000001"
    assert page["asked"] == [["POST", "/api/data/v9.2/new_NetigateCardToken", {"AccountId": guid}]]
    address = urlsplit(page["src"])
    assert address.path == "/widget/customers/M%C3%BCller%20%26%20S%C3%B6hne%20GmbH%2F7"
    assert parse_qs(address.query) == {"token": ["a.b.c"], "lang": ["sv"]}
    assert page["cardHidden"] is False


@needs_node
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"status": 403}, "right now"),
        ({"answer": {"CustomerId": "", "Token": "", "ExpiresIn": 900}}, "no customer ID"),
        ({"search": "?typename=account"}, "Save"),
    ],
)
def test_dynamics_page_says_what_is_wrong(change, word):
    page = dynamics_page(**change)
    assert word in page["message"]
    assert (page["src"], page["cardHidden"]) == (None, True)
