"""What an administrator pastes or uploads, run: its tokens open the card, it asks and says the right things."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from service.widget.tokens import verify
from tests.unit.crm.conftest import NOW, WIDGET_SECRET

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
for (const _ of given.answers) { await load.call(it); shown.push([it.message ?? null, it.card?.token ?? null]); }
console.log(JSON.stringify(shown));
"""


@needs_node
def test_limes_card_comes_back_once_a_renewal_succeeds():
    source = (EXAMPLES / "limecrm" / "frontend" / "satisfaction.tsx").read_text("utf-8")
    body = re.search(r"private load = async \(\) => \{\n(.*?)\n    \};", source, re.DOTALL)[1]
    body = body.replace("<HttpService>", "").replace("const card: CardToken", "const card")  # what types add
    good, unknown = {"customer_id": "C-1", "token": "a", "public_url": ""}, {"customer_id": ""}
    shown = node(LIME_LOAD, body=body, answers=[good, None, good | {"token": "b"}, unknown])
    assert shown == [[None, "a"], ["unavailable", "a"], [None, "b"], ["no_customer", "b"]]


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
    return { response: given.record ?? JSON.stringify({ sales_account: given.account }) };
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
def test_freshworks_keeps_every_digit_of_a_long_number():
    odd = r'"note": "a \"quote\": 9007199254740993, \\", "size": 1.5, "cf_number" : 9007199254740993'
    record = '{"sales_account": {"id": 12, ' + odd + "}}"
    assert freshworks(record=record)[-1]["data"]["customer_id"] == "9007199254740993"


@needs_node
@pytest.mark.parametrize(
    "change",
    [
        {"account_id": "12/../13"},
        {"account_id": 2**53 + 1},
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


FRESHWORKS_PAGE = """
import { readFileSync } from "node:fs";
import vm from "node:vm";
const parts = { card: { hidden: true }, message: { hidden: true, textContent: "" } };
const log = [];
const data = { currentEntityInfo: { currentEntityInfo: { currentEntityId: 12 } }, loggedInUser: given.user };
const client = {
  iparams: { get: async () => ({ public_url: "https://results.example.com" }) },
  data: { get: async (name) => { if (data[name]) return data[name]; throw new Error(name); } },
  request: { invoke: async (...asked) => {
    log.push(asked);
    if (!given.answer) throw new Error("away");
    return { response: given.answer };
  } },
  instance: { resize: () => {} },
  events: { on: (_, listener) => { client.activate = listener; } },
};
vm.runInNewContext(readFileSync(given.file, "utf8"), {
  document: { getElementById: (id) => parts[id] }, navigator: { language: "fr-FR" },
  URLSearchParams, encodeURIComponent,
  app: { initialized: async () => client }, clearTimeout() {}, setTimeout: (_, wait) => log.push(wait),
});
const settle = () => new Promise((resolve) => setImmediate(resolve));
await settle();
client.activate();
await settle();
console.log(JSON.stringify({ log, src: parts.card.src ?? null, message: parts.message.textContent }));
"""


def freshworks_page(**more):
    values = {
        "file": str(EXAMPLES / "freshworks" / "app" / "scripts" / "app.js"),
        "user": {"loggedInUser": {"language": "nb-NO"}},
        "answer": {"customer_id": ODD_ID, "token": "a.b.c", "expires_in": 900},
    }
    return node(FRESHWORKS_PAGE, **(values | more))


@needs_node
def test_freshworks_page_shows_the_card_and_asks_again_before_its_end():
    page = freshworks_page()
    assert page["log"] == [["cardToken", {"account_id": 12}], 840_000]
    address = urlsplit(page["src"])
    assert address.path == "/widget/customers/M%C3%BCller%20%26%20S%C3%B6hne%20GmbH%2F7"
    assert parse_qs(address.query) == {"token": ["a.b.c"], "lang": ["nb-NO"]}


@needs_node
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answer": {"customer_id": ""}}, "Ingen kunde er knyttet til denne posten."),
        ({"answer": {"customer_id": ""}, "user": None}, "Aucun client n’est associé à cette fiche."),
        ({"answer": {"customer_id": ""}, "user": {"loggedInUser": {"language": "ja"}}}, "No customer is linked"),
        ({"answer": None}, "Svarene kan ikke leses"),
    ],
)
def test_freshworks_page_says_what_is_wrong_in_the_users_language(change, message):
    page = freshworks_page(**change)
    assert page["message"].startswith(message)
    assert page["src"] is None


DYNAMICS_PAGE = """
import { readFileSync } from "node:fs";
import vm from "node:vm";
const asked = [];
const parts = { card: { hidden: true }, message: { hidden: true, textContent: "" } };
const waits = [];
const fetch = async (address, init) => {
  asked.push([init.method, address, JSON.parse(init.body)]);
  return { ok: given.status === 200, json: async () => given.answer };
};
vm.runInNewContext(readFileSync(given.file, "utf8"), {
  document: { getElementById: (id) => parts[id], documentElement: {} }, window: { location: { search: given.search } },
  URLSearchParams, encodeURIComponent, fetch, setTimeout: (_, milliseconds) => waits.push(milliseconds),
});
await new Promise((resolve) => setImmediate(resolve));
const { card, message } = parts;
const seen = { asked, waits, src: card.src ?? null, cardHidden: card.hidden, message: message.textContent };
console.log(JSON.stringify(seen));
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
    assert (page["cardHidden"], page["waits"]) == (False, [840_000])


def test_dynamics_page_tries_again_after_a_failure():
    assert dynamics_page(status=503)["waits"] == [30_000]


@needs_node
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"status": 403}, "Svaren kan inte läsas"),
        ({"answer": {"CustomerId": "", "Token": "", "ExpiresIn": 900}}, "Ingen kund är kopplad"),
        ({"search": "?typename=account&userlcid=1053"}, "Spara posten först."),
        ({"search": "?typename=account&userlcid=3079"}, "Speichern Sie zuerst den Datensatz."),
        ({"search": "?typename=account"}, "Save the record first."),
    ],
)
def test_dynamics_page_says_what_is_wrong(change, word):
    page = dynamics_page(**change)
    assert word in page["message"]
    assert (page["src"], page["cardHidden"]) == (None, True)
