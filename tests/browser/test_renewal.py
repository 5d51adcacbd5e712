"""A record that stays open longer than a card's token lives: its host brings another, and the card goes on.

The hosts are stand-ins at the hosts' own addresses, which the browser is given by the test; nothing leaves the machine.
"""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from flask import Flask, redirect, request

from service.crm.options import CardOptions, CrmOptions, SalesforceOptions
from service.crm.refusals import install_refusals
from service.crm.salesforce import salesforce_blueprint
from tests.browser.conftest import MOST
from tests.browser.world import CUSTOMER, SECRET, WorldClock, service_app
from tests.examples.examples import EXAMPLES, load
from tests.harness.http import served

MODULES = Path(__file__).parents[1] / "examples" / "node_modules"
SALESFORCE = "https://acme.my.salesforce.com"
CONSUMER_SECRET = "INVENTED0SALESFORCE0CONSUMER0SECRET"
# Canvas's own script where npm has brought it (make examples-tools), and what it does for us where not.
REAL_SDK = MODULES / "@salesforce" / "canvas-js-sdk" / "js" / "canvas-all.js"
SDK = """
window.Sfdc = { canvas: { client: { repost: (refresh) => parent.postMessage(JSON.stringify(
  { body: { type: "repost", refresh }, targetModule: "Canvas" }), "*") } } };
"""
RECORD = """<!doctype html><title>Account</title><link rel="icon" href="data:,">
<form method="post" target="canvas-frame-1" action="%s"><input name="signed_request" value="%s"></form>
<iframe name="canvas-frame-1" width="400" height="700"></iframe>
<script>
  const post = () => document.forms[0].submit();
  const asks = (data) => typeof data === "string" && JSON.parse(data).body.type === "repost";
  addEventListener("message", ({ data }) => asks(data) && post());
  post();
</script>"""


def signed_request():
    envelope = {
        "algorithm": "HMACSHA256",
        "client": {"instanceUrl": SALESFORCE, "oauthToken": "invented"},
        "context": {
            "user": {"language": "en_US"},
            "organization": {"organizationId": "00Dx00000001hxyEAA"},
            "environment": {"record": {"Id": CUSTOMER}},
        },
    }
    text = base64.b64encode(json.dumps(envelope).encode())
    return base64.b64encode(hmac.digest(CONSUMER_SECRET.encode(), text, hashlib.sha256)).decode() + "." + text.decode()


class Posts:
    """Counts what a host's page asked of an app."""

    def __init__(self, app, path):
        self.app, self.path, self.count = app, path, 0

    def __call__(self, environ, start_response):
        self.count += environ["PATH_INFO"] == self.path
        return self.app(environ, start_response)


