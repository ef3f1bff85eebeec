"""Reading requests to record a procedure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from followup.domain.errors import InvalidInput
from followup.domain.intake import differences, parse_performed_at, parse_procedure

NOW = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)


def request(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "source": "ehr",
        "external_id": "v-1",
        "protocol": "tpi",
        "performed_at": "2026-03-03T09:00:00-06:00",
        "patient": {"mrn": "1", "given_name": "Rosa", "family_name": "Delgado", "birth_date": "1961-05-17"},
    }
    for key, value in changes.items():
        group, _, name = key.partition("__")
        target = body[group] if name else body
        target[name or group] = value
    return body


def faults(body: Any, *, textual: bool = False) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        parse_procedure(body, now=NOW, textual=textual)
    return {fault.field: fault.message for fault in caught.value.faults}


def test_one_request_has_one_written_form() -> None:
    one = parse_procedure(request(patient__phone="(312) 555-0101", patient__email="Rosa@EXAMPLE.com"), now=NOW)
    other = parse_procedure(
        request(
            source=" ehr ",
            performed_at="2026-03-03T15:00:00Z",
            office="",
            patient__phone="+13125550101",
            patient__email="Rosa@example.com",
            patient__family_name="Delgado ",
            patient__language=None,
        ),
        now=NOW,
    )
    assert differences(one.as_json(), other.as_json()) == []


def test_differences_name_what_was_added_dropped_or_changed() -> None:
    one = parse_procedure(request(office="North", patient__consent={"sms": True}), now=NOW)
    other = parse_procedure(request(body_site="neck", patient__consent={"sms": False}), now=NOW)
    assert differences(one.as_json(), other.as_json()) == ["body_site", "office", "patient.consent.sms"]


def test_a_request_without_anything_names_all_that_is_missing() -> None:
    assert set(faults({})) == {"source", "external_id", "protocol", "performed_at", "patient"}
    assert set(faults(request(patient={}))) == {
        f"patient.{name}" for name in ("mrn", "given_name", "family_name", "birth_date")
    }


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_what_is_no_object_is_refused(body: Any) -> None:
    assert faults(body)[""] == "is not an object with named fields"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", 5),
        ("external_id", 17),
        ("protocol", ["tpi"]),
        ("code", "20552"),
        ("code", {"system": "CPT"}),
        ("performed_at", 1772550000),
        ("body_site", {"side": "left"}),
        ("office", "x" * 256),
        ("office", "a\x00b"),
        ("office", "\ud800"),
        ("patient", "Rosa"),
        ("patient__birth_date", 1961),
        ("patient__birth_date", "2026-03-04"),
        ("patient__birth_date", "1861-05-17"),
        ("patient__phone", 3125550101),
        ("patient__consent", True),
        ("patient__consent", {"sms": 1}),
        ("patient__consent", {"fax": True}),
        ("patient__given_name", "x" * 101),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(field: str, value: Any) -> None:
    place = field.replace("__", ".")
    assert all(name.startswith(place) for name in faults(request(**{field: value})))


def test_an_unknown_field_offers_the_one_that_was_meant() -> None:
    assert "did you mean timezone?" in faults(request(patient__time_zone="America/Chicago"))["patient.time_zone"]


def test_a_time_is_taken_in_any_offset_and_kept_in_utc() -> None:
    assert parse_performed_at("2026-03-03T09:00:00-06:00", NOW) == datetime(2026, 3, 3, 15, tzinfo=UTC)
    assert parse_performed_at("2026-03-03 15:00Z", NOW) == datetime(2026, 3, 3, 15, tzinfo=UTC)


def test_fifteen_minutes_ahead_is_the_limit() -> None:
    assert parse_performed_at((NOW + timedelta(minutes=15)).isoformat(), NOW) > NOW
    with pytest.raises(InvalidInput, match="ahead"):
        parse_performed_at((NOW + timedelta(minutes=15, seconds=1)).isoformat(), NOW)


def test_in_a_table_empty_means_not_given_and_yes_and_no_are_words() -> None:
    body = request(office="", patient__phone=" ", patient__consent={"sms": "Yes", "email": "N"})
    given = parse_procedure(body, now=NOW, textual=True)
    assert given.office is None
    assert given.patient.phone is None
    assert {channel.value: said for channel, said in given.patient.consent.items()} == {"sms": True, "email": False}
    assert (
        "neither yes nor no" in faults(request(patient__consent={"sms": "maybe"}), textual=True)["patient.consent.sms"]
    )
    assert given.patient.consent.keys() == parse_procedure(body, now=NOW, textual=True).patient.consent.keys()


def test_in_a_table_an_empty_consent_is_no_consent() -> None:
    given = parse_procedure(request(patient__consent={"sms": ""}), now=NOW, textual=True)
    assert given.patient.consent == {}
