"""The component over time: it asks with ETags, rests while hidden, tells its age, and lets the host renew its token."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from service.widget.gallery_summaries import demo_summary
from tests.browser.world import CUSTOMER, NOW, service_app, under
from tests.harness.http import served
from tests.harness.waiting import until

API = "/satisfaction"


@pytest.fixture
def card(world, open_page):
    """A component on the CRM's page, showing a very dissatisfied customer."""
    world.put(demo_summary("very_dissatisfied", NOW))
    page = open_page(world.component(lang="en"), allow=("ERR_FAILED", "CORS policy"))
    expect(page.locator(".band")).to_have_text("Very dissatisfied")
    return page


def statuses(world):
    return [status for _, _, status in world.asked]


def next_reply(page):
    return page.expect_response(lambda response: response.url.endswith(API) and response.request.method == "GET")


def hide(page, hidden):
    page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange')) }",
        hidden,
    )


def settle(page, world):
    """Let whatever the page had begun to ask arrive first."""
    page.evaluate("url => fetch(url).then(reply => reply.text())", f"{world.service}/embed.js")


def settle_refusals(page, world):
    """Let every refusal reach the host as well, which sets its next token at once."""
    settle(page, world)
    until(lambda: page.evaluate("expired.length") == statuses(world).count(401), what="a host that has heard")


def set_attributes(page, **attributes):
    page.locator("netigate-satisfaction").evaluate(
        "(card, all) => { for (const [name, value] of Object.entries(all)) card.setAttribute(name, value) }", attributes
    )


def test_it_asks_again_when_told_to_and_with_what_it_knows(card, world, advance):
    assert world.asked == [(CUSTOMER, None, 200)]
    with next_reply(card) as reply:
        advance(card, seconds=61)
    assert [status for _, _, status in world.asked] == [200, 304]
    assert world.asked[1][1] == reply.value.headers["etag"]
    expect(card.locator(".band")).to_have_text("Very dissatisfied")


def test_a_304_renews_the_age(card, world, advance):
    expect(card.locator(".fresh")).to_have_text("Updated 2 minutes ago")
    world.age = 0
    with next_reply(card):
        advance(card, seconds=61)
    expect(card.locator(".fresh")).to_have_text("Updated just now")
    assert statuses(world) == [200, 304]


def test_an_age_that_no_sweep_renews_is_asked_about_in_full(card, world, advance):
    world.age, world.stale = 120 + 61, True
    advance(card, seconds=61)
    expect(card.locator(".fresh")).to_have_text("Netigate has not answered since 14:03")
    assert statuses(world) == [200, 304, 200]


def test_a_new_answer_replaces_the_old(card, world, advance):
    world.put(demo_summary("satisfied", NOW))
    advance(card, seconds=61)
    expect(card.locator(".band")).to_have_text("Satisfied")
    assert statuses(world) == [200, 200]


def test_a_fold_stays_open_and_focused_over_a_refresh(card, world, advance):
    card.get_by_text("Other answers").click()
    with next_reply(card):
        advance(card, seconds=61)
    expect(card.locator("details").first).to_have_attribute("open", "")
    expect(card.locator("summary").first).to_be_focused()


def test_it_rests_while_hidden_and_catches_up_when_shown(card, world, advance):
    hide(card, hidden=True)
    advance(card, minutes=30)
    settle(card, world)
    assert statuses(world) == [200]
    with next_reply(card):
        hide(card, hidden=False)
    expect(card.locator(".band")).to_have_text("Access has expired")  # 30 minutes are more than the token had


def test_shown_again_before_its_time_it_waits_for_its_time(card, world, advance):
    hide(card, hidden=True)
    advance(card, seconds=20)
    hide(card, hidden=False)
    settle(card, world)
    assert statuses(world) == [200]
    with next_reply(card):
        advance(card, seconds=41)


def test_taken_out_of_the_page_it_asks_no_more(card, world, advance):
    card.locator("netigate-satisfaction").evaluate("card => card.remove()")
    advance(card, minutes=30)
    hide(card, hidden=False)
    settle(card, world)
    assert statuses(world) == [200]


def test_it_tells_the_host_that_the_token_is_over_and_goes_on_with_a_new_one(card, world, advance):
    advance(card, minutes=16)
    expect(card.locator(".band")).to_have_text("Access has expired")
    expect(card.get_by_text("Mycket missnöjd")).to_have_count(0)
    assert card.evaluate("expired") == ["netigate-satisfaction"]  # bubbled up to the window
    advance(card, minutes=60)
    hide(card, hidden=False)
    settle(card, world)
    assert statuses(world) == [200, 401], "an ended token is not tried again"
    set_attributes(card, token=world.token())
    expect(card.locator(".band")).to_have_text("Very dissatisfied")
    with next_reply(card):
        advance(card, seconds=61)


