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


SCHEMES = ("light", "dark")


def violations_in_both_schemes(page):
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found[scheme] = violations(page)
    return {scheme: faults for scheme, faults in found.items() if faults}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_state_of_the_page(state, world, open_page):
    world.put_state(state)
    page = open_page(world.page(world.token_for(state), lang="en"))
    expect(page.locator(".band")).to_be_visible()
    assert violations_in_both_schemes(page) == {}


@pytest.mark.parametrize("state", ["very_dissatisfied", "stale", "no_score"])
def test_axe_finds_nothing_in_the_component(state, world, open_page):
    world.put_state(state)
    page = open_page(world.component(lang="sv"))
    expect(page.locator(".band")).to_be_visible()
    assert violations_in_both_schemes(page) == {}


def test_axe_sees_a_fault_where_there_is_one(world, open_page):
    world.put_state("satisfied")
    page = open_page(world.page(lang="en"))
    page.locator(".chart").evaluate("chart => chart.removeAttribute('aria-label')")
    page.locator(".meta").evaluate("meta => { meta.style.color = 'light-dark(#ccc, #333)' }")
    found = violations_in_both_schemes(page)
    for scheme in SCHEMES:
        assert {name for name, _ in found[scheme]} == {"svg-img-alt", "color-contrast"}


def test_axe_finds_nothing_in_the_gallery(world, open_page):
    world.put_state("very_dissatisfied", "C-1001")
    page = open_page(f"{world.service}/demo", width=1200)
    expect(page.locator("netigate-satisfaction .band")).to_be_visible()
    assert violations_in_both_schemes(page) == {}


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


WIDTHS = (160, 240, 320, 640, 1100)
CUT = "nodes => nodes.filter(n => n.scrollWidth > n.clientWidth + 1).map(n => n.textContent)"
# The card's own words that stand on more than one line without a hyphen: customers' words may break anywhere.
BROKEN = """() => {
    const found = [], walker = document.createTreeWalker(document.querySelector(".card"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.parentNode.closest(".sr, blockquote, .question, dt, dd > span, a")) continue;
        for (const word of node.data.matchAll(/[^\\s·/]+/g)) {
            const tops = new Set(), range = document.createRange();
            for (let i = 0; i < word[0].length; i++) {
                range.setStart(node, word.index + i);
                range.setEnd(node, word.index + i + 1);
                const box = range.getClientRects()[0];
                if (box?.width) tops.add(Math.round(box.top));
            }
            if (tops.size > 1 && !/[-\\u00ad]/.test(word[0])) found.push(word[0]);
        }
    }
    return found;
}"""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_scrolls_sideways_is_cut_or_broken_at_any_width_and_at_twice_the_size(lang, world, open_page):
    page = open_page("about:blank")
    for state, zoom in (
        ("very_dissatisfied", 1),
        ("very_dissatisfied", 2),
        ("old", 1),
        ("no_score", 1),
        ("invalid", 1),
    ):
        world.put_state(state)
        page.goto(world.page(world.token_for(state), lang=lang))
        page.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true })")
        page.evaluate("zoom => { document.documentElement.style.zoom = zoom }", zoom)
        for width in WIDTHS if zoom == 1 else (320, 640):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            texts = page.locator(".card, .card p, .card .when, .card .meta, .card li, .card summary, .card dd")
            assert texts.evaluate_all(CUT) == [], (state, width)
            assert page.evaluate(BROKEN) == [], (state, width)


def test_strokes_do_not_grow_with_the_width(world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(world.page(lang="en"), width=160)
    heights = set()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        chart = page.locator(".chart")
        heights.add(chart.bounding_box()["height"])
        for stroked in page.locator(".chart :is(polyline, .dot)").all():
            expect(stroked).to_have_css("vector-effect", "non-scaling-stroke")
    assert heights == {56}


LONG = {
    "words": "Kundnöjdhetsundersökning för nordiska industrikunder efter avslutad leverans hösten 2026",
    "an unbroken id": "003" + "x" * 90,
    "letters from right to left": "استطلاع رضا العملاء في الشرق الأوسط بعد كل عملية تسليم خلال هذا العام",
}


@pytest.mark.parametrize("way", ["page", "component"])
@pytest.mark.parametrize("kind", LONG)
def test_long_names_are_cut_and_a_click_shows_every_letter(kind, way, world, open_page):
    world.put_state("very_dissatisfied")
    latest = world.summaries[CUSTOMER]["latest"]
    latest["contact_name"] = latest["survey"]["name"] = LONG[kind]
    latest["answers"][0]["question"] = LONG[kind] + LONG[kind]
    page = open_page(getattr(world, way)(lang="en"), width=250)
    more = page.locator(".more")
    expect(more).to_have_count(3)
    for fold, text in zip(more.all(), (LONG[kind], LONG[kind] * 2, LONG[kind]), strict=True):
        expect(fold.locator(".cut")).to_have_text(text)
        cut = fold.locator(".cut")
        low = cut.bounding_box()["height"]
        fold.locator("summary").click()
        expect(fold.locator(".whole")).to_be_hidden()
        assert cut.bounding_box()["height"] > low or text != LONG[kind] * 2
    # Each line of text, against the card outside of which nothing is drawn.
    inside = page.locator(".cut").evaluate_all("""cuts => cuts.flatMap(cut => {
        const range = document.createRange(), box = cut.closest(".card").getBoundingClientRect();
        range.selectNodeContents(cut);
        return [...range.getClientRects()].map(line => line.left >= box.left && line.right <= box.right + 0.5);
    })""")
    assert len(inside) > 6
    assert all(inside)


@pytest.mark.parametrize("band", ["very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied"])
def test_without_colours_the_band_is_in_words_and_in_the_shape_of_the_face(band, world, open_page):
    world.put_state(band)
    page = open_page(world.page(lang="en"), forced_colors="active")
    said = "10 / 10 · Promoter" if band == "very_satisfied" else band.replace("_", " ").capitalize()
    expect(page.locator(".band")).to_have_text(said)
    faces = page.evaluate("fetch('/widget/kit/en.json').then(reply => reply.json()).then(assets => assets.icons)")
    expect(page.locator(".face path")).to_have_attribute("d", faces[band])
    assert list(faces.values()).count(faces[band]) == 1
    assert violations(page) == []


@pytest.mark.parametrize("way", ["page", "component"])
def test_a_comment_of_pages_is_cut_at_any_width_and_runs_as_its_words_do(way, world, open_page):
    world.put_state("very_dissatisfied")
    latest = world.summaries[CUSTOMER]["latest"]
    latest["answers"][0]["question"] = "ما مدى رضاك عنا؟"
    latest["answers"][1] |= {"answer": "תמיד מאחרים במשלוחים. " * 1000, "language": "he"}
    page = open_page(getattr(world, way)(lang="en"), width=1100)
    quote = page.locator(".comment blockquote")
    for text in (quote, page.locator(".question")):
        expect(text).to_have_css("direction", "rtl")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert quote.bounding_box()["height"] < 200
    marks = "it => ['::before', '::after'].map(mark => getComputedStyle(it, mark).content)"
    assert page.locator(".comment q").evaluate(marks) == ["none", "none"]  # beside the words, not around the fold
    assert page.locator(".comment .cut").evaluate(marks) == ["open-quote", "close-quote"]
    quote.locator("summary").click()
    assert quote.bounding_box()["height"] > 2000
