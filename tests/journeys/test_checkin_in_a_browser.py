"""The check-in page as a patient uses it: on small and large screens, in both languages, with and without script."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from followup.gateways.clock import MovableClock
from followup.services.context import Services
from followup.web.app import create_app
from tests.conftest import REQUIRED
from tests.domain.test_photos import png
from tests.services.checkin.knocking import Asked, asked
from tests.web.server import running

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
SAID = {
    "en": {"3": "Worse", "hot": "it is hot", "nurse": "A nurse", "alarm": "I can't breathe", "over": "is over"},
    "es": {"3": "Peor", "hot": "está caliente", "nurse": "Una enfermera", "alarm": "no puedo respirar",
           "over": "Ya pasó el tiempo"},
}  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for this file."""
    if not CHROMIUM.exists():
        (pytest.fail if REQUIRED else pytest.skip)(f"needs {CHROMIUM}")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


def check(page: Page, width: int) -> None:
    """What holds for every page: axe finds nothing, nothing scrolls sideways, targets are large, 911 is there."""
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, select, textarea, input:not([type=radio], [type=checkbox]), label:has(input)")]
          .filter((each) => each.checkVisibility() && !each.closest("footer, p:not(.urgent-bar)"))
          .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
          .filter(([, box]) => box.height < 44 || box.width < 36).map(([html]) => html)"""  # noqa: E501
    )
    assert small == [], page.url
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = page.locator(".urgent-bar a").bounding_box()
    assert box is not None
    assert box["y"] >= 0, "the way to 911 stays in sight"
    page.evaluate("window.scrollTo(0, 0)")


def born(page: Page, day: str = "3") -> None:
    """Give a birth date."""
    page.select_option("#month", "2")
    page.fill("#day", day)
    page.fill("#year", "1970")
    page.click("main button")


def window(chromium: Browser, width: int, *, script: bool, scheme: Literal["light", "dark"] = "light") -> Any:
    """A window of that width."""
    return chromium.new_context(
        viewport={"width": width, "height": 640}, java_script_enabled=script, color_scheme=scheme
    )


@pytest.mark.parametrize("width", [320, 375, 1280])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_state_can_be_used_by_everyone(
    chromium: Browser, sqlite_services: Services, clock: MovableClock, language: str, width: int
) -> None:
    ana = asked(sqlite_services, clock, language=language)
    words = SAID[language]
    scheme: Literal["light", "dark"] = "dark" if width == 375 else "light"
    with running(create_app(ana.services)) as site:
        opened: BrowserContext = window(chromium, width, script=True, scheme=scheme)
        page = opened.new_page()
        page.goto(f"{site}/c/{ana.token}?lang={language}")
        check(page, width)
        born(page, "9")
        check(page, width)
        assert page.title().startswith("Error: ")
        assert page.evaluate("document.activeElement.id") == "problem"
        born(page)
        check(page, width)
        page.click("main button")
        check(page, width)
        page.get_by_text(words["3"], exact=True).click()
        page.click("main button")
        check(page, width)
        page.get_by_role("radio", name="4").check()
        page.click("main button")
        check(page, width)
        page.fill("textarea", words["hot"])
        page.click("main button")
        check(page, width)
        page.set_input_files("#photo", {"name": "a.txt", "mimeType": "image/png", "buffer": b"no picture"})
        page.click(".upload button")
        check(page, width)
        page.set_input_files("#photo", {"name": "a.png", "mimeType": "image/png", "buffer": png()})
        page.click(".upload button")
        check(page, width)
        assert page.evaluate("document.querySelector('.photos img').decode().then(() => true)")
        page.click(".ways a.button")
        check(page, width)
        page.click(".review a >> nth=2")
        assert page.input_value("textarea") == words["hot"]
        page.go_back()
        page.click("main .ways button")
        check(page, width)
        assert words["nurse"] in page.inner_text("main")
        page.go_back()
        assert page.url.partition("?")[0].endswith("/done"), "going back shows what was sent, not the form"
        assert len(ana.house.replies) == 1
        opened.close()


@pytest.mark.parametrize("language", ["en", "es"])
def test_without_script_an_emergency_a_closed_page_and_a_locked_one(
    chromium: Browser, sqlite_services: Services, clock: MovableClock, language: str
) -> None:
    ana: Asked = asked(sqlite_services, clock, language=language)
    words = SAID[language]
    with running(create_app(ana.services)) as site:
        opened: BrowserContext = window(chromium, 320, script=False)
        page = opened.new_page()
        page.goto(f"{site}/c/{ana.token}?lang={language}")
        born(page)
        page.goto(f"{site}/c/{ana.token}/3?lang={language}")
        page.fill("textarea", words["alarm"])
        page.click("main button")
        assert "911" in page.inner_text("[role=alert] h1")
        assert page.get_attribute(".alarm a", "href") == "tel:911"
        assert ana.house.cases[0].acuity == "emergency"
        clock.move(timedelta(days=6))
        opened.clear_cookies()
        page.goto(f"{site}/c/{ana.token}?lang={language}")
        assert words["over"] not in page.inner_text("main")
        for day in range(4, 12):
            if page.locator("#day").count():
                born(page, str(day))
        assert page.get_attribute("main a.button", "href") == "tel:312-555-0199"
        opened.close()
