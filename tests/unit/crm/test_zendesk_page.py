"""Zendesk's page between the framework and the card, run: whom it asks for, whom it hears, how high it stands."""

from __future__ import annotations

import pytest

from tests.examples.examples import ODD_ID, STATIC, needs_node, node

ZENDESK_PAGE = """
import { readFileSync } from "node:fs";
import vm from "node:vm";
const log = [];
const element = () => ({ hidden: true, textContent: "" });
const parts = { card: { ...element(), style: {}, contentWindow: "the frame" }, message: element(), ask: {
  elements: { customer_id: {}, lang: {} },
  submit() { log.push(["submit", this.elements.customer_id.value, this.elements.lang.value]); },
} };
const heard = {};
const client = {
  get: async (path) => { if (path in given.data) return { [path]: given.data[path] }; throw new Error(path); },
  invoke: (name, size) => log.push([name, size.height]),
  on: (name, listener) => { heard[name] = listener; },
};
const document = {
  body: { dataset: { field: given.field, expires: String(given.expires), words: JSON.stringify(given.words) } },
  documentElement: {}, getElementById: (id) => parts[id],
};
const clock = { now: () => at };
let at = Date.now();
const window = {
  ZAFClient: { init: () => client }, location: { origin: "https://results.example.com" },
  addEventListener: (name, listener) => { heard[name] = listener; },
};
vm.runInNewContext(readFileSync(given.file, "utf8"), { document, window, Date: clock });
await new Promise((resolve) => setImmediate(resolve));
if (given.change) { Object.assign(given.data, given.change); await heard["ticket.organization.changed"](); }
for (const { after, ...message } of given.messages ?? []) {
  at += after * 1000;
  heard.message({ origin: "https://results.example.com", source: "the frame", ...message });
  await new Promise((resolve) => setImmediate(resolve));
}
console.log(JSON.stringify({ log, message: parts.message.textContent, cardHidden: parts.card.hidden }));
"""


def zendesk_page(data, **more):
    values = {
        "file": str(STATIC / "zendesk.js"),
        "field": "id",
        "expires": 4e9,
        "words": {"missing": {"en": "none", "no": "ingen"}, "reload": {"en": "reload"}},
        "data": {"currentUser": {"locale": "sv"}} | data,
    }
    return node(ZENDESK_PAGE, **(values | more))


@needs_node
@pytest.mark.parametrize("path", ["ticket.organization", "organization"])
@pytest.mark.parametrize(("field", "customer"), [("id", "7001"), ("external_id", ODD_ID)])
def test_zendesks_page_posts_the_organization_on_the_screen(path, field, customer):
    page = zendesk_page({path: {"id": 7001, "externalId": ODD_ID}}, field=field)
    assert page["log"] == [["resize", "600px"], ["submit", customer, "sv"]]
    assert (page["message"], page["cardHidden"]) == ("", False)


@needs_node
@pytest.mark.parametrize(
    ("organization", "customer"),
    [(2**53 - 1, "9007199254740991"), (2**53 + 1, None), ("9007199254740993", "9007199254740993")],
)
def test_zendesks_page_names_no_organization_whose_number_may_have_lost_digits(organization, customer):
    page = zendesk_page({"organization": {"id": organization}})
    assert [entry[1] for entry in page["log"] if entry[0] == "submit"] == ([customer] if customer else [])
    assert page["message"] == ("" if customer else "none")


@needs_node
def test_zendesks_page_follows_a_change_of_organization():
    page = zendesk_page({"ticket.organization": {"id": 1}}, change={"ticket.organization": {"id": 2}})
    assert [entry for entry in page["log"] if entry[0] == "submit"] == [["submit", "1", "sv"], ["submit", "2", "sv"]]


@needs_node
def test_zendesks_page_says_so_where_there_is_no_organization_in_the_agents_language():
    page = zendesk_page({"ticket.organization": None, "currentUser": {"locale": "nb-NO"}})
    assert (page["message"], page["cardHidden"], page["log"]) == ("ingen", True, [["resize", "72px"]])


@needs_node
def test_zendesks_page_asks_for_a_reload_once_its_token_has_ended():
    page = zendesk_page({"organization": {"id": 1}}, expires=1)
    assert (page["message"], page["log"]) == ("reload", [["resize", "72px"]])


def said(event, after=0, **more):
    return {"after": after, "data": {"source": "netigate-satisfaction", "event": event, "height": 512}} | more


@needs_node
def test_zendesks_page_is_as_high_as_its_card():
    page = zendesk_page({"organization": {"id": 1}}, messages=[said("size")])
    assert page["log"] == [["resize", "600px"], ["submit", "1", "sv"], ["resize", "512px"]]


@needs_node
def test_zendesks_page_asks_again_when_the_cards_token_has_ended():
    page = zendesk_page({"organization": {"id": 1}}, messages=[said("token-expired", after=900)])
    assert [entry for entry in page["log"] if entry[0] == "submit"] == [["submit", "1", "sv"]] * 2


@needs_node
def test_zendesks_page_does_not_ask_for_ever_where_a_new_card_ends_at_once():
    page = zendesk_page({"organization": {"id": 1}}, messages=[said("token-expired", after=1)])
    assert (page["message"], page["cardHidden"]) == ("reload", True)
    assert [entry[0] for entry in page["log"]].count("submit") == 1


@needs_node
@pytest.mark.parametrize(
    "other",
    [{"origin": "https://evil.example"}, {"source": "another window"}, {"data": None}, {"data": {"event": "size"}}],
)
def test_zendesks_page_hears_nobody_but_its_card(other):
    messages = [said("size") | other, said("token-expired", after=900) | other]
    assert len(zendesk_page({"organization": {"id": 1}}, messages=messages)["log"]) == 2
