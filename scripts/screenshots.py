"""Photographs the gallery into docs/screenshots. Needs a Chromium; reaches nothing but this machine."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, jsonify

from service.widget.gallery_summaries import demo_summary
from service.widget.options import WidgetOptions
from service.widget.routes import widget_blueprint
from tests.browser.chromium import MISSING, chromium
from tests.harness.http import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OUT = Path(__file__).parents[1] / "docs" / "screenshots"
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)  # fixed, so that the pictures change only with the card
SECTIONS = {"light": ("hosts", "states", "languages"), "dark": ("hosts", "states")}  # of the gallery, by colour scheme


@dataclass(frozen=True)
class Stopped:
    """A clock that stands still, and summaries that are invented."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Go on at once."""

    def summary(self, customer_id: str, *, comments: bool) -> dict[str, Any]:  # noqa: ARG002
        return (demo_summary("very_dissatisfied", NOW) or {}) | {"customer_id": customer_id}


def gallery_app() -> Flask:
    """Serve the gallery and the one API route that its live component reads."""
    app = Flask("gallery")
    stopped = Stopped()
    options = WidgetOptions(
        "a-secret-of-this-script-only-32-bytes", (), (), 900, "https://results.example.com", demo=True
    )
    app.register_blueprint(widget_blueprint(options, stopped, stopped, ready=lambda: True))
    app.add_url_rule(
        "/v1/customers/<path:customer>/satisfaction",
        view_func=lambda customer: jsonify(stopped.summary(customer, comments=True)),
    )
    return app


def show(browser: Browser, base: str, path: str, *, width: int, scheme: str = "light") -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 700},
        color_scheme=scheme,  # type: ignore[arg-type]
        device_scale_factor=1 if path == "/demo" else 2,  # one card is shown larger than the gallery
        timezone_id="Europe/Stockholm",
        locale="en-GB",
        bypass_csp=True,  # Playwright's own waiting is code made of text
    )
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    page.goto(base + path)
    for frame in page.locator("iframe").all():
        frame.evaluate("frame => { frame.loading = 'eager' }")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("[...document.querySelectorAll('iframe')].every(frame => frame.height !== '420')")
    return page


def photograph(browser: Browser, base: str) -> None:
    for scheme, sections in SECTIONS.items():
        page = show(browser, base, "/demo", width=1400, scheme=scheme)
        page.locator("netigate-satisfaction .card").wait_for()
        for section in sections:
            page.locator(f"#in-{section}").screenshot(path=OUT / f"{section}-{scheme}.png")
        page.context.close()
    cards = [("card", "very_dissatisfied", "en", 320, "light"), ("card-dark", "very_dissatisfied", "en", 320, "dark")]
    cards += [("card-narrow", "very_dissatisfied", "fi", 160, "light"), ("card-nps", "detractor", "en", 320, "light")]
    for name, state, lang, width, scheme in cards:
        page = show(browser, base, f"/demo/card?state={state}&lang={lang}", width=width, scheme=scheme)
        page.locator("main").screenshot(path=OUT / f"{name}.png")
        page.context.close()


def main() -> int:
    """Make the pictures. Exit status 1 where there is no Chromium."""
    OUT.mkdir(parents=True, exist_ok=True)
    with served(gallery_app()) as address, chromium() as browser:
        if browser is None:
            print(MISSING, file=sys.stderr)
            return 1
        photograph(browser, address)
    for picture in sorted(OUT.glob("*.png")):
        print(picture.relative_to(OUT.parents[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
