"""Browsers for the journeys of staff: Debian's chromium against the application on the loopback."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from followup.services.context import Services
from followup.web.app import create_app
from tests.conftest import REQUIRED
from tests.web.server import running
from tests.web.staff.conftest import _built, clinic, sqlite_database
from tests.web.staffed import PASSWORD

__all__ = ["_built", "clinic", "sqlite_database"]

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
Open = Callable[..., Page]


class RealClock:
    """Real time, which a journey may move ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the journeys of a file; a second Playwright beside an open one does not start."""
    if not CHROMIUM.exists():
        (pytest.fail if REQUIRED else pytest.skip)(f"needs {CHROMIUM}")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def real_clock() -> RealClock:
    """Real time."""
    return RealClock()


@pytest.fixture
def journey_services(sqlite_services: Services, real_clock: RealClock) -> Services:
    """The services of the clinic at work."""
    from dataclasses import replace

    return replace(sqlite_services, real_now=real_clock)


@pytest.fixture
def app(journey_services: Services) -> FastAPI:
    """The application."""
    return create_app(journey_services)


@pytest.fixture
def site(app: FastAPI, clinic: object) -> Iterator[str]:
    """Where it answers."""
    with running(app) as url:
        yield url


@pytest.fixture
def open_as(chromium: Browser, site: str) -> Iterator[Open]:
    """Opens a window in which somebody has signed in; a script that fails on any page fails the journey."""
    windows: list[BrowserContext] = []
    broken: list[str] = []

    def open_window(email: str | None, width: int = 1280, **given: Any) -> Page:
        window = chromium.new_context(viewport={"width": width, "height": 800}, base_url=site, **given)
        windows.append(window)
        page = window.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto("/")
        if email is not None:
            page.fill("#email", email)
            page.fill("#password", PASSWORD)
            page.click("button.main")
            page.wait_for_url("**/queue")
        return page

    yield open_window
    for window in windows:
        window.close()
    assert broken == []
