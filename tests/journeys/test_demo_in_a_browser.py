"""The demo's whole path as a visitor walks it: record, send, write back, case, answer, resolve."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

from followup.embedded.processes import free_port

from .browser import chromium, complaints

pytestmark = pytest.mark.browser


@contextmanager
def demo(tmp_path: Path) -> Iterator[str]:
    """A running demo; yields its address once it says that it is open."""
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith("FOLLOWUP_")}
    command = [sys.executable, "-u", "-m", "followup.cli", "demo", "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=own, cwd=tmp_path
    ) as process:
        try:
            assert process.stdout is not None
            said: list[str] = []
            for line in process.stdout:
                said.append(line)
                if "Ctrl-C ends it" in line:
                    break
            assert process.poll() is None, "".join(said)
            assert not any("missing" in line for line in said), "".join(said)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert process.returncode == 0


def frame(page: Page, path: str) -> Frame:
    """The frame that shows a path."""
    return next(each for each in page.frames if re.search(path, each.url))


def record(page: Page, queue: Frame) -> None:
    """Record a trigger point injection for an invented patient."""
    page.get_by_role("link", name="Record a procedure").click()
    expect(queue.get_by_role("heading", name="Record a procedure")).to_be_visible()
    for name, value in (
        ("mrn", "L-2001"),
        ("birth_date", "1971-05-06"),
        ("given_name", "Vera"),
        ("family_name", "Stone"),
        ("phone", "312-555-0177"),
    ):
        queue.locator(f"[name={name}]").fill(value)
    queue.locator("[name=consent_sms]").check()
    queue.locator("main form button").last.click()
    expect(queue.get_by_text("Vera Stone").first).to_be_visible()


def next_event(page: Page) -> None:
    """Move the care clock to the next event and wait until it stands there."""
    clock = frame(page, "/demo/clock")
    before = clock.locator(".now time").get_attribute("datetime")
    clock.get_by_role("button", name="Next event").click()
    expect(clock.locator(".now time")).not_to_have_attribute("datetime", before or "", timeout=20_000)


def test_a_visitor_walks_the_whole_path(tmp_path: Path) -> None:
    with demo(tmp_path) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{address}/demo")
        queue = page.frame(name="queue")
        assert queue is not None
        expect(queue.get_by_role("heading", name="Queue")).to_be_visible()
        assert queue.locator(".row").count() >= 3, "a few cases are open already"
        record(page, queue)

        phone = next(each for each in page.frames if each not in (queue, page.main_frame) and "/demo" not in each.url)
        thread = phone.locator("#thread")
        next_event(page)
        picker = phone.locator("#picker")
        expect(picker).to_contain_text("555-0177", timeout=15_000)
        picker.select_option(label=next(text for text in picker.locator("option").all_inner_texts() if "0177" in text))
        expect(thread).to_contain_text("Please rest today")
        expect(thread).to_contain_text("Reply STOP to stop")

        queue.goto(f"{address}/queue")
        phone.locator("#words").fill("the swelling is getting worse")
        phone.locator("#composer .send").click()
        row = queue.locator(".row", has_text="Vera Stone")
        expect(row).to_be_visible(timeout=10_000)  # without reloading
        expect(row).to_contain_text("Urgent")
        expect(row.locator("mark").first).to_be_visible()

        row.get_by_role("button", name=re.compile("^Acknowledge")).click()
        expect(queue.get_by_role("heading", name="Answer")).to_be_visible()
        queue.locator("#answer-text").fill("Please put ice on it. I will call you at noon.")
        queue.get_by_role("button", name="Send the answer").click()
        expect(thread).to_contain_text("I will call you at noon", timeout=15_000)

        queue.locator("#act-resolve summary").click()
        queue.get_by_label("Self-care advice given").check()
        queue.get_by_role("button", name="Resolve", exact=True).click()
        expect(queue.get_by_text("Resolved").first).to_be_visible()
        assert problems == []


def test_axe_finds_nothing_on_the_demos_pages_and_nothing_scrolls_sideways(tmp_path: Path) -> None:
    with demo(tmp_path) as address, chromium() as browser:
        for width in (1280, 375):
            page = browser.new_page(viewport={"width": width, "height": 900})
            for path in ("/demo", "/demo/clock"):
                page.goto(f"{address}{path}")
                assert complaints(page) == [], f"{path} at {width}"
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
