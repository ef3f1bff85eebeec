"""What staff may do to a running plan as a whole, and the limits of it."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import local_day, wall
from followup.domain.protocol import Protocol

ASKED_AT = time(10)
"""When an extra check goes, on the patient's clock; sending hours and caps come on top."""


class PlanMove(StrEnum):
    """A change of the whole plan."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    EXTRA_CHECK = "extra_check"


def ends_at(protocol: Protocol, performed_at: datetime, zone: str) -> datetime:
    """When the last step of a plan stops being useful (UTC)."""
    return max(step.useful_until.instant(performed_at, zone) for step in protocol.steps)


def pause_until(text: str, protocol: Protocol, performed_at: datetime, zone: str, now: datetime) -> datetime:
    """The UTC instant at which a pause ends: the beginning of the patient's day that `text` (ISO 8601) names.

    Raises InvalidInput for no date, for today or a day before, and for a day after the plan's end.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(Fault("until", "Choose the day on which messages go again.")) from None
    ends = ends_at(protocol, performed_at, zone)
    last = local_day(ends - timedelta(seconds=1), zone)
    if now >= ends:
        raise InvalidInput(Fault("until", "This plan is over; there is nothing left to pause."))
    if day <= local_day(now, zone):
        raise InvalidInput(Fault("until", "Choose a day after today."))
    if day > last + timedelta(days=1):
        raise InvalidInput(
            Fault("until", f"The plan ends on {last.day} {last:%B}. Choose a day until then, or stop the plan.")
        )
    return wall(day, time(0), zone)


def tomorrow(zone: str, now: datetime) -> tuple[datetime, datetime, date]:
    """When an extra check may go (from, before) in UTC, and which day of the patient that is."""
    day = local_day(now, zone) + timedelta(days=1)
    return wall(day, ASKED_AT, zone), wall(day + timedelta(days=1), time(0), zone), day
