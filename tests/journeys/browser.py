"""A headless Chromium for journeys: Debian's, started by Playwright, with the network it must not use left alone."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, or a skip that says what is missing; where nothing may be skipped, a failure."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("FOLLOWUP_REQUIRE_SERVERS") == "1":
            pytest.fail("chromium is not installed, and this run must not skip")
        pytest.skip("needs Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def complaints(page: Page | Frame) -> list[str]:
    """What axe finds on a page or in a frame, each with the first place where it stands."""
    results = Axe().run(page)  # type: ignore[arg-type]
    return [f"{found['id']}: {found['nodes'][0]['html'][:160]}" for found in results.response["violations"]]
