"""The page over HTTP: statuses, headers, languages, and what a refusal gives away (nothing)."""

import re
from datetime import timedelta

import pytest

from service.widget.gallery import SHOWN
from service.widget.gallery_summaries import demo_summary
from tests.unit.widget.conftest import NOW, SECRET, Card

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


def main_of(reply):
    return re.search(r"<main.*?</main>", reply.text, re.DOTALL)[0]


def state_of(reply):
    return re.search(r'data-state="(\w+)"', reply.text)[1]


def policy(reply):
    parts = (part.split(None, 1) for part in reply.headers["Content-Security-Policy"].split(";"))
    return dict(parts)


def test_the_page_says_the_answer_in_its_html(card):
    card.store.by_customer["C-1001"] = demo_summary("very_dissatisfied", NOW)
    reply = card.get()
    assert (reply.status_code, state_of(reply)) == (200, "answered")
    for said in ("Very dissatisfied", "Mycket missnöjd", "Fell from 75 to 0", "Anna Berg", "Updated", "2 minutes ago"):
        assert said in main_of(reply)


@pytest.mark.parametrize(
    ("prepare", "status", "state"),
    [
        (lambda card: None, 200, "never"),
        (lambda card: setattr(card, "ready", False), 200, "starting"),
        (lambda card: card.store.by_customer.update({"C-1001": demo_summary("starting", NOW)}), 200, "starting"),
        (lambda card: card.store.by_customer.update({"C-1001": demo_summary("no_score", NOW)}), 200, "no_score"),
        (lambda card: setattr(card.store, "away", True), 503, "unavailable"),
        (lambda card: setattr(card.clock, "moment", NOW + timedelta(hours=1)), 401, "expired"),
    ],
)
def test_every_state_has_its_status(prepare, status, state, card):
    prepare(card)
    reply = card.get()
    assert (reply.status_code, state_of(reply)) == (status, state)
    assert ("Retry-After" in reply.headers) == (status == 503)


def test_an_answer_shows_even_while_other_surveys_are_still_read(card):
    summary = demo_summary("satisfied", NOW)
    summary["freshness"] |= {"as_of": None, "age_seconds": None, "state": "stale"}
    card.store.by_customer["C-1001"], card.ready = summary, False
    reply = card.get()
    assert state_of(reply) == "answered"
    assert "Not all answers have been read yet" in main_of(reply)


REFUSED = {
    "none": "",
    "nonsense": "x.y.z",
    "forged": Card().token(secret=SECRET[::-1]),
    "foreign": Card().token("C-2"),
    "without the scope": Card().token(scopes=["changes"]),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_is_the_same_whoever_exists(kind, card):
    card.store.by_customer["C-1001"] = demo_summary("very_dissatisfied", NOW)
    replies = [card.get(customer, token=REFUSED[kind]) for customer in ("C-1001", "nobody", "%20", "a" * 300)]
    assert [(reply.status_code, state_of(reply)) for reply in replies] == [(401, "invalid")] * 4
    assert len({reply.text for reply in replies}) == 1
    assert "missnöjd" not in replies[0].text


def test_a_refusal_speaks_the_readers_language(card):
    assert "Ingen åtkomst" in main_of(card.get(token="x", lang="sv"))


def test_an_id_opens_however_it_is_written(card):
    card.store.by_customer["Müller & Söhne GmbH/7"] = demo_summary("satisfied", NOW)
    token = card.token("Mu\u0308ller & So\u0308hne GmbH/7")
    reply = card.get("M%C3%BCller%20%26%20S%C3%B6hne%20GmbH%2F7%20", token=token)
    assert state_of(reply) == "answered"


def test_the_token_stands_nowhere_in_the_page(card):
    card.store.by_customer["C-1001"] = demo_summary("satisfied", NOW)
    assert card.token() not in card.get().text


def test_comments_need_their_scope(card):
    card.store.by_customer["C-1001"] = demo_summary("very_dissatisfied", NOW)
    assert "Tre leveranser" in card.get().text
    assert "Tre leveranser" not in card.get(token=card.token(scopes=["results"])).text


@pytest.mark.parametrize("prepare", [{}, {"token": "x"}])
def test_pages_carry_a_strict_policy_and_are_kept_by_nobody(prepare, card):
    reply = card.get(**prepare)
    assert {name: reply.headers[name] for name in HEADERS} == HEADERS
    assert "Set-Cookie" not in reply.headers
    assert policy(reply) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "https://crm.example.com https://*.lime.example.com",
    }
    assert not re.search(r"<style|<script(?! src=)|\sstyle=|\son\w+=", reply.text)


def test_without_ancestors_nobody_frames_the_card():
    assert policy(Card(frame_ancestors=()).get())["frame-ancestors"] == "'none'"


