"""What a clinic's settings say about unasked messages."""

from datetime import time
from typing import Any

import pytest

from followup.domain.caps import Caps
from followup.domain.clinic_rules import clinic_rules
from followup.domain.errors import InvalidInput
from followup.domain.hours import SendingHours


def test_without_settings_the_house_decides() -> None:
    rules = clinic_rules({})
    assert (rules.hours, rules.caps) == (SendingHours(time(9), time(20)), Caps(1, 3))


def test_quiet_hours_and_caps_are_taken_from_the_settings() -> None:
    rules = clinic_rules({"quiet": {"from": "18:30", "until": "10:00"}, "caps": {"per_week": 2}, "hours": {}})
    assert (rules.hours, rules.caps) == (SendingHours(time(10), time(18, 30)), Caps(1, 2))


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"quiet": {"from": "08:00"}}, {"quiet"}),
        ({"quiet": {"from": "late", "until": 9}}, {"quiet.from", "quiet.until"}),
        ({"quiet": "night"}, {"quiet"}),
        ({"quiet": {"to": "09:00"}}, {"quiet.to"}),
        ({"caps": {"per_day": 2, "per_week": 4}}, {"caps.per_day", "caps.per_week"}),
        ({"caps": {"per_week": "three"}}, {"caps.per_week"}),
        ({"caps": {"per_week": True}}, {"caps.per_week"}),
        ({"caps": {"per_week": 0}}, {"caps.per_week"}),
    ],
)
def test_what_cannot_be_is_refused_field_by_field(settings: dict[str, Any], wrong: set[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        clinic_rules(settings)
    assert {fault.field for fault in caught.value.faults} == wrong
