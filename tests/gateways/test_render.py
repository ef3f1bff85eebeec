"""The words of messages, made from templates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from followup.domain.delivery import Channel
from followup.domain.errors import ConfigurationError
from followup.domain.protocol_files import ProtocolFiles
from followup.domain.segments import Alphabet, weigh
from followup.gateways.render import TemplateTexts
from followup.paths import templates_dir

SMS, EMAIL = Channel.SMS, Channel.EMAIL
MESSAGES = {
    "shared-phone.en.sms.txt": "For {{ given_name }}:\n",
    "first-contact.en.sms.txt": "Reply STOP to stop.\n",
    "frame.en.email.txt": "{{ body }}\n\n{{ clinic }}{% if address %}, {{ address }}{% endif %} {{ unsubscribe_url }}",
    "frame.en.email.html": "<html><title>{{ subject }}</title>{{ body }}<p>{{ clinic }}</p></html>",
    "emergency.en.sms.txt": "{{ clinic }}: Call 911.",
    "emergency.es.sms.txt": "{{ clinic }}: Llame al 911.",
    "emergency.en.email.txt": "Subject: {{ clinic }}: read now\n\nCall 911.\n",
    "emergency.es.email.txt": "Subject: {{ clinic }}: lea ahora\n\nLlame al 911.\n",
    "staff-answer.en.sms.txt": "{{ staff }}: {{ answer }}",
    "staff-answer.en.email.txt": "Subject: An answer\n\n{{ answer }}\n",
    "page.en.email.txt": "Subject: {{ initials }} needs you\n\n{{ url }}\n",
}
FILES = ProtocolFiles(
    "trial",
    {
        "rest.en.sms.txt": "{{ clinic }}: Rest.\n",
        "rest.es.sms.txt": "{{ clinic }}: Descanse.\n",
        "rest.en.email.txt": "Subject: {{ clinic }}: today\n\nHello {{ given_name }}, rest.\n",
        "rest.en.email.html": "<p>Hello {{ given_name }}, rest.</p>\n",
    },
)
WORDS = {"clinic": "Lakeside", "given_name": "Ana"}
TEXTS = TemplateTexts(MESSAGES)


def broken(source: str, words: Mapping[str, str] = WORDS) -> str:
    with pytest.raises(ConfigurationError) as refused:
        TEXTS.step(ProtocolFiles("x", {"rest.en.sms.txt": source}), "rest", "en", SMS, words)
    return str(refused.value)


def test_a_later_text_is_its_template_alone() -> None:
    made = TEXTS.step(FILES, "rest", "en", SMS, WORDS)
    assert (made.text, made.subject, made.html) == ("Lakeside: Rest.", None, None)


def test_a_first_text_carries_the_first_contact_lines() -> None:
    assert TEXTS.step(FILES, "rest", "en", SMS, WORDS, first=True).text == "Lakeside: Rest.\nReply STOP to stop."


def test_on_a_shared_phone_a_text_opens_with_the_given_name() -> None:
    assert TEXTS.step(FILES, "rest", "en", SMS, WORDS, name_first=True).text == "For Ana: Lakeside: Rest."


def test_a_variable_that_nothing_fills_is_an_error_that_names_the_file() -> None:
    message = broken("Hello {{ nmae }}")
    assert "rest.en.sms.txt" in message
    assert "'nmae' is undefined" in message


def test_an_error_in_a_template_never_tells_a_value() -> None:
    assert "Ana" not in broken("{{ given_name + 1 }}")
    assert "Ana" not in broken("{{ given_name.secret }}")


def test_a_template_cannot_reach_beyond_its_values() -> None:
    assert "unsafe" in broken("{{ given_name.__class__.__mro__ }}") or "undefined" in broken(
        "{{ given_name.__class__.__mro__ }}"
    )
    assert "rest.en.sms.txt" in broken("{% include 'other' %}")
    assert "rest.en.sms.txt" in broken("{{ 1 / 0 }}")


def test_a_missing_text_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"rest\.es\.email\.txt is missing"):
        TEXTS.step(FILES, "rest", "es", EMAIL, WORDS)


def test_a_mail_is_framed_in_plain_words_and_for_screens() -> None:
    made = TEXTS.step(FILES, "rest", "en", EMAIL, {**WORDS, "unsubscribe_url": "https://c.example/u"})
    assert made.subject == "Lakeside: today"
    assert made.text == "Hello Ana, rest.\n\nLakeside https://c.example/u"
    assert made.html == "<html><title>Lakeside: today</title><p>Hello Ana, rest.</p><p>Lakeside</p></html>"


def test_what_stands_in_a_name_is_escaped_on_screens_and_not_in_plain_words() -> None:
    made = TEXTS.step(FILES, "rest", "en", EMAIL, {**WORDS, "given_name": "<b>A&B</b>"})
    assert "<b>" not in (made.html or "")
    assert "&lt;b&gt;A&amp;B" in (made.html or "")
    assert "Hello <b>A&B</b>" in made.text


def test_a_value_cannot_add_a_line_to_the_head_of_a_mail() -> None:
    made = TEXTS.step(FILES, "rest", "en", EMAIL, {**WORDS, "clinic": "Lake\r\nBcc: a@example.com"})
    assert made.subject == "Lake Bcc: a@example.com: today"


def test_a_value_is_never_read_as_a_template() -> None:
    made = TEXTS.message("staff-answer", "en", SMS, {"staff": "Ann", "answer": "{{ clinic }} {% raw %}"})
    assert made.text == "Ann: {{ clinic }} {% raw %}"


def test_a_mail_without_a_subject_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="does not begin with a line"):
        TEXTS.step(ProtocolFiles("x", {"rest.en.email.txt": "Hello"}), "rest", "en", EMAIL, WORDS)


def test_a_message_without_its_own_screen_shows_its_words_as_paragraphs() -> None:
    made = TEXTS.message("staff-answer", "en", EMAIL, {**WORDS, "staff": "Ann", "answer": "Yes <now>.\nAnd\n\nthen."})
    assert "<p>Yes &lt;now&gt;.<br>And</p>\n<p>then.</p>" in (made.html or "")


def test_a_page_to_staff_has_no_frame() -> None:
    made = TEXTS.message("page", "en", EMAIL, {"initials": "AL", "url": "https://c.example/1"})
    assert (made.subject, made.text, made.html) == ("AL needs you", "https://c.example/1", None)


def test_two_languages_make_one_message_with_one_frame() -> None:
    words = dict.fromkeys(("en", "es"), WORDS)
    assert (
        TEXTS.message_in("emergency", words, SMS, ("es", "en")).text == "Lakeside: Llame al 911.\nLakeside: Call 911."
    )
    mail = TEXTS.message_in("emergency", words, EMAIL, ("en", "es"))
    assert mail.subject == "Lakeside: read now"
    assert (mail.html or "").count("<html>") == 1
    assert "Call 911.</p>\n<p>Llame al 911." in (mail.html or "")


def test_an_english_text_keeps_to_one_alphabet_where_only_accents_cost_it() -> None:
    words = {"clinic": "Clínica Río", "given_name": "Sofía"}
    made = TEXTS.step(FILES, "rest", "en", SMS, words, name_first=True)
    assert made.text == "For Sofia: Clinica Rio: Rest."
    assert weigh(made.text).alphabet is Alphabet.GSM7


def test_a_spanish_text_keeps_its_accents() -> None:
    assert TEXTS.step(FILES, "rest", "es", SMS, {"clinic": "Clínica Río"}).text == "Clínica Río: Descanse."


def test_what_staff_write_keeps_its_letters_and_loses_only_curly_punctuation() -> None:
    made = TEXTS.message("staff-answer", "en", SMS, {"staff": "Ann", "answer": "Sí, it’s fine…"})
    assert made.text == "Ann: Sí, it's fine..."


@dataclass
class Clinic:
    sender_name: str = "Lakeside"
    phone: str = "+13125550100"
    zone: str = "America/Chicago"
    settings: dict[str, Any] = field(
        default_factory=lambda: {"address": "1 Main St", "hours": {"mon": ["09:00-12:00"]}}
    )


def test_the_clinics_words_come_from_its_settings() -> None:
    assert TEXTS.clinic_words(Clinic(), "en") == {
        "clinic": "Lakeside",
        "phone": "312-555-0100",
        "hours": "Mon 9 am-noon",
        "address": "1 Main St",
    }


def test_the_texts_of_the_installation_are_found_from_any_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    texts = TemplateTexts.from_folder(templates_dir() / "messages")
    assert "emergency.es.sms.txt" in texts.sources


def test_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Any) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        TemplateTexts.from_folder(tmp_path / "none")
