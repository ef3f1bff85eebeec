"""A mail opened on a screen: narrow and wide, light and dark, with nothing for axe to find."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from followup.domain.delivery import Channel
from followup.domain.patient import LANGUAGES
from followup.domain.texts_samples import longest_words
from followup.gateways.protocols import FolderProtocols
from followup.gateways.render import TemplateTexts
from followup.paths import templates_dir
from tests.conftest import REQUIRED

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        (pytest.fail if REQUIRED else pytest.skip)(f"needs {CHROMIUM}")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_of_a_plan_can_be_read_on_a_phone_and_on_a_desk(
    browser: Browser, language: str, scheme: Literal["light", "dark"]
) -> None:
    texts = TemplateTexts.from_folder(templates_dir() / "messages")
    source = FolderProtocols(templates_dir() / "protocols")
    words = {**longest_words(language), "unsubscribe_url": "https://clinic.example/u/1"}
    for files in source.current().values():
        for step in source.read(files).steps:
            mail = texts.step(files, step.slug, language, Channel.EMAIL, words)
            for width in (375, 1280):
                page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                page.set_content(mail.html or "")
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                found = Axe().run(page).response["violations"]
                assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
                page.close()
