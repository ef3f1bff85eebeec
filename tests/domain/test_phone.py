"""Which numbers can be texted."""

import pytest

from followup.domain.errors import InvalidInput
from followup.domain.phone import parse_phone, spoken_phone


@pytest.mark.parametrize(
    "text",
    [
        "312-555-0100",
        "(312) 555-0100",
        "3125550100",
        "+1 312 555 0100",
        "1.312.555.0100",
        "tel:+13125550100",
        " 312 555 0100 ",
    ],
)
def test_a_number_has_one_written_form_however_it_was_typed(text: str) -> None:
    assert parse_phone(text) == "+13125550100"


def test_every_number_of_the_fictional_range_is_accepted() -> None:
    assert [parse_phone(f"312-555-01{n:02d}") for n in (0, 42, 99)] == ["+13125550100", "+13125550142", "+13125550199"]


def test_a_real_number_is_read_as_dialled_from_its_region() -> None:
    assert parse_phone("55 1234 5678", region="MX") == "+525512345678"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("911", "too short"),
        ("55501", "too short"),
        ("312-555-01000", "too long"),
        ("555-0100", "no area code"),
        ("1-800-555-0100", "toll-free"),
        ("833-555-0123", "toll-free"),
        ("888-234-5678", "toll-free"),
        ("900-555-0100", "premium-rate"),
        ("+44 20 7946 0958", "landline"),
        ("312-555-0100 x12", "extension"),
        ("312-555-0100 ext. 4", "extension"),
        ("312-555-0100 #12", "extension"),
        ("call me", "letters"),
        ("312-555-0100 / 312-555-0101", "not a telephone number"),
        ("000-555-0100", "not a number in use"),
        ("+999 312 555 0100", "not a telephone number"),
    ],
)
def test_a_number_that_cannot_be_texted_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_phone(text, field="patient.phone")
    (fault,) = refused.value.faults
    assert fault.field == "patient.phone"
    assert why in fault.message
    assert "312-555-0123" in fault.message, "says what to do"


def test_a_number_is_said_as_people_write_it() -> None:
    assert spoken_phone("+13125550100") == "312-555-0100"
    assert spoken_phone("+525512345678").startswith("+52 ")
