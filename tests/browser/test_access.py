"""Who may see a card: a good token for this customer, in a frame of the CRM. Customers' text stays text."""

import pytest
from playwright.sync_api import expect

from service.widget.gallery_summaries import demo_summary
from tests.browser.world import NOW

EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>"\'</q></blockquote>{{7*7}}'
BLOCKED = "frame-ancestors"


def evil_summary():
    summary = demo_summary("very_dissatisfied", NOW)
    latest = summary["latest"]
    latest["contact_id"] = latest["survey"]["name"] = EVIL
    latest["survey"] = {"id": 1, "name": EVIL}
    for answer in latest["answers"]:
        answer["question"] = answer["answer"] = EVIL
    return summary


@pytest.mark.parametrize("way", ["page", "component"])
def test_a_script_in_a_comment_stays_text(way, world, open_page):
    world.put(evil_summary())
    page = open_page(getattr(world, way)(lang="en"))
    expect(page.locator(".card blockquote").first).to_have_text(EVIL)
    page.get_by_text("Other answers").click()
    expect(page.locator(".comment blockquote")).to_have_text(EVIL)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".card img, .card script").count() == 0


@pytest.mark.parametrize("way", ["page", "component"])
def test_comments_show_only_with_their_scope(way, world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(getattr(world, way)(world.token(scopes=["results"]), lang="en"))
    expect(page.locator(".band")).to_have_text("Very dissatisfied")
    expect(page.get_by_text("Tre leveranser")).to_have_count(0)
    expect(page.get_by_text("Other answers (3)")).to_be_visible()


@pytest.mark.parametrize("way", ["page", "component"])
@pytest.mark.parametrize(
    ("kind", "said"),
    [("expired", "Access has expired"), ("forged", "No access"), ("foreign", "No access"), ("nonsense", "No access")],
)
def test_a_bad_token_shows_no_answer_and_no_trace_of_who_exists(way, kind, said, world, open_page):
    world.put_state("very_dissatisfied")
    token = {
        "expired": world.token_for("expired"),
        "forged": world.token_for("invalid"),
        "foreign": world.token("C-2"),
        "nonsense": "nonsense",
    }[kind]
    page = open_page(getattr(world, way)(token, lang="en"))
    expect(page.locator(".band")).to_have_text(said)
    known = page.locator(".card").inner_text()
    nobody = open_page(getattr(world, way)(token, customer="nobody", lang="en"))
    expect(nobody.locator(".band")).to_have_text(said)
    assert nobody.locator(".card").inner_text() == known
    assert "missnöjd" not in known


def test_the_crm_may_frame_the_card_and_a_stranger_may_not(world, open_page):
    world.put_state("very_dissatisfied")
    ours = open_page(world.iframe(world.page(lang="en")), width=900)
    expect(ours.frame_locator("iframe").locator(".band")).to_have_text("Very dissatisfied")
    theirs = open_page("about:blank", allow=(BLOCKED,))
    with theirs.expect_console_message(lambda message: BLOCKED in message.text):
        theirs.goto(world.iframe(world.page(lang="en"), origin=world.stranger))
    theirs.wait_for_load_state("networkidle")
    expect(theirs.frame_locator("iframe").locator(".band")).to_have_count(0)


def test_a_strangers_component_reads_nothing(world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page(world.component(origin=world.stranger, lang="en"), allow=("CORS policy", "ERR_FAILED"))
    expect(page.locator(".band")).to_have_text("Not available right now")


@pytest.mark.parametrize("way", ["page", "component"])
def test_no_cookie_and_no_referrer_leave_the_card(way, world, open_page):
    world.put_state("very_dissatisfied")
    page = open_page("about:blank")
    sent = []
    page.on("request", lambda request: sent.append((request.url, request.headers)))
    page.goto(getattr(world, way)(lang="en"))
    expect(page.locator(".band")).to_have_text("Very dissatisfied")
    assert page.context.cookies() == []
    for url, headers in sent:
        assert "cookie" not in headers
        if way == "page":
            assert not headers.get("referer")
        else:
            assert "eyJ" not in url or url.startswith(world.crm), "the component sends its token in a header alone"
