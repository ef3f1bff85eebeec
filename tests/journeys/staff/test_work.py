"""A nurse at work in a real browser: by keyboard, without script, with a screen that locks, with words half typed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from followup.gateways.celery_queue import CeleryQueue
from followup.services.context import Services
from followup.services.replies.receive import InboundText, receive_text
from followup.web.app import create_app
from tests.conftest import REDIS, need
from tests.journeys.staff.conftest import Open, RealClock
from tests.web.server import running
from tests.web.staffed import ADMIN, NUMBER, NURSE, PASSWORD

pytestmark = pytest.mark.browser


def write(services: Services, phone: str, words: str) -> None:
    """A patient writes."""
    receive_text(services, InboundText(f"SM-{phone}-{words}", phone, NUMBER, words))


def test_the_whole_work_is_done_without_script(open_as: Open) -> None:
    page = open_as(NURSE, java_script_enabled=False)
    page.click("text=Take the next case")
    expect(page.locator(".said")).to_have_text("This case is yours.")
    page.fill("#answer-text", "Call 911 now, please.")
    page.click("text=Send the answer")
    expect(page.locator(".timeline")).to_contain_text("Call 911 now, please.")
    page.click("#act-contact summary")
    page.select_option("#contact-outcome", "reached")
    page.click("text=Record the contact")
    expect(page.locator(".timeline")).to_contain_text("spoke with the patient")
    page.click("#act-resolve summary")
    page.check("#disposition-emergency_care")
    page.click("#act-resolve button.main")
    expect(page.locator(".said")).to_have_text("The case was resolved.")
    page.click("text=Resolved today")
    expect(page.locator(".queue")).to_contain_text("Emergency care")


def test_a_case_is_worked_by_keyboard_alone(open_as: Open) -> None:
    page = open_as(NURSE)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("li.row.here")).to_have_count(1)
    expect(page.locator("li.row.here")).to_contain_text("Walter Okonkwo")
    page.keyboard.press("a")
    page.wait_for_url("**/cases/*")
    page.keyboard.press("r")
    page.keyboard.type("Calling you now. a r n e d j k")
    expect(page.locator("#answer-text")).to_have_value("Calling you now. a r n e d j k")
    expect(page.locator("[data-segments]")).to_have_text("55 characters, 1 segment")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_text("Your answer is on its way.")
    page.keyboard.press("d")
    expect(page.locator("#act-resolve")).to_have_attribute("open", "")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/queue")


def test_single_keys_can_be_switched_off(open_as: Open) -> None:
    page = open_as(NURSE)
    page.goto("/account")
    page.uncheck("#shortcuts")
    page.locator("form:has(#shortcuts) button").click()
    page.goto("/queue")
    page.keyboard.press("j")
    expect(page.locator("li.row.here")).to_have_count(0)
    expect(page.locator("kbd.hint").first).to_be_hidden()


def test_half_typed_words_outlive_a_reload_a_lock_and_another_desk(open_as: Open, real_clock: RealClock) -> None:
    page = open_as(NURSE)
    page.locator("li.row a.open").first.click()
    case = page.url
    with page.expect_response("**/drafts"):
        page.fill("#answer-text", "I was about to say")
    page.reload()
    expect(page.locator("#answer-text")).to_have_value("I was about to say")
    real_clock.ahead = timedelta(minutes=16)
    page.goto("/queue")
    expect(page.locator("h1")).to_have_text("Locked")
    expect(page.locator("body")).not_to_contain_text("Okonkwo")
    page.fill("#password", PASSWORD)
    page.click("text=Unlock")
    page.goto(case)
    expect(page.locator("#answer-text")).to_have_value("I was about to say")
    other = open_as(NURSE)
    other.goto(case)
    expect(other.locator("#answer-text")).to_have_value("I was about to say")


def test_a_saved_phrase_fills_the_answer_and_counts_its_segments(open_as: Open) -> None:
    page = open_as(NURSE)
    page.goto("/queue?tab=open")
    page.locator("li.row", has_text="Gonzalez").locator("a.open").click()
    page.click("text=Saved phrases")
    page.click("text=Cuénteme más")
    words = "Hola, Maria. ¿Qué ha cambiado desde ayer?"
    expect(page.locator("#answer-text")).to_have_value(words)
    expect(page.locator("[data-segments]")).to_contain_text("1 segment")


@pytest.mark.redis
def test_a_new_case_appears_without_reloading_and_takes_neither_focus_nor_words(
    journey_services: Services, chromium: Browser, clinic: object
) -> None:
    services = replace(journey_services, queue=CeleryQueue(need(REDIS, "Redis", "FOLLOWUP_TEST_BROKER_URL")))
    with running(create_app(services)) as site:
        window = chromium.new_context(base_url=site)
        page, case = window.new_page(), window.new_page()
        page.goto("/")
        page.fill("#email", ADMIN)
        page.fill("#password", PASSWORD)
        page.click("button.main")
        page.wait_for_url("**/queue")
        page.goto("/queue?tab=open")
        rows = page.locator("li.row").count()
        page.locator("li.row", has_text="Gonzalez").locator("a.open").focus()
        case.goto("/queue?tab=open")
        case.locator("li.row", has_text="Gonzalez").locator("a.open").click()
        case.fill("#answer-text", "Half a sen")
        write(services, "+13125550119", "it is getting much worse and I have a fever")
        expect(page.locator("li.row")).to_have_count(rows + 1, timeout=20_000)
        expect(page.locator("li.row", has_text="Abara")).to_be_visible()
        assert "Gonzalez" in page.evaluate("document.activeElement.textContent")
        write(services, "+13125550111", "ahora no puedo respirar bien")
        expect(case.locator("#timeline")).to_contain_text("ahora no puedo respirar bien", timeout=20_000)
        expect(case.locator("#answer-text")).to_have_value("Half a sen")
        expect(case.locator("#fresh")).to_be_visible()
        case.click("text=Send the answer")
        expect(case.locator(".trouble")).to_contain_text("Something came in")
        expect(case.locator("#answer-text")).to_have_value("Half a sen")
        window.close()


def test_a_lost_connection_is_shown_and_goes_away_by_itself(open_as: Open) -> None:
    page = open_as(NURSE)
    page.context.set_offline(True)
    page.evaluate("() => Promise.resolve()")
    expect(page.locator("#lost")).to_be_visible(timeout=40_000)
    page.context.set_offline(False)
    expect(page.locator("#lost")).to_be_hidden(timeout=40_000)


def test_words_typed_without_a_line_are_kept_once_it_is_back_and_hidden_when_the_screen_must_lock(
    open_as: Open,
) -> None:
    page = open_as(NURSE)
    page.clock.install()
    page.locator("li.row a.open").first.click()
    page.context.set_offline(True)
    page.fill("#answer-text", "Said into the void")
    page.clock.run_for(16 * 60_000)
    expect(page.locator("#veil")).to_be_visible()
    expect(page.locator("#banner")).to_be_hidden()
    page.context.set_offline(False)
    page.clock.run_for(10_000)
    page.wait_for_url("**/locked*")
    other = open_as(NURSE)
    other.locator("li.row a.open").first.click()
    expect(other.locator("#answer-text")).to_have_value("Said into the void")


@pytest.mark.redis
def test_others_see_who_looks_and_who_types_and_that_they_left(
    journey_services: Services, chromium: Browser, clinic: object
) -> None:
    services = replace(journey_services, queue=CeleryQueue(need(REDIS, "Redis", "FOLLOWUP_TEST_BROKER_URL")))
    # Two web processes that share nothing but the broker and the database.
    with running(create_app(services)) as first, running(create_app(services)) as second:
        windows = [chromium.new_context(base_url=site) for site in (first, second)]
        rosa, ada = (window.new_page() for window in windows)
        for page, address in ((rosa, NURSE), (ada, ADMIN)):
            page.goto("/")
            page.fill("#email", address)
            page.fill("#password", PASSWORD)
            page.click("button.main")
            page.wait_for_url("**/queue")
        rosa.goto("/queue?tab=open")
        row = rosa.locator("li.row", has_text="Gonzalez").locator("[data-presence]")
        rosa.wait_for_timeout(1000)
        ada.goto("/queue?tab=open")
        ada.locator("li.row", has_text="Gonzalez").locator("a.open").click()
        expect(row).to_contain_text("is looking", timeout=15_000)
        ada.fill("#answer-text", "Hol")
        expect(row).to_contain_text("is typing", timeout=15_000)
        ada.goto("/patients")
        expect(row).not_to_contain_text("is looking", timeout=15_000)
        expect(row).to_contain_text("opened", timeout=15_000)
        for window in windows:
            window.close()
