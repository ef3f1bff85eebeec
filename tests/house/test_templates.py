"""Every text that ships passes its own check, and every mail is a page that any reader can use."""

from pathlib import Path

import pytest

from followup.domain.delivery import Channel
from followup.domain.patient import LANGUAGES
from followup.domain.texts import MESSAGE_VARIABLES, SMS_ONLY, TO_STAFF
from followup.domain.texts_samples import plain_words
from followup.domain.triage import load_reader
from followup.gateways.protocols import FolderProtocols
from followup.paths import templates_dir
from followup.services.message_check import check_messages
from followup.services.protocol_check import check_data, check_protocol_folder, reading_of

TEMPLATES = templates_dir()
FOLDERS = sorted(path for path in (TEMPLATES / "protocols").iterdir() if path.is_dir())
MAILS = sorted(set(MESSAGE_VARIABLES) - SMS_ONLY - TO_STAFF - {"frame"})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_protocol_that_ships_has_no_fault(folder: Path) -> None:
    assert check_protocol_folder(folder, check_data(TEMPLATES, read=reading_of(load_reader()))) == []


def test_every_message_that_ships_has_no_fault() -> None:
    assert check_messages(check_data(TEMPLATES)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_says_its_language_its_title_and_how_to_stop(language: str) -> None:
    texts = check_data(TEMPLATES).messages
    words = {**plain_words(language), "unsubscribe_url": "https://clinic.example/u/1"}
    source = FolderProtocols(TEMPLATES / "protocols")
    made = [texts.message(name, language, Channel.EMAIL, words) for name in MAILS]
    for files in source.current().values():
        made += [
            texts.step(files, step.slug, language, Channel.EMAIL, words)
            for step in source.read(files).steps
            if Channel.EMAIL in step.channels
        ]
    for mail in made:
        page = mail.html or ""
        assert f'<html lang="{language}"' in page
        assert f"<title>{mail.subject}</title>" in page
        assert 'role="main"' in page
        assert 'href="https://clinic.example/u/1"' in page
        assert "https://clinic.example/u/1" in mail.text
        assert "911" in mail.text
        assert "<script" not in page
        assert "http://" not in page
        assert "<img" not in page, "nothing is fetched when a mail is opened"
