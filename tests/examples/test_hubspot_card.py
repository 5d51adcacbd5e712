"""What HubSpot's card says for an answer of ours, run: the card's own words, in the reader's language."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from service.crm import hubspot
from service.crm.words import load_words
from service.widget.texts import load_texts
from tests.unit.crm.conftest import ANSWERED, COMMENT, DETRACTOR, LATEST, NOW, OLDER_SCORE, RAISED, SUMMARIES

from .examples import EXAMPLES, ODD_ID, needs_node, node

CARDS = EXAMPLES / "hubspot" / "src" / "app" / "cards"
IMPORT = 'import { WORDS } from "./words.js";'
CODE = (CARDS / "satisfaction.js").read_text("utf-8")
SCRIPT = (CARDS / "words.js").read_text("utf-8") + CODE.replace(IMPORT, "")
SAY = "console.log(JSON.stringify(describe(given.summary, given.locale, given.now)));"
TEXTS = load_texts()
STATES = [*SUMMARIES, "unavailable", "no_customer", "a state of tomorrow"]


def view_of(summary, state="answered", locale="sv"):
    return node(SCRIPT + SAY, summary=summary | {"state": state}, locale=locale, now=NOW.timestamp() * 1000)


def test_its_words_are_those_beside_it():
    assert IMPORT in CODE


@needs_node
@pytest.mark.parametrize("customer_id", ["C-1001", ODD_ID, "50%3A"])
def test_it_asks_for_the_route_and_the_customer(customer_id):
    address = node(
        SCRIPT + "console.log(JSON.stringify(addressOf('https://results.example.com', given.id)));", id=customer_id
    )
    assert urlsplit(address).path == hubspot.PATH
    assert parse_qs(urlsplit(address).query) == {"customer_id": [customer_id]}


@needs_node
def test_it_says_what_the_card_says():
    summary = ANSWERED | {"low_respondents": 2, "latest": LATEST | {"answers": [*LATEST["answers"], COMMENT]}}
    view = view_of(summary)
    assert (view["title"], view["variant"], view["score"]) == ("Mycket missnöjd", "danger", "0 av 100 poäng")
    assert (view["answer"], view["question"]) == ("Mycket missnöjd", "Hur nöjd är du med oss?")
    assert view["meta"] == "22 nov. 2026 · i går · Kontakt P-77 · Kundnöjdhet"
    assert (view["commentTitle"], view["comment"]) == ("Kommentar", COMMENT["answer"])
    assert (view["trend"], view["low"]) == ("Föll från 75 till 0", "2 personer är missnöjda")
    assert (view["freshness"], view["refreshAfter"]) == ("Uppdaterat alldeles nyss", 60)


@needs_node
def test_an_older_score_is_named_as_one_beside_newer_words():
    view = view_of(OLDER_SCORE, "no_score", "en")
    assert (view["title"], view["answer"]) == ("No score", "Vet ej")
    assert view["text"] == "The customer gave no opinion"
    assert view["trend"] == "Last score: Very dissatisfied, 0 (2 Sept 2026)"
    assert not {"band", "score"} & set(view)


@needs_node
def test_its_number_never_contradicts_its_band():
    view = view_of(DETRACTOR, locale="en")
    assert (view["title"], view["variant"], view["trend"]) == (
        "6 / 10 · Detractor",
        "danger",
        "Anna Berg: Fell from 9 to 6",
    )
    assert "score" not in view
    assert "Anna Berg" in view["meta"]
    later = DETRACTOR | {"latest": OLDER_SCORE["latest"]}
    assert view_of(later, "no_score", "en")["trend"] == "Last score: 6 / 10 · Detractor (22 Nov 2026)"
    view = view_of(RAISED, locale="en")
    assert (view["title"], "score" in view) == ("Neutral", False)


@needs_node
@pytest.mark.parametrize(
    ("people", "band", "said"),
    [
        (0, "satisfied", None),
        (1, "dissatisfied", None),
        (1, "satisfied", "1 person is dissatisfied"),
        (2, "dissatisfied", "2 people are dissatisfied"),
    ],
)
def test_it_warns_of_people_whom_the_headline_hides(people, band, said):
    assert view_of(ANSWERED | {"low_respondents": people, "band": band}, locale="en").get("low") == said


@needs_node
@pytest.mark.parametrize(
    ("freshness", "said"),
    [
        ({"state": "fresh", "age_seconds": 130}, "Updated 2 minutes ago"),
        (
            {"state": "stale", "as_of": (NOW - timedelta(days=3)).isoformat()},
            "Netigate has not answered since 20/11/2026",
        ),
        ({"state": "stale", "as_of": None}, "Not all answers have been read yet"),
    ],
)
def test_it_tells_its_age(freshness, said):
    summary = ANSWERED | {"freshness": ANSWERED["freshness"] | freshness}
    assert view_of(summary, locale="en-us")["freshness"].startswith(said)


@needs_node
def test_the_answer_that_leads_is_the_cards():
    far, near = (LATEST["answers"][0] | {"answer": str(score), "score": float(score)} for score in (0, 50))
    blank = far | {"answer": "Vet ej", "score": None, "kind": "nps"}
    latest = LATEST | {"score": 40.0, "band": "neutral", "answers": [blank, far, near]}
    assert view_of(ANSWERED | {"latest": latest})["answer"] == "50"
    assert view_of(ANSWERED | {"latest": latest | {"score_basis": None, "answers": [far, blank]}})["answer"] == "Vet ej"
    assert view_of(ANSWERED | {"latest": latest | {"answers": [COMMENT]}})["answer"] == COMMENT["answer"]
    assert "answer" not in view_of(ANSWERED | {"latest": latest | {"answers": []}})


@needs_node
@pytest.mark.parametrize(
    ("locale", "lang"),
    [*((lang, lang) for lang in TEXTS), ("nb-no", "no"), ("pt-br", "en"), ("de_AT", "de"), (None, "en")],
)
def test_it_speaks_the_readers_language_in_every_state(locale, lang):
    card, own = TEXTS[lang].words, load_words()[lang]
    told = [SUMMARIES.get(state, {}) | {"state": state} for state in STATES]
    all_of_them = "console.log(JSON.stringify(given.told.map((summary) => describe(summary, given.locale))));"
    found = dict(zip(STATES, node(SCRIPT + all_of_them, told=told, locale=locale), strict=True))
    assert {state: view["title"] for state, view in found.items()} == {
        "answered": card["band.very_dissatisfied"],
        "no_score": card["state.no_score"],
        "never_answered": card["state.never"],
        "starting_up": card["state.starting"],
        "unavailable": card["state.unavailable"],
        "no_customer": own["no_customer"],
        "a state of tomorrow": card["state.unavailable"],
    }
    assert found["never_answered"]["text"] == card["state.never.text"]
    assert not re.search(r"\{\w+\}|undefined", json.dumps(found)), "a blank was left"
    waits = {view["refreshAfter"] for state, view in found.items() if state != "no_customer"}
    assert (waits, found["no_customer"]["refreshAfter"]) == ({60}, 0)
