"""WCAG 2.2 AA: axe finds nothing, the keyboard reaches everything, and nothing scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from service.widget.gallery_summaries import STATES
from service.widget.texts import load_texts
from tests.browser.world import CUSTOMER

LANGUAGES = tuple(load_texts())
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}


def violations(page):
    page.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")
    results = Axe().run(page, options=OPTIONS).response
    assert results["passes"], "axe looked at something"
    return [(found["id"], [node["html"][:120] for node in found["nodes"]]) for found in results["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_state_of_the_page(state, scheme, world, open_page):
    world.put_state(state)
    page = open_page(world.page(world.token_for(state), lang="en"), color_scheme=scheme)
    expect(page.locator(".band")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["very_dissatisfied", "stale", "no_score"])
def test_axe_finds_nothing_in_the_component(state, scheme, world, open_page):
    world.put_state(state)
    page = open_page(world.component(lang="sv"), color_scheme=scheme)
    expect(page.locator(".band")).to_be_visible()
    assert violations(page) == []


def test_axe_sees_a_fault_where_there_is_one(world, open_page):
    world.put_state("satisfied")
    page = open_page(world.page(lang="en"))
    page.locator(".chart").evaluate("chart => chart.removeAttribute('aria-label')")
    page.locator(".meta").evaluate("meta => { meta.style.color = '#ccc' }")
    assert {name for name, _ in violations(page)} == {"svg-img-alt", "color-contrast"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_gallery(scheme, world, open_page):
    world.put_state("very_dissatisfied", "C-1001")
    page = open_page(f"{world.service}/demo", color_scheme=scheme, width=1200)
    expect(page.locator("netigate-satisfaction .band")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("way", ["page", "component"])
def test_the_keyboard_reaches_and_opens_every_fold_and_shows_where_it_is(way, world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(getattr(world, way)(lang="en"))
    expect(page.locator(".band")).to_be_visible()
    for fold in page.locator(".card details").all():
        page.keyboard.press("Tab")
        summary = fold.locator("summary")
        expect(summary).to_be_focused()
        expect(summary).to_have_css("outline-style", "solid")
        expect(summary).to_have_css("outline-width", "3px")
        assert summary.bounding_box()["height"] >= 24  # WCAG 2.5.8
        page.keyboard.press("Enter")
        expect(fold).to_have_attribute("open", "")


@pytest.mark.parametrize("zoom", [1, 2])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_scrolls_sideways_or_is_cut_at_250_pixels_and_at_twice_the_size(lang, zoom, world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(world.page(lang=lang), width=250)
    page.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")
    page.evaluate("zoom => { document.documentElement.style.zoom = zoom }", zoom)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    cut = "nodes => nodes.filter(n => n.scrollWidth > n.clientWidth + 1).map(n => n.textContent)"
    assert (
        page.locator(".card, .card p:not(.score), .card .score > :first-child, .card summary, .card dd").evaluate_all(
            cut
        )
        == []
    )


LONG = {
    "words": "Kundnöjdhetsundersökning för nordiska industrikunder efter avslutad leverans hösten 2026",
    "an unbroken id": "003" + "x" * 90,
    "letters from right to left": "استطلاع رضا العملاء في الشرق الأوسط بعد كل عملية تسليم خلال هذا العام",
}


@pytest.mark.parametrize("way", ["page", "component"])
@pytest.mark.parametrize("kind", LONG)
def test_long_names_wrap_and_keep_every_letter(kind, way, world, open_page):
    world.put_state("very_dissatisfied")
    latest = world.summaries[CUSTOMER]["latest"]
    latest["contact_id"] = latest["survey"]["name"] = LONG[kind]
    page = open_page(getattr(world, way)(lang="en"), width=250)
    spans = page.locator(".meta > span")
    expect(spans.last).to_have_text(LONG[kind])
    # Each line of text, against the box outside of which nothing is drawn.
    inside = spans.evaluate_all("""spans => spans.flatMap(span => {
        const range = document.createRange(), box = span.parentNode.getBoundingClientRect();
        const cut = parseFloat(getComputedStyle(span.parentNode).clipPath.match(/[\\d.]+px\\)/)?.[0] ?? 0);
        range.selectNodeContents(span);
        const [left, right] = [box.left + cut - 0.5, box.right + 0.5];
        return [...range.getClientRects()].map(line => line.left >= left && line.right <= right);
    })""")
    assert len(inside) > 4
    assert all(inside)


@pytest.mark.parametrize("band", ["very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied"])
def test_without_colours_the_band_is_in_words_and_in_the_shape_of_the_face(band, world, open_page):
    world.put_state(band)
    page = open_page(world.page(lang="en"), forced_colors="active")
    expect(page.locator(".band")).to_have_text(band.replace("_", " ").capitalize())
    faces = page.evaluate("fetch('/widget/kit/en.json').then(reply => reply.json()).then(assets => assets.icons)")
    expect(page.locator(".face path")).to_have_attribute("d", faces[band])
    assert list(faces.values()).count(faces[band]) == 1
    assert violations(page) == []
