"""Every state and every language, in the page and in the component, which say the same."""

import re

import pytest
from playwright.sync_api import expect

from service.widget.gallery_summaries import STATES
from service.widget.texts import load_texts

TEXTS = {lang: texts.words for lang, texts in load_texts().items()}
SAID = {state: TEXTS["en"].get(f"state.{state}") or TEXTS["en"].get(f"band.{state}") for state in STATES} | {
    "stale": "Very dissatisfied",
    "old": "Dissatisfied",
    "very_satisfied": "10 / 10 · Promoter",
    "detractor": "6 / 10 · Detractor",
}


def told(card):
    """What a card says, and where its line runs. Spaces of different widths are one."""
    card.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")
    words = [re.sub(r"\s+", " ", word) for word in card.inner_text().split("\n") if word.strip()]
    drawn = card.locator("svg *").evaluate_all(
        "nodes => nodes.map(node => [...node.attributes].map(({ name, value }) => `${name}=${value}`).sort().join(' '))"
    )
    named = card.locator("[aria-label]").evaluate_all("nodes => nodes.map(node => node.getAttribute('aria-label'))")
    tree = card.locator("*").evaluate_all(
        "nodes => nodes.map(n => [n.localName, n.getAttribute('class'), n.getAttribute('lang'), n.getAttribute('dir')])"
    )
    same_level = [["heading" if re.match(r"h\d", node[0]) else node[0], *node[1:]] for node in tree]
    return words, drawn, [re.sub(r"\s+", " ", name) for name in named], [n for n in same_level if n[0] != "time"]


@pytest.mark.parametrize("state", STATES)
def test_page_and_component_say_every_state_alike(state, world, open_page):
    world.put_state(state)
    token = world.token_for(state)
    page = open_page(world.page(token, lang="en"), width=400)
    component = open_page(world.component(token, lang="en"), width=416).locator("netigate-satisfaction .card")
    expect(page.locator(".band")).to_have_text(SAID[state])
    expect(page.locator(".card")).to_have_attribute(
        "data-state", state if f"state.{state}" in TEXTS["en"] else "answered"
    )
    expect(component.locator(".band")).to_have_text(SAID[state])
    assert told(component) == told(page.locator("main .card"))


@pytest.mark.parametrize("lang", TEXTS)
def test_every_language_is_spoken_alike_by_page_and_component(lang, world, open_page):
    world.put_state("very_dissatisfied")
    page, beside = open_page(world.page(lang=lang), width=400), open_page(world.component(lang=lang), width=416)
    component = beside.locator("netigate-satisfaction .card")
    expect(page.locator(".band")).to_have_text(TEXTS[lang]["band.very_dissatisfied"])
    expect(component.locator(".band")).to_have_text(TEXTS[lang]["band.very_dissatisfied"])
    expect(page.locator("html")).to_have_attribute("lang", TEXTS[lang]["locale"])
    assert told(component) == told(page.locator("main .card"))
    # And how old the card is when Netigate is away.
    world.put_state("stale")
    page.goto(world.page(lang=lang))
    beside.goto(world.component(lang=lang))
    expect(page.locator(".fresh")).to_contain_text(TEXTS[lang]["fresh.stale"].split("{time}")[0])
    expect(component.locator(".fresh")).to_have_text(page.locator(".fresh").inner_text())


@pytest.mark.parametrize(
    ("locale", "lang"), [("sv-SE", "sv"), ("nb-NO", "no"), ("nn-NO", "no"), ("pt-BR", "en"), ("fr-CA", "fr")]
)
def test_without_a_wish_the_browsers_language_is_spoken(locale, lang, world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(world.page(), locale=locale)
    expect(page.locator(".title")).to_have_text(TEXTS[lang]["title"])
    page.goto(world.component())
    expect(page.locator(".title")).to_have_text(TEXTS[lang]["title"])


@pytest.mark.parametrize("way", ["page", "component"])
@pytest.mark.parametrize("theme", ["light", "dark", None])
def test_the_theme_is_the_readers_unless_the_host_fixes_it(theme, way, world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(getattr(world, way)(**({"theme": theme} if theme else {})))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 25, 30)"}[theme or scheme]
        expect(page.locator(".card")).to_have_css("background-color", ground)