def test_a_host_that_renews_at_once_is_heard(card, world, advance):
    card.evaluate(
        "token => addEventListener('token-expired', event => event.target.setAttribute('token', token))",
        world.token(seconds=80_000),
    )
    world.put(demo_summary("satisfied", NOW))
    advance(card, minutes=16)
    expect(card.locator(".band")).to_have_text("Satisfied")
    assert statuses(world) == [200, 401, 200]


def test_a_host_that_renews_with_bad_tokens_is_slowed_down(card, world, advance):
    card.evaluate(
        "token => addEventListener('token-expired', event => event.target.setAttribute('token', token))",
        world.token_for("invalid"),
    )
    advance(card, minutes=16)
    expect(card.locator(".band")).to_have_text("No access")
    # Not far ahead: a question that is on its way would be given up after ten seconds.
    card.clock.pause_at(datetime.fromtimestamp(card.evaluate("Date.now()") / 1000 + 5, UTC))
    settle_refusals(card, world)
    before, tenths = len(world.asked), 0

    def asked_thrice():
        nonlocal tenths
        card.clock.run_for(100)
        tenths += 1
        return len(world.asked) - before >= 3

    until(asked_thrice, what="three more questions")
    settle_refusals(card, world)
    # One for each half second, and perhaps the one that was on its way when the clock was stopped.
    assert len(world.asked) - before <= tenths / 5 + 1


def test_another_customer_is_asked_for_once_and_never_shown_under_the_old_name(card, world):
    world.put(demo_summary("satisfied", NOW), "C-2")
    card.locator("netigate-satisfaction").evaluate(
        "(card, token) => { card.setAttribute('customer', 'C-2'); card.setAttribute('token', token);"
        "window.left = card.shadowRoot.textContent }",
        world.token("C-2"),
    )
    assert card.evaluate("left") == ""
    expect(card.locator(".band")).to_have_text("Satisfied")
    assert world.asked == [(CUSTOMER, None, 200), ("C-2", None, 200)]


def test_another_language_is_spoken_at_once(card):
    set_attributes(card, lang="fi")
    expect(card.locator(".band")).to_have_text("Erittäin tyytymätön")


def test_a_service_that_is_away_leaves_the_answer_and_says_since_when(card, world, advance):
    world.away = True
    advance(card, seconds=61)
    expect(card.locator(".fresh")).to_have_text("No connection since 14:05")
    expect(card.locator(".band")).to_have_text("Very dissatisfied")
    world.away = False
    advance(card, seconds=31)
    expect(card.locator(".fresh")).to_have_text("Updated 2 minutes ago")


def test_a_service_that_was_never_reached_is_tried_again(world, open_page, advance):
    world.put_state("unavailable")
    page = open_page(world.component(lang="en"))
    expect(page.locator(".band")).to_have_text("Not available right now")
    world.put_state("satisfied")
    advance(page, seconds=31)
    expect(page.locator(".band")).to_have_text("Satisfied")


def test_without_a_token_it_asks_the_host_for_one(world, open_page):
    world.put(demo_summary("satisfied", NOW))
    page = open_page(f"{world.crm}/component?customer=C-2&lang=en")
    expect(page.locator(".band")).to_have_text("No access")
    assert page.evaluate("expired") == ["netigate-satisfaction"]


def test_src_names_the_service_where_the_script_came_from_elsewhere(world, open_page):
    world.put(demo_summary("satisfied", NOW))
    page = open_page(world.component(lang="en", src=world.service))
    expect(page.locator(".band")).to_have_text("Satisfied")


def test_two_cards_on_a_page_share_their_texts(world, open_page):
    world.put(demo_summary("satisfied", NOW))
    page = open_page("about:blank")
    kits = []
    page.on("request", lambda request: kits.append(request.url) if "/kit/" in request.url else None)
    page.goto(world.component(lang="en"))
    page.evaluate(
        "const card = document.querySelector('netigate-satisfaction'); card.parentNode.append(card.cloneNode())"
    )
    expect(page.locator(".band")).to_have_text(["Satisfied", "Satisfied"])
    assert len(kits) == 1


@pytest.mark.parametrize("way", ["page", "component", "component with src", "gallery"])
def test_the_service_may_stand_under_a_path(way, world, open_page):
    world.put_state("very_dissatisfied", "C-1001")
    app = service_app(world, "https://results.example.com/netigate")
    with served(under("/netigate", app)) as origin:
        world.service = f"{origin}/netigate"
        if way == "page":
            page = open_page(world.page(customer="C-1001", lang="en"))
            expect(page.locator("html")).to_have_css("color-scheme", "light dark")
            expect(page.locator(".title")).to_have_css("font-weight", "600")
            page.wait_for_function("document.querySelector('time').textContent")
        elif way == "gallery":
            page = open_page(f"{world.service}/demo", width=1200)
            expect(page.frame_locator("iframe").first.locator(".band")).to_be_visible()
        else:
            more = {"src": world.service} if "src" in way else {}
            page = open_page(world.component(customer="C-1001", lang="en", **more))
        expect(page.locator("article .band").first).to_have_text("Very dissatisfied")
