"""A salesperson opens a customer in the CRM and sees, in an iframe from another origin, how they feel."""

import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect

from service.widget.gallery_summaries import demo_summary
from tests.browser.world import CUSTOMER, NOW, World, crm_app, service_app
from tests.harness.http import served


def test_a_salesperson_sees_that_the_customer_is_unhappy_and_that_it_was_better(world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(world.iframe(world.page(lang="sv")), width=900)
    card = page.frame_locator("iframe").get_by_role("article")
    expect(card.get_by_role("heading", name="Kundnöjdhet", level=1)).to_be_visible()
    expect(card.locator(".band")).to_have_text("Mycket missnöjd")
    expect(card.get_by_text("0 av 100 poäng")).to_be_attached()
    expect(card.get_by_text("1 av 5")).to_be_visible()
    expect(card.get_by_role("blockquote")).to_have_count(1)  # the band says what the answer says
    expect(card.get_by_text("Hur nöjd är du med oss?")).to_be_visible()
    expect(card.locator(".when")).to_have_text("för 6 dagar sedanAnna Berg")
    expect(card.get_by_text("Tre leveranser i rad")).to_have_count(2)  # the comment, and folded among the answers
    expect(card.locator(".move")).to_have_text("Anna Berg: Föll från 75 till 0")
    expect(card.get_by_text("4 svar sedan 27 jan. 2026")).to_be_visible()
    expect(card.get_by_text("2 personer är missnöjda")).to_be_visible()
    expect(card.locator(".warn li")).to_have_text(
        ["Anna BergMycket missnöjdför 6 dagar sedan", "Lars HolmMissnöjdi går"]
    )
    expect(card.get_by_text("Uppdaterat för 2 minuter sedan")).to_be_visible()
    chart = card.get_by_role("img", name="Poäng över tid")
    expect(chart).to_have_accessible_name(
        "Poäng över tid: 27 jan. 2026: 100; 17 maj 2026: 75; 2 sep. 2026: 75; 17 nov. 2026: 0"
    )


def test_the_other_answers_are_a_click_away(world, open_page):
    world.put_state("very_dissatisfied")
    card = open_page(world.iframe(world.page(lang="en")), width=900).frame_locator("iframe").get_by_role("article")
    expect(card.get_by_text("Hur upplevde du vår support?")).to_be_hidden()
    card.get_by_text("Other answers (4)").click()
    expect(card.get_by_text("Hur upplevde du vår support?")).to_be_visible()
    expect(card.get_by_text("No answer is better or worse")).to_be_visible()
    card.get_by_text("How this score was calculated").click()
    expect(card.get_by_text("Satisfaction, one answer")).to_be_visible()
    expect(card.get_by_text("Based on the wording of the answers")).to_be_visible()
    expect(card.get_by_text("5-point scale, worst first")).to_be_visible()


def test_a_new_answer_shows_without_a_reload_and_what_was_open_stays_open(world, open_page, advance):
    world.put_state("very_dissatisfied")
    page = open_page(world.iframe(world.page(lang="en")), width=900)
    card = page.frame_locator("iframe").get_by_role("article")
    card.get_by_text("Other answers").click()
    expect(card.locator(".band")).to_have_text("Very dissatisfied")
    world.put_state("satisfied")
    advance(page, seconds=61)
    expect(card.locator(".band")).to_have_text("Satisfied")
    expect(card.locator("details").first).to_have_attribute("open", "")
    assert page.frames[1].evaluate("document.activeElement.textContent") == "Other answers (1)"


def test_the_answer_is_there_without_script(world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(world.page(lang="en"), java_script_enabled=False)
    expect(page.locator(".band")).to_have_text("Very dissatisfied")
    expect(page.get_by_text("Updated 2 minutes ago")).to_be_visible()
    page.get_by_text("Other answers").click()
    expect(page.get_by_text("Hur upplevde du vår support?")).to_be_visible()


def test_the_clock_is_the_readers_own_where_script_runs_and_named_where_it_does_not(world, open_page):
    world.put_state("stale")
    said = open_page(world.page(lang="en"), timezone_id="Europe/Stockholm").locator(".fresh")
    expect(said).to_have_text("Netigate has not answered since 13:30")
    plain = open_page(world.page(lang="en"), java_script_enabled=False).locator(".fresh")
    expect(plain).to_have_text("Netigate has not answered since 12:30 UTC")


def test_the_host_hears_the_size_and_nothing_about_the_customer(world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(world.iframe(world.page(lang="en")), width=900)
    page.wait_for_function("heard.length > 0")
    for origin, message in page.evaluate("heard"):
        assert origin == world.service
        assert message == {"source": "netigate-satisfaction", "event": "size", "height": message["height"]}
        assert 300 < message["height"] < 900


def test_when_its_time_is_over_the_card_says_so_and_tells_the_host(world, open_page, advance):
    world.put_state("very_dissatisfied")
    page = open_page(world.iframe(world.page(world.token(seconds=120), lang="en")), width=900)
    card = page.frame_locator("iframe").get_by_role("article")
    expect(card.locator(".band")).to_have_text("Very dissatisfied")
    world.away = True  # the end needs no server
    advance(page, seconds=121)
    expect(card.locator(".band")).to_have_text("Access has expired")
    expect(card.get_by_text("Mycket missnöjd")).to_have_count(0)
    page.wait_for_function("heard.some(([, message]) => message.event === 'token-expired')")


def test_an_end_beyond_the_longest_timer_is_not_now(world, open_page, advance):
    world.put_state("very_dissatisfied")
    page = open_page("about:blank", allow=("ERR_FAILED",))

    def in_thirty_days(route):
        reply = route.fetch()
        route.fulfill(response=reply, body=reply.text().replace('data-expires="900"', 'data-expires="2592000"'))

    page.route("**/widget/customers/**", lambda route: route.abort())
    page.route("**/widget/customers/**", in_thirty_days, times=1)
    page.goto(world.page(lang="en"))
    for days, said in ((25, "Very dissatisfied"), (4.9, "Very dissatisfied"), (0.2, "Access has expired")):
        advance(page, days=days)
        expect(page.locator(".band")).to_have_text(said)


def test_a_store_that_goes_away_leaves_the_answer_with_its_age(world, open_page, advance):
    world.put_state("very_dissatisfied")
    page = open_page(world.page(lang="en"))
    world.away = True
    advance(page, seconds=61)
    expect(page.locator(".fresh")).to_have_text("No connection since 14:05")
    expect(page.locator(".band")).to_have_text("Very dissatisfied")
    world.away = False
    advance(page, seconds=31)
    expect(page.locator(".fresh")).to_have_text("Updated 2 minutes ago")


def test_the_page_rests_while_hidden(world, open_page, advance):
    world.put(demo_summary("satisfied", NOW))
    page = open_page(world.page(lang="en"))
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    advance(page, minutes=10)
    page.evaluate("fetch('/embed.js').then(reply => reply.text())")
    assert [url for url in seen if "/customers/" in url] == []
    with page.expect_response(lambda response: "/customers/" in response.url):
        page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize("document", ["README.md", "docs/widget.md"])
def test_the_card_shows_from_the_lines_that_a_document_tells_to_paste(document, world, open_page):
    world.put(demo_summary("very_dissatisfied", NOW), "C-1001")
    text = (Path(__file__).parents[2] / document).read_text("utf-8")
    snippet = re.search(r"<script[^\n]*embed\.js[^\n]*\n<netigate-satisfaction[^\n]*", text)[0]
    world.snippet = snippet.replace("https://results.example.com", world.service).replace("…", world.token("C-1001"))
    page = open_page(f"{world.crm}/snippet")
    expect(page.locator("article .band")).to_be_visible()


LINK = "https://crm.example.com/contacts/{contact_id}"


@pytest.mark.parametrize("way", ["page", "component"])
def test_each_person_is_a_click_away_in_the_crm(way, browser, open_page):
    world = World(contact_url=LINK)
    with ExitStack() as stack:
        world.crm = stack.enter_context(served(crm_app(world)))
        world.service = stack.enter_context(served(service_app(world)))
        world.put_state("very_dissatisfied")
        world.summaries[CUSTOMER]["low"][1]["contact_id"] = "P/9 '(ä)*"
        links = open_page(getattr(world, way)(lang="en")).locator(".card a")
        expect(links).to_have_text(["Anna Berg", "Anna Berg", "Lars Holm"])
        addresses = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert addresses[0] == "https://crm.example.com/contacts/P-77"
        assert addresses[2] == "https://crm.example.com/contacts/P%2F9%20'(%C3%A4)*"
        assert (
            links.evaluate_all("links => links.map(link => [link.target, link.rel])")
            == [["_blank", "noopener noreferrer"]] * 3
        )


@pytest.fixture
def linked(world):
    """The service again, whose people are linked by Netigate's respondent number."""
    world.contact_url = "https://crm.example.com/people/{respondent_id}"
    with served(service_app(world)) as world.service:
        yield world


@pytest.mark.parametrize("way", ["page", "component"])
def test_people_whose_numbers_are_longer_than_javascripts_are_not_mixed(way, linked, open_page):
    """2^53 and 2^53 + 1 are one number in JavaScript; a contact's ID may read like a respondent's number."""
    newest, other = 2**53 + 1, 2**53
    linked.put_state("satisfied")  # three scores of one person without a contact
    summary = linked.summaries[CUSTOMER]
    whose = [{"respondent_id": newest}, {"respondent_id": other}, {"respondent_id": 7, "contact_id": str(newest)}]
    past = [entry | who for entry, who in zip(summary["history"], whose, strict=True)]
    summary["latest"]["respondent_id"] = newest
    summary |= {"history": past, "trend": None, "low_respondents": 2}
    about = {name: past[1][name] for name in ("answered_at", "survey_id", "kind", "score")} | {"band": "dissatisfied"}
    summary["low"] = [about | whose[0], about | whose[1]]
    card = open_page(getattr(linked, way)(lang="en")).locator("article")
    expect(card.locator(".warn a")).to_have_text([f"Respondent {newest}", f"Respondent {other}"])
    assert card.locator("a").evaluate_all("links => links.map(link => link.href.split('/').at(-1))") == [
        str(newest), str(newest), str(other)
    ]  # fmt: skip
    expect(card.locator(".chart")).to_have_count(0)
    past.append(past[0] | {"answered_at": "2026-01-02T08:00:00Z", "score": 50.0})
    page = open_page(getattr(linked, way)(lang="en"))
    expect(page.locator(".chart .dot")).to_have_count(2)


def test_a_refusal_among_too_many_ends_the_card_as_any_other(world, open_page, advance):
    world.put_state("very_dissatisfied")
    page = open_page(world.iframe(world.page(lang="en")), width=900)
    card = page.frame_locator("iframe").get_by_role("article")
    expect(card.locator(".band")).to_have_text("Very dissatisfied")
    refusal = world.page("a.b.c", lang="en")
    page.route("**/widget/customers/**", lambda route: route.fulfill(response=route.fetch(url=refusal), status=429))
    advance(page, seconds=61)
    expect(card.locator(".band")).to_have_text("No access")
    page.wait_for_function("heard.some(([, message]) => message.event === 'token-expired')")


def test_a_recommendation_is_told_as_its_readers_know_it(world, open_page):
    world.put_state("detractor")
    page = open_page(world.page(lang="en"))
    expect(page.locator(".band")).to_have_text("6 / 10 · Detractor")
    expect(page.get_by_text("Fell from 9 to 6")).to_be_visible()
    expect(page.locator(".zone")).to_have_text("Detractors: 0–6")
    assert "60" not in page.locator(".card").inner_text()


def test_an_old_answer_looks_old_and_says_so(world, open_page):
    world.put_state("old")
    page = open_page(world.page(lang="en"))
    expect(page.locator(".when")).to_contain_text("1 year ago")
    expect(page.locator(".when .chip")).to_have_text("Old answer")
    expect(page.locator(".hero")).to_have_css("outline-style", "dashed")
    world.put_state("dissatisfied")
    page.reload()
    expect(page.locator(".chip")).to_have_count(0)


def test_the_comment_leads(world, open_page):
    world.put_state("neutral")
    page = open_page(world.page(lang="sv"))
    expect(page.locator("blockquote").first).to_have_text("Support is great, billing is a mess.")


def test_print_shows_what_is_folded(world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(world.page(lang="en"), color_scheme="dark")
    page.emulate_media(media="print")
    assert page.get_by_text("Hur upplevde du vår support?").bounding_box()["height"] > 0
    expect(page.locator(".card")).to_have_css("color-scheme", "light")
