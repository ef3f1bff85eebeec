"""Every staff page in every state: nothing for axe to find, no sideways scrolling, link texts that tell apart."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.staff.conftest import Open
from tests.web.staffed import ADMIN, PASSWORD

pytestmark = pytest.mark.browser


def check(page: Page, width: int) -> None:
    """What holds for every page."""
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    twins = page.evaluate(
        """() => {
          const seen = new Map(); const twins = [];
          for (const link of document.querySelectorAll("a[href]")) {
            const words = link.textContent.trim().replace(/\\s+/g, " ");
            if (seen.has(words) && seen.get(words) !== link.href) twins.push(words);
            seen.set(words, link.href);
          }
          return twins;
        }"""
    )
    assert twins == [], page.url
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a.button, summary, input:not([type=hidden]), select")]
          .filter((each) => each.checkVisibility() && !each.closest(".vh") && !each.classList.contains("vh"))
          .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
          .filter(([, box]) => Math.min(box.width, box.height) < 20 ).map(([html]) => html)"""
    )
    assert small == [], page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_every_page_can_be_used_by_everyone(open_as: Open, width: int, scheme: Literal["light", "dark"]) -> None:
    page = open_as(None, width, color_scheme=scheme)
    check(page, width)
    page.fill("#email", ADMIN)
    page.fill("#password", "wrong")
    page.click("button.main")
    assert page.title().startswith("Error:")
    check(page, width)
    page.fill("#password", PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/queue")
    check(page, width)
    for tab in ("mine", "open", "resolved"):
        page.goto(f"/queue?tab={tab}")
        check(page, width)
    page.goto("/queue?tab=open")
    cases = [link.get_attribute("href") or "" for link in page.query_selector_all("li.row a.open")]
    assert len(cases) > 6
    for path in cases:
        page.goto(path)
        check(page, width)
    page.evaluate("document.querySelectorAll('details.act').forEach((each) => { each.open = true; })")
    check(page, width)
    page.evaluate("document.querySelector('#act-resolve form').noValidate = true")
    page.click("#act-resolve button.main")
    assert page.title().startswith("Error:")
    check(page, width)
    with_patient = page.locator(".facts a[href^='/patients/']").first
    path = with_patient.get_attribute("href") or ""
    procedure = page.locator(".facts a[href^='/procedures/']").first.get_attribute("href") or ""
    for each in (path, procedure, "/patients", "/procedures/new", "/procedures/import", "/protocols",
                 "/protocols/trigger-point-injection", "/admin", "/admin/audit", "/account", "/nowhere"):  # fmt: skip
        page.goto(each)
        check(page, width)
    page.goto("/patients")
    for words in ("Nobody", "4801137"):
        page.fill("#q", words)
        page.click("form.search button")
        check(page, width)
        page.goto("/patients")
    page.goto("/procedures/new")
    page.click("form.sheet button.main")
    check(page, width)
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.goto("/queue")
    page.click("#show-keys")
    check(page, width)
    page.keyboard.press("Escape")
    page.click("details.me summary")
    check(page, width)
    page.goto("/locked")
    check(page, width)


def test_eight_rows_stand_on_a_desk_screen_without_scrolling(open_as: Open) -> None:
    page = open_as(ADMIN)
    page.goto("/queue?tab=open")
    row = page.locator("li.row")
    last = row.nth(min(row.count(), 8) - 1).bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= 860


def test_a_case_prints_its_story_and_none_of_its_buttons(open_as: Open) -> None:
    page = open_as(ADMIN)
    page.locator("li.row a.open").first.click()
    page.emulate_media(media="print")
    assert page.locator(".timeline").is_visible()
    assert not page.locator(".acts").is_visible()
    assert not page.locator("header.bar").is_visible()