def test_the_page_knows_when_its_token_ends_and_when_to_ask_again(card):
    card.store.by_customer["C-1001"] = demo_summary("satisfied", NOW)
    reply = card.get(token=card.token(seconds=300))
    assert 'data-refresh="60" data-expires="300"' in main_of(reply)
    assert "data-expires" not in card.get(token="x").text


@pytest.mark.parametrize(
    ("lang", "accept", "locale"),
    [
        ("sv", "de", "sv-SE"),
        ("nb-NO", "", "nb-NO"),
        ("nn", "", "nb-NO"),
        ("", "fr-CA,fr;q=0.9,en;q=0.8", "fr-FR"),
        ("", "en;q=0.2, fi;q=0.9", "fi-FI"),
        ("xx", "pt, es;q=0.5", "es-ES"),
        ("", "da;q=0", "en-GB"),
        ("", "da;q=0, sv;q=0.1", "sv-SE"),
        ("", "", "en-GB"),
        ("../../etc", "*", "en-GB"),
    ],
)
def test_the_reader_chooses_the_language(lang, accept, locale, card):
    reply = card.get(lang=lang, headers={"Accept-Language": accept})
    assert f'<html lang="{locale}"' in reply.text
    assert reply.headers["Content-Language"] == locale
    assert reply.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize(("theme", "marked"), [("dark", True), ("light", True), ("pink", False), ('"><script>', False)])
def test_only_the_two_themes_are_taken(theme, marked, card):
    assert (f'data-theme="{theme}"' in card.get(theme=theme).text) == marked


@pytest.mark.parametrize(
    ("path", "mime"),
    [
        ("/embed.js", "text/javascript; charset=utf-8"),
        ("/widget/card.css", "text/css; charset=utf-8"),
        ("/widget/page.js", "text/javascript; charset=utf-8"),
        ("/widget/kit/sv.json", "application/json"),
    ],
)
def test_files_may_be_read_by_any_origin_and_kept(path, mime, card):
    reply = card.client.get(path)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, mime)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Cache-Control"] == "public, max-age=3600"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert card.client.get(path, headers={"If-None-Match": reply.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "path", ["/widget/nothing.js", "/widget/..%2froutes.py", "/widget/routes.py", "/widget/kit/sv"]
)
def test_nothing_else_is_a_file(path, card):
    assert card.client.get(path).status_code == 404


@pytest.mark.parametrize(("tag", "lang"), [("sv-SE", "sv"), ("NB", "no"), ("zh", "en"), ("en_US", "en")])
def test_the_kit_settles_what_a_language_tag_means(tag, lang, card):
    assert card.client.get(f"/widget/kit/{tag}.json").data == card.client.get(f"/widget/kit/{lang}.json").data


def test_the_gallery_shows_every_state_language_and_host(card):
    reply = card.client.get("/demo")
    assert reply.status_code == 200
    for state in SHOWN:
        assert f"state={state}&amp;" in reply.text
    for word in ("Suomi", "Français", "HubSpot", "Pipedrive", "Zendesk", "Salesforce", "Dynamics 365", "SuperOffice"):
        assert word in reply.text
    assert policy(reply)["frame-ancestors"] == "'none'"
    assert policy(reply)["frame-src"] == "'self'"


@pytest.mark.parametrize("state", SHOWN)
def test_a_gallery_card_is_framed_by_the_gallery_alone(state, card):
    reply = card.client.get("/demo/card", query_string={"state": state})
    assert reply.status_code == {"unavailable": 503, "expired": 401, "invalid": 401, "no_customer": 422}.get(state, 200)
    assert policy(reply)["frame-ancestors"] == "'self'"


def test_a_state_that_is_none_is_not_found(card):
    assert card.client.get("/demo/card?state=happy").status_code == 404


@pytest.mark.parametrize("path", ["/demo", "/demo/card"])
def test_without_the_demo_there_is_no_gallery(path):
    assert Card(demo=False).client.get(path).status_code == 404


def test_the_gallery_names_the_public_address():
    assert (
        "https://results.example.com/embed.js"
        in Card(public_url="https://results.example.com/").client.get("/demo").text
    )


@pytest.mark.parametrize(
    ("language", "marked"), [("sv", True), ("zh-Hans", True), (None, False), ('x" onclick="y', False)]
)
def test_the_customers_words_are_marked_with_their_language_where_it_is_known(language, marked, card):
    summary = demo_summary("dissatisfied", NOW)
    summary["latest"]["answers"][0]["language"] = language
    card.store.by_customer["C-1001"] = summary
    quote = re.search(r"<blockquote[^>]*>", card.get().text)[0]
    assert quote == (f'<blockquote dir="auto" lang="{language}">' if marked else '<blockquote dir="auto">')
