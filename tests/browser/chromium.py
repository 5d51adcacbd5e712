"""A real Chromium that reaches nothing but this machine."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.harness.processes import START_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NAMES = ("/usr/bin/chromium", "chromium", "google-chrome")
MISSING = "No Chromium found (looked for " + ", ".join(NAMES) + "): install the package chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@contextlib.contextmanager
def chromium() -> Iterator[Browser | None]:
    """None where none is installed."""
    path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if path is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=START_SECONDS * 1000)
        yield browser
        browser.close()
