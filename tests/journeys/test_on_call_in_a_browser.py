"""An administrator sets a rota with a hole, is told of it, mends it, goes live, and proves the ladder by a drill."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from followup.gateways.clock import MovableClock
from followup.services import staff
from followup.services.context import Services
from followup.store.models import Clinic

from .browser import chromium, complaints
from .wired import NUMBER, Wired, wired

pytestmark = pytest.mark.browser

MAIL, PASSWORD, PHONE = "ada@lake.example", "seven green herons", "+13125550140"
# Two browsers' worth of work on a busy machine; nothing here asserts how long something takes.
_PATIENCE = 30_000


@pytest.fixture
def house(sqlite_services: Services, clock: MovableClock) -> Iterator[Wired]:
    """A clinic that is not live yet, wired to the simulated world."""
    with wired(sqlite_services, clock) as found:
        with found.services.db.write() as tx:
            tx.get_one(Clinic, found.clinic.id).held_since = clock.now()
        staff.add(found.services, found.clinic.id, MAIL, "Ada Lindqvist", "admin", PASSWORD)
        yield found


def hours(page: Page, days: list[str]) -> None:
    """Whole days on call for Ada, on some days of each week."""
    form = page.locator("#weekly")
    form.get_by_label("Who").select_option(label="Ada Lindqvist")
    for day in days:
        form.get_by_label(day, exact=True).check()
    form.get_by_label("From").fill("00:00")
    form.get_by_label("To", exact=True).fill("24:00")
    form.get_by_role("button", name="Add to every week").click()


def test_a_hole_in_the_rota_is_named_mended_and_the_drill_is_answered_on_the_phone(house: Wired) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(_PATIENCE)
        expect.set_options(timeout=_PATIENCE)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(house.address)
        page.get_by_label("Mail address").or_(page.locator("input[name=email]")).first.fill(MAIL)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("form button").first.click()
        expect(page.get_by_text("Not live")).to_be_visible()

        page.goto(f"{house.address}/account")
        page.get_by_label("Mobile number").fill("312-555-0140")
        page.locator("#page-mobile-agree").check()
        page.get_by_role("button", name="Save the mobile number").click()
        expect(page.get_by_text("Not confirmed")).to_be_visible()

        page.goto(f"{house.address}/admin/rota")
        hours(page, ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"])
        page.get_by_role("link", name="Coverage").click()
        expect(page.get_by_text("Sun 8 Mar 00:00 to Mon 9 Mar 00:00: nobody can be paged")).to_be_visible()
        page.get_by_role("button", name="Go live").click()
        expect(page.get_by_role("alert")).to_contain_text("Sun 8 Mar 00:00")
        assert complaints(page) == []

        page.get_by_role("link", name="Rota", exact=True).click()
        hours(page, ["Sun"])
        assert complaints(page) == []
        page.get_by_role("link", name="Ladder").click()
        for _ in range(3):
            page.get_by_role("button", name="Remove rung 2").click()
        expect(page.get_by_role("button", name="Remove rung 2")).to_have_count(0)
        assert complaints(page) == []
        page.get_by_role("link", name="Coverage").click()
        page.get_by_role("button", name="Go live").click()
        expect(page.get_by_role("heading", name="The clinic is live")).to_be_visible()

        page.get_by_role("link", name="Drill", exact=True).click()
        expect(page.get_by_text("There was none yet")).to_be_visible()
        page.get_by_role("button", name="Start a drill").click()
        expect(page.get_by_role("heading", name="A drill is running")).to_be_visible()
        house.send_due()
        assert "drill" in house.world.thread(PHONE)[-1].body.lower()
        assert complaints(page) == []
        house.world.text(PHONE, NUMBER, "1")
        # The page hears of it by itself.
        expect(page.get_by_text("Passed")).to_be_visible()
        expect(page.get_by_text("answered by text after")).to_be_visible()
        assert complaints(page) == []

        page.goto(f"{house.address}/account")
        expect(page.get_by_text("Confirmed")).to_be_visible()
        page.set_viewport_size({"width": 375, "height": 800})
        for path in ("rota", "ladder", "coverage", "drill"):
            page.goto(f"{house.address}/admin/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 375, path
