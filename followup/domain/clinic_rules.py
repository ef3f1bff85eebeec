"""What a clinic's settings say about unasked messages: its quiet hours and its caps."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from followup.domain.caps import Caps
from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import SendingHours
from followup.domain.schedule import ClinicRules


def clinic_rules(settings: Mapping[str, Any]) -> ClinicRules:
    """The rules for a clinic's plans, from its settings; what is missing takes the default of the house.

    `quiet` is {"from": "20:00", "until": "09:00"}, on the patient's clock; `caps` is {"per_day": 1, "per_week": 3} and
    may be lowered, never raised. Raises InvalidInput with every fault at once.
    """
    faults: list[Fault] = []
    hours, caps = SendingHours(), Caps()
    quiet = _mapping(settings, "quiet", ("from", "until"), faults)
    opens = _clock(quiet, "until", hours.opens, faults)
    closes = _clock(quiet, "from", hours.closes, faults)
    try:
        hours = SendingHours(opens, closes)
    except InvalidInput:
        faults.append(
            Fault(
                "quiet", f"from {closes:%H:%M} until {opens:%H:%M} leaves no time to send; quiet hours span the night"
            )
        )
    limits = _mapping(settings, "caps", ("per_day", "per_week"), faults)
    try:
        caps = Caps(_count(limits, "per_day", caps.per_day), _count(limits, "per_week", caps.per_week))
    except InvalidInput as error:
        faults += [Fault(f"caps.{fault.field}", fault.message) for fault in error.faults]
    if faults:
        raise InvalidInput(faults)
    return ClinicRules(hours, caps)


def _mapping(settings: Mapping[str, Any], key: str, known: tuple[str, ...], faults: list[Fault]) -> Mapping[str, Any]:
    given = settings.get(key) or {}
    if not isinstance(given, Mapping):
        faults.append(Fault(key, f"{given!r} is not a group of settings; give {' and '.join(known)}"))
        return {}
    faults += [
        Fault(f"{key}.{name}", f"is not a setting; known are {', '.join(known)}") for name in given.keys() - known
    ]
    return given


def _clock(given: Mapping[str, Any], key: str, default: time, faults: list[Fault]) -> time:
    try:
        return time.fromisoformat(str(given[key])) if key in given else default
    except ValueError:
        faults.append(Fault(f"quiet.{key}", f"{given[key]!r} is not a time; write it as 20:00"))
        return default


def _count(given: Mapping[str, Any], key: str, default: int) -> int:
    value = given.get(key, default)
    # Anything that is not a whole number is outside every limit, and is refused as such.
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
