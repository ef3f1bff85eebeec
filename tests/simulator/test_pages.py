"""The page of a patient's phone and mailbox, in a browser and behind its content policy."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from followup.simulator import FaultRule, Misbehaviour, Person, RunningSimulator, SimulatorSettings
from tests.simulator.conftest import ADA, BEN, CLINIC
from tests.simulator.listener import Listener
from tests.simulator.mailbox.conftest import clinic_mail, inbox, send

FRAME = "http://127.0.0.1:8000"


@pytest.fixture
def settings(settings: SimulatorSettings) -> SimulatorSettings:
    people = (Person("Ada Brennan", ADA, "ada@patients.example"), Person("Ben Ortiz", BEN, language="es"))
    return replace(settings, people=people, frame_ancestors=(FRAME,), clinic_name="Lakeside")


@pytest.fixture
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Debian's chromium")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


def test_the_page_allows_its_own_script_only_and_one_frame_around_it(sim: RunningSimulator) -> None:
    page = requests.get(sim.carrier_url, timeout=10)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.endswith(f"frame-ancestors 'self' {FRAME}")
    for name in ("phone.css", "phone.js", "icon.svg"):
        assert requests.get(f"{sim.carrier_url}/page/{name}", timeout=10).status_code == 200
    assert requests.get(f"{sim.carrier_url}/page/pages.py", timeout=10).status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (375, 720)])
def test_a_visitor_reads_texts_answers_and_sends_a_photo(
    sim: RunningSimulator, listener: Listener, browser: Any, width: int, height: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(sim.carrier_url)
    page.get_by_text("No texts yet").wait_for()
    sim.text_without_waiting(ADA, CLINIC, "Hello <b>there</b>")
    page.locator(".bubble", has_text="Hello <b>there</b>").wait_for()

    page.get_by_role("button", name="The swelling is getting worse").click()
    page.keyboard.press("Enter")
    page.locator(".bubble", has_text="The swelling is getting worse").wait_for()
    page.get_by_role("button", name="Send a photo").click()
    page.get_by_role("button", name="Red streaks").click()
    page.locator(".bubble img").wait_for()
    sim.settle()
    forms = listener.forms("/inbound")
    assert [form["Body"] for form in forms] == [
        "Hello <b>there</b>",
        "The swelling is getting worse",
        "There are red lines now",
    ]
    assert forms[-1]["MediaContentType0"] == "image/png"

    assert [found["id"] for found in axe.run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert troubles == []
    page.close()


@pytest.mark.browser
def test_a_visitor_reads_and_answers_mail(sim: RunningSimulator, browser: Any) -> None:
    mail = clinic_mail()
    mail.add_alternative("<p>How are <b>you</b>?</p>", subtype="html")
    send(sim, mail)
    page = browser.new_page(viewport={"width": 375, "height": 720})
    page.goto(sim.carrier_url)
    page.get_by_role("tab", name="Mail").click()
    page.get_by_role("button", name="Checking in").click()
    page.frame_locator("iframe").get_by_text("How are you?").wait_for()
    page.get_by_label("Your answer").fill("Worse since last night")
    page.get_by_role("button", name="Send answer").click()
    page.get_by_role("button", name="Re: Checking in").wait_for()
    page.close()
    with inbox(sim) as box:
        (answer,) = box.fetch(mark_seen=False)
    assert answer.text.startswith("Worse since last night")


@pytest.mark.browser
def test_a_text_that_did_not_arrive_looks_so_and_another_phone_can_be_chosen(
    sim: RunningSimulator, browser: Any
) -> None:
    sim.misbehave(FaultRule(Misbehaviour.OUTCOME, number=BEN, code=30006))
    settings = sim.simulator.settings
    url = f"{sim.carrier_url}/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
    form = {"To": BEN, "From": CLINIC, "Body": "¿Cómo está?"}
    requests.post(url, data=form, auth=(settings.account_sid, settings.auth_token), timeout=10)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(sim.carrier_url)
    page.get_by_role("button", name="Ben Ortiz").click()
    page.get_by_text("did not arrive (30006)").wait_for()
    assert page.get_by_role("button", name="Mucho mejor, gracias").is_visible()
    page.close()


@pytest.mark.browser
def test_a_phone_that_rings_elsewhere_is_named_and_can_be_shown(sim: RunningSimulator, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 720})
    page.goto(sim.carrier_url)
    page.get_by_text("No texts yet").wait_for()
    settings = sim.simulator.settings
    url = f"{sim.carrier_url}/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
    form = {"To": BEN, "From": CLINIC, "Body": "¿Cómo está?"}
    requests.post(url, data=form, auth=(settings.account_sid, settings.auth_token), timeout=10)
    page.get_by_text("New text for Ben Ortiz").wait_for()
    page.get_by_role("button", name="Show").click()
    page.locator(".bubble", has_text="¿Cómo está?").wait_for()
    assert page.get_by_label("Whose phone").input_value() == BEN
    page.close()
