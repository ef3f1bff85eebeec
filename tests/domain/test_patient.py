"""How contact facts are read from what was given."""

from datetime import date

import pytest

from followup.domain.consent import Unreachable
from followup.domain.delivery import Channel
from followup.domain.errors import InvalidInput
from followup.domain.patient import parse_birth_date, parse_email, parse_language, parse_zone
from tests.domain.plans import patient

TODAY = date(2026, 6, 1)


def refusal(call: object, *arguments: object) -> str:
    with pytest.raises(InvalidInput) as refused:
        call(*arguments)  # type: ignore[operator]
    return str(refused.value)


def test_a_zone_by_its_name_is_accepted() -> None:
    assert parse_zone(" America/Chicago ") == "America/Chicago"
    assert parse_zone("UTC") == "UTC"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("America/Chicgo", "America/Chicago"),
        ("america/chicago", "America/Chicago"),
        ("Chicago", "America/Chicago"),
        ("new york", "America/New_York"),
        ("Central Time", "America/Chicago"),
        ("Eastern Standard Time", "America/New_York"),
    ],
)
def test_an_unknown_zone_is_refused_with_a_close_name(text: str, hint: str) -> None:
    assert f"did you mean {hint}" in refusal(parse_zone, text)


@pytest.mark.parametrize(("text", "hint"), [("EST", "America/New_York"), ("MST", "America/Denver")])
def test_an_abbreviation_that_stands_still_in_summer_is_refused(text: str, hint: str) -> None:
    assert hint in refusal(parse_zone, text)


def test_a_zone_like_none_is_refused_with_an_example() -> None:
    assert "such as America/Chicago" in refusal(parse_zone, "Mars/Base")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("es", "es"),
        ("es-MX", "es"),
        ("es_US", "es"),
        ("Spanish", "es"),
        ("Español", "es"),
        ("EN", "en"),
        ("English (US)", "en"),
    ],
)
def test_a_language_is_read_by_code_and_by_name(text: str, language: str) -> None:
    choice = parse_language(text)
    assert (choice.language, choice.supported) == (language, True)


def test_a_language_we_cannot_write_falls_to_the_clinics_with_a_flag() -> None:
    choice = parse_language("Tagalog", default="es")
    assert (choice.language, choice.asked, choice.supported) == ("es", "Tagalog", False)


def test_no_language_is_the_clinics_without_a_flag() -> None:
    assert parse_language(None, default="es").supported
    assert parse_language("  ", default="es").language == "es"


def test_a_mail_address_keeps_its_name_and_lowers_its_domain() -> None:
    assert parse_email(" Ana.Lopez+care@Example.COM ") == "Ana.Lopez+care@example.com"
    assert parse_email("mailto:ana@example.com") == "ana@example.com"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("ana", "no @"),
        ("ana@@example.com", "more than one @"),
        ("ana@example", "no complete domain"),
        ("ana@example.", "no complete domain"),
        ("ana@10.0.0.1", "no complete domain"),
        ("ana@-example.com", "no complete domain"),
        ("a@example.com, b@example.com", "more than one address"),
        ("ana lopez@example.com", "more than one address"),
        ("a..b@example.com", "cannot carry"),
        (".ana@example.com", "cannot carry"),
        ("ana(x)@example.com", "cannot carry"),
        ("añá@example.com", "outside a-z"),
        ("a" * 65 + "@example.com", "too long"),
        ("ana\n@example.com", "more than one address"),
    ],
)
def test_a_mail_address_that_cannot_work_is_refused_with_its_reason(text: str, why: str) -> None:
    assert why in refusal(parse_email, text)


def test_a_birth_date_is_read_from_year_month_day() -> None:
    assert parse_birth_date("1960-03-04", TODAY) == date(1960, 3, 4)
    assert parse_birth_date(date(2026, 6, 1), TODAY) == TODAY


@pytest.mark.parametrize("text", ["03/04/1960", "4 March 1960", "1960-02-30", "", "1960"])
def test_a_birth_date_that_may_be_two_days_or_none_is_refused(text: str) -> None:
    assert "year-month-day" in refusal(parse_birth_date, text, TODAY)


def test_a_birth_date_that_cannot_be_is_refused() -> None:
    assert "future" in refusal(parse_birth_date, "2026-06-02", TODAY)
    assert "130 years" in refusal(parse_birth_date, "1895-06-01", TODAY)


def test_death_and_withdrawal_close_every_channel() -> None:
    for channel in (Channel.SMS, Channel.EMAIL):
        assert patient().unreachable(channel) is None
        assert patient(deceased=True, withdrawn=True).unreachable(channel) is Unreachable.DECEASED
        assert patient(withdrawn=True).unreachable(channel) is Unreachable.WITHDRAWN


def test_each_channel_looks_at_its_own_address_and_consent() -> None:
    assert patient(phone=None).unreachable(Channel.SMS) is Unreachable.NO_ADDRESS
    assert patient(phone=None).unreachable(Channel.EMAIL) is None
    texts_only = patient("America/Chicago", Channel.SMS)
    assert texts_only.unreachable(Channel.EMAIL) is Unreachable.CONSENT_MISSING