@pytest.fixture
def late_page(browser, world):
    """A page of a host at its own address, whose clock the test moves."""
    # The hosts' addresses are public ones, the apps are on loopback.
    permissions = ["local-network-access"]
    context = browser.new_context(
        permissions=permissions, locale="en-GB", timezone_id="UTC", viewport={"width": 420, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(MOST)
    page.clock.install(time=world.now)
    yield page
    context.close()


def await_scripts(page):
    """Until the scripts in the frames have run, nothing there counts the time."""
    page.wait_for_load_state("networkidle")
    for frame in page.frames:
        frame.wait_for_load_state("load")


@pytest.mark.parametrize("sdk", ["stand-in", "npm"])
def test_salesforce_posts_again_when_the_cards_token_has_ended(world, late_page, advance, sdk):
    if sdk == "npm" and not REAL_SDK.is_file():
        pytest.skip("npm's @salesforce/canvas-js-sdk is not installed: make examples-tools")
    script = REAL_SDK.read_text("utf-8") if sdk == "npm" else SDK
    world.put_state("very_dissatisfied")
    app = service_app(world, ancestors=("'self'", "https://*.salesforce.com"))
    posts = Posts(app.wsgi_app, "/crm/salesforce/canvas")
    app.wsgi_app = posts
    with served(app) as address:
        card = CardOptions(address, SECRET, 900)
        app.register_blueprint(salesforce_blueprint(SalesforceOptions(CONSUMER_SECRET, card), WorldClock(world)))
        record = RECORD % (f"{address}/crm/salesforce/canvas", signed_request())
        late_page.route(f"{SALESFORCE}/**", lambda route: route.fulfill(body=script, content_type="text/javascript"))
        late_page.route(f"{SALESFORCE}/record", lambda route: route.fulfill(body=record, content_type="text/html"))
        late_page.goto(f"{SALESFORCE}/record")
        inner = late_page.frame_locator("iframe").frame_locator("iframe")
        for times in (1, 2, 3):
            assert inner.locator("article[data-state=answered]").get_attribute("data-band") == "very_dissatisfied"
            assert posts.count == times
            await_scripts(late_page)
            with late_page.expect_response("**/crm/salesforce/canvas"):
                advance(late_page, seconds=901)


def super_id(signed_in):
    """SuperID for somebody who is signed in: back at once, with a code."""
    app = Flask("super_id")

    @app.get("/authorize")
    def authorize():
        signed_in.append(request.args["state"])
        return redirect(f"{request.args['redirect_uri']}?code=abc&state={request.args['state']}", 303)

    return app


@pytest.fixture
def superoffice(world, monkeypatch):
    """The panel server's address and who signed in; its SuperOffice knows one company, and may frame the card."""
    monkeypatch.setenv("SUPEROFFICE_TENANT", "Cust12345")
    server = load(EXAMPLES / "superoffice" / "panel_server.py", "panel_server", monkeypatch)
    known = {"Api": "https://app.superoffice.com/Cust12345/api", "IsRunning": True, "ContactId": CUSTOMER}
    signed_in = []

    def reply(_address, **_options):
        return SimpleNamespace(ok=True, status_code=200, json=lambda: known | {"access_token": "user"})

    http = SimpleNamespace(get=reply, post=reply, RequestException=requests.RequestException)
    with served(server.app) as own, served(super_id(signed_in)) as sign_in:
        card = served(service_app(world, ancestors=(own, "https://*.superoffice.com")))
        with card as address:
            values = {
                "requests": http, "time": SimpleNamespace(time=WorldClock(world).monotonic), "WIDGET_SECRET": SECRET,
                "OWN_URL": own, "PUBLIC_URL": address, "SIGN_IN": sign_in,
            }  # fmt: skip
            for name, value in values.items():
                monkeypatch.setattr(server, name, value)
            yield own, signed_in


def test_superoffices_panel_goes_back_to_its_address_when_the_cards_token_has_ended(
    world, late_page, advance, superoffice
):
    own, signed_in = superoffice
    world.put_state("very_dissatisfied")
    company = f'<!doctype html><title>Company</title><iframe src="{own}/panel?contact=7&amp;lang=sv"></iframe>'
    late_page.route(
        "https://app.superoffice.com/**", lambda route: route.fulfill(body=company, content_type="text/html")
    )
    late_page.goto("https://app.superoffice.com/Cust12345")
    inner = late_page.frame_locator("iframe").frame_locator("iframe")
    for times in (1, 2, 3):
        card = inner.locator("article[data-state=answered]")
        assert (card.get_attribute("data-band"), card.get_attribute("lang")) == ("very_dissatisfied", "sv-SE")
        assert len(signed_in) == times
        await_scripts(late_page)
        with late_page.expect_response("**/signed-in?*"):
            advance(late_page, seconds=901)


def test_a_refused_request_is_readable_in_the_hosts_frame(world, late_page):
    app = service_app(world)
    crm = CrmOptions(salesforce=SalesforceOptions(CONSUMER_SECRET, CardOptions("http://127.0.0.1", SECRET, 900)))
    app.register_blueprint(salesforce_blueprint(crm.salesforce, WorldClock(world)))
    install_refusals(app, crm, WorldClock(world))
    with served(app) as address:
        record = RECORD % (f"{address}/crm/salesforce/canvas", "forged." + signed_request())
        late_page.route(f"{SALESFORCE}/record", lambda route: route.fulfill(body=record, content_type="text/html"))
        late_page.goto(f"{SALESFORCE}/record")
        page = late_page.frame_locator("iframe")
        assert page.locator("article[data-state=invalid] .band").inner_text() == "No access"
        assert "ask your administrator" in page.locator(".hint").inner_text()
