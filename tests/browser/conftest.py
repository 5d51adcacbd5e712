"""A real Chromium, the card's service on one origin, and a CRM on another; time stands where the test puts it."""

import os
from contextlib import ExitStack
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import MISSING, chromium
from tests.browser.world import NOW, World, crm_app, service_app
from tests.harness.http import served
from tests.harness.waiting import PATIENCE

MOST = PATIENCE * 1000  # milliseconds
expect.set_options(timeout=MOST)


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


# Not for the whole session: Playwright's loop runs in this thread for as long as it lives.
@pytest.fixture(scope="package")
def browser():
    with chromium() as browser:
        if browser is None and os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        if browser is None:
            pytest.skip(MISSING)
        yield browser


@pytest.fixture
def world():
    """The service and the CRM, on two origins. The CRM alone may frame the card and read the API."""
    world = World()
    with ExitStack() as stack:
        world.crm = stack.enter_context(served(crm_app(world)))
        world.stranger = stack.enter_context(served(crm_app(world)))
        world.service = stack.enter_context(served(service_app(world)))
        yield world


@pytest.fixture
def open_page(browser, world):
    """Open an address with a reader's settings; closes what it opened. Any error in a page fails the test."""
    contexts, errors = [], []

    def open_page(address, *, at=NOW, width=400, allow=(), **settings):
        settings = {"locale": "en-GB", "timezone_id": "UTC", "viewport": {"width": width, "height": 900}} | settings
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(MOST)
        if settings.get("java_script_enabled", True):
            page.clock.install(time=at)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: _note(errors, message, allow))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def _note(errors, message, allow):
    """Keep what the console calls an error, but for answers that the test itself asks for."""
    if message.type == "error" and not any(word in message.text for word in ("status of", *allow)):
        errors.append(message.text)


@pytest.fixture
def advance(world):
    """Let time pass for the service and for the page alike."""

    def advance(page, **span):
        passed = timedelta(**span)
        world.now += passed
        page.clock.fast_forward(int(passed.total_seconds() * 1000))

    return advance
