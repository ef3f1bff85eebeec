"""A protocol's folder is checked whole: the shipped one passes, and each rule refuses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time

import pytest

from followup.domain.acuity import Acuity
from followup.domain.hours import SendingHours
from followup.domain.protocol_files import MAIN, ProtocolFiles
from followup.domain.schedule import ClinicRules
from followup.domain.triage import load_reader
from followup.gateways.render import TemplateTexts
from followup.paths import templates_dir
from followup.services.message_check import check_messages
from followup.services.protocol_check import (
    CheckData,
    check_data,
    check_protocol,
    check_protocol_folder,
    reading_of,
)

SLUG = "trigger-point-injection"
FOLDER = templates_dir() / "protocols" / SLUG
SHIPPED = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}


@pytest.fixture(scope="module")
def data() -> CheckData:
    return check_data(templates_dir())


def faults(data: CheckData, **changed: str | None) -> list[str]:
    """The faults of the shipped protocol with some files replaced; `__` in a name is a hyphen, `_` a dot."""
    files = dict(SHIPPED)
    for key, text in changed.items():
        name = key.replace("__", "-").replace("_", ".")
        assert name in files, name
        if text is None:
            del files[name]
        else:
            files[name] = text
    return [str(fault) for fault in check_protocol(ProtocolFiles(SLUG, files), data)]


def in_yaml(old: str, new: str) -> str:
    assert SHIPPED[MAIN].count(old) == 1, old
    return SHIPPED[MAIN].replace(old, new)


def test_the_shipped_protocol_has_no_fault_as_it_is_read_from_its_folder(data: CheckData) -> None:
    assert check_protocol_folder(FOLDER, replace(data, read=reading_of(load_reader()))) == []


def test_the_shipped_messages_have_no_fault(data: CheckData) -> None:
    assert check_messages(data) == []


def test_an_unknown_variable_is_refused_in_a_text_a_mail_and_a_screen(data: CheckData) -> None:
    found = faults(
        data,
        rest__today_en_sms_txt="{{ clinic }}: Rest, {{ given_nmae }}.",
        rest__today_es_email_txt="Subject: x\n\n{{ clinica }}",
        activity__48h_en_email_html="<p>{{ site }}</p>",
    )
    assert len(found) == 3
    assert found[0].startswith("rest-today.en.sms.txt line 1: the variable 'given_nmae' is filled by nothing")
    assert found[1].startswith("rest-today.es.email.txt line 3: ")


def test_a_text_message_names_nobody_by_itself(data: CheckData) -> None:
    (fault,) = faults(data, rest__today_en_sms_txt="{{ clinic }}: Rest, {{ given_name }}.")
    assert "the variable 'given_name' is filled by nothing" in fault


def test_a_value_inside_a_value_is_refused(data: CheckData) -> None:
    (fault,) = faults(data, rest__today_en_sms_txt="{{ clinic.name }}: Rest.")
    assert fault.startswith("rest-today.en.sms.txt: ")


def test_a_later_text_over_one_english_segment_is_refused(data: CheckData) -> None:
    found = faults(data, rest__today_en_sms_txt="{{ clinic }}: " + "Rest now. " * 13)
    assert found[0].startswith("rest-today.en.sms.txt: fills 2 segments as a later text, with 161 units in GSM-7")


def test_a_first_text_over_two_english_segments_is_refused(data: CheckData) -> None:
    found = faults(data, rest__today_en_sms_txt="{{ clinic }}: " + "Rest now. " * 28)
    assert any("as a first text" in fault and "the limit is 2" in fault for fault in found)
    assert any("as a first text with a given name" in fault and "the limit is 3" in fault for fault in found)


def test_a_text_is_counted_at_its_longest_weekday_and_names(data: CheckData) -> None:
    """It fits with "Friday at 1 pm" and a short clinic name, and does not with "Wednesday at 11 am" and a long one."""
    found = faults(data, activity__48h_en_sms_txt=SHIPPED["activity-48h.en.sms.txt"].strip() + " Ok.")
    assert any("as a later text, with 164 units" in fault for fault in found)


def test_a_spanish_text_has_its_own_limit(data: CheckData) -> None:
    found = faults(data, rest__today_es_sms_txt="{{ clinic }}: " + "Descanse ya. " * 14)
    assert any("4 segments as a later text" in fault and "the limit is 3" in fault for fault in found)


def test_a_curly_quote_pasted_into_a_text_costs_nothing_because_it_is_straightened(data: CheckData) -> None:
    assert faults(data, rest__today_en_sms_txt="{{ clinic }}: It’s time to rest today.") == []


def test_a_carriers_word_as_an_answer_is_refused(data: CheckData) -> None:
    changed = in_yaml("en: [better, improved, improving, gone]", "en: [better, 'yes']")
    (fault,) = faults(data, protocol_yaml=changed)
    assert "'yes' is a word that carriers act on" in fault


def test_a_missing_language_is_refused(data: CheckData) -> None:
    (fault,) = faults(data, day__two__check_es_sms_txt=None)
    assert fault.startswith("day-two-check.es.sms.txt: is missing")
    assert any("es is missing" in fault for fault in faults(data, protocol_yaml=in_yaml("[en, es]", "[en]")))


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("after your injection", "procedure"),
        ("for your neck", "body site"),
        ("the steroid works", "drug"),
        ("your fibromyalgia", "diagnosis"),
        ("your chest wall", "body site"),  # the protocol's own site
        ("your trigger point injection", "procedure"),  # the protocol's own name
    ],
)
def test_a_text_that_names_what_was_done_is_refused(data: CheckData, words: str, kind: str) -> None:
    found = faults(data, rest__today_en_sms_txt="{{ clinic }}: Rest\nnow, " + words + ".")
    assert any(fault.startswith("rest-today.en.sms.txt line 2: ") and f"names a {kind}" in fault for fault in found)


def test_a_spanish_text_that_names_what_was_done_is_refused(data: CheckData) -> None:
    (fault,) = faults(data, rest__today_es_sms_txt="{{ clinic }}: Descanse, es por la inyeccion.")
    assert "names a procedure" in fault


def test_an_email_subject_that_names_what_was_done_is_refused_and_its_body_may(data: CheckData) -> None:
    mail = SHIPPED["rest-today.en.email.txt"]
    (fault,) = faults(data, rest__today_en_email_txt=mail.replace("your first day at home", "your injection"))
    assert fault.startswith("rest-today.en.email.txt line 1: 'injection' names a procedure, and an email subject")
    body = mail.replace("Please rest.", "Rest your neck.")
    screen = SHIPPED["rest-today.en.email.html"].replace("Please rest.", "Rest your neck.")
    assert faults(data, rest__today_en_email_txt=body, rest__today_en_email_html=screen) == []


def test_a_text_above_grade_six_is_refused(data: CheckData) -> None:
    (fault,) = faults(data, rest__today_en_sms_txt="{{ clinic }}: Discontinue occupational exertion immediately.")
    assert "reads at grade" in fault
    (fault,) = faults(data, rest__today_es_sms_txt="{{ clinic }}: Interrumpa inmediatamente actividades ocupacionales.")
    assert "Fernández-Huerta" in fault


def test_steps_that_break_the_caps_are_refused(data: CheckData) -> None:
    found = faults(data, protocol_yaml=in_yaml("due: {after: 48h}", 'due: {day: 1, at: "15:00"}'))
    assert any("steps.activity-48h: breaks the caps" in fault for fault in found)


def test_a_time_that_quiet_hours_make_impossible_is_refused(data: CheckData) -> None:
    found = faults(data, protocol_yaml=in_yaml("due: {after: 1h}", 'due: {day: 0, at: "21:00"}'))
    assert any("steps.rest-today: its sms can never leave" in fault for fault in found)


def test_the_clinics_own_quiet_hours_are_what_counts(data: CheckData) -> None:
    short = replace(data, rules=ClinicRules(SendingHours(time(9), time(12))))
    assert any("can never leave" in fault for fault in faults(short))


def test_a_link_shortener_is_refused(data: CheckData) -> None:
    (fault,) = faults(data, rest__today_en_sms_txt="{{ clinic }}: Rest. See bit.ly/abc")
    assert "bit.ly is a link shortener" in fault


def test_a_flag_that_lowers_what_is_read_already_is_refused(data: CheckData) -> None:
    flag = "red_flags:\n  - {lang: en, acuity: routine, words: [chest pain]}"
    reads: Callable[[str, str], Acuity] = reading_of(load_reader())
    (fault,) = faults(replace(data, read=reads), protocol_yaml=in_yaml("red_flags: []", flag))
    assert "'chest pain' is read as" in fault
    raising = "red_flags:\n  - {lang: en, acuity: urgent, words: [hot to touch]}"
    assert faults(replace(data, read=reads), protocol_yaml=in_yaml("red_flags: []", raising)) == []


def test_a_text_that_does_not_say_who_writes_is_refused(data: CheckData) -> None:
    (fault,) = faults(data, rest__today_en_sms_txt="Please rest today.")
    assert "does not say who writes" in fault


def test_a_question_that_does_not_offer_its_answers_is_refused(data: CheckData) -> None:
    (fault,) = faults(data, day__two__check_en_sms_txt="{{ clinic }}: Is it better or worse?")
    assert "does not offer the answer 'same'" in fault


def test_a_mail_is_held_to_plain_words_full_addresses_and_its_answers_too(data: CheckData) -> None:
    hard = "Discontinue occupational exertion immediately. See bit.ly/abc"
    found = faults(
        data,
        day__two__check_en_email_txt=f"Subject: {{{{ clinic }}}}\n\n{hard}\n",
        day__two__check_en_email_html=f"<p>{hard}</p>",
    )
    for part in ("reads at grade", "bit.ly is a link shortener", "does not offer the answer 'better'"):
        assert any(fault.startswith("day-two-check.en.email.txt: ") and part in fault for fault in found), part


def test_the_name_in_front_on_a_shared_phone_is_counted(data: CheckData) -> None:
    sources = {**data.messages.sources, "shared-phone.en.sms.txt": "For {{ given_name }}, and nobody else, " * 6}
    found = faults(replace(data, messages=TemplateTexts(sources)))
    assert any("opening with a given name" in fault and "the limit is 2" in fault for fault in found)


def test_a_screen_that_says_something_else_than_the_plain_mail_is_refused(data: CheckData) -> None:
    screen = SHIPPED["rest-today.en.email.html"].replace("Please rest.", "Please run.")
    (fault,) = faults(data, rest__today_en_email_html=screen)
    assert fault.startswith("rest-today.en.email.html: says 'run")


def test_all_faults_of_all_files_are_told_at_once(data: CheckData) -> None:
    found = faults(
        data,
        protocol_yaml=in_yaml(
            "channels: [sms, email]\n    deliver: first", "channels: [sms, emial]\n    deliver: first"
        ),
        rest__today_en_sms_txt="{{ clinic }}: Rest your neck. See bit.ly/abc",
        activity__48h_es_sms_txt="{{ clinica }}",
        activity__48h_en_sms_txt=None,
    )
    for part in ("'emial'", "names a body site", "bit.ly", "'clinica'", "activity-48h.en.sms.txt: is missing"):
        assert any(part in fault for fault in found), part


def test_a_protocol_without_its_yaml_is_one_clear_fault(data: CheckData) -> None:
    assert faults(data, protocol_yaml=None) == ["protocol.yaml: is missing; it names the steps"]


def test_a_message_that_is_missing_stray_too_long_or_unknown_is_refused(data: CheckData) -> None:
    sources = dict(data.messages.sources)
    del sources["help.es.sms.txt"]
    sources["hepl.es.sms.txt"] = "x"
    sources["emergency.en.sms.txt"] = "{{ clinic }}: " + "Call 911 now. " * 20
    sources["opt-out.en.sms.txt"] = "{{ clinic }}: Bye, {{ name }}."
    sources["opt-in.en.email.txt"] = "Subject: your injection\n\nYou will hear from us."
    found = [str(fault) for fault in check_messages(replace(data, messages=TemplateTexts(sources)))]
    assert len(found) == 5
    for part in (
        "help.es.sms.txt: is missing",
        "hepl.es.sms.txt: is no message",
        "emergency.en.sms.txt: fills 3 segments",
        "opt-out.en.sms.txt line 1: the variable 'name'",
        "opt-in.en.email.txt line 1: 'injection' names a procedure",
    ):
        assert any(fault.startswith(part) for fault in found), part
