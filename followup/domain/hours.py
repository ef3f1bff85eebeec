"""The hours in which unasked messages may leave, on the patient's own clock, across every change of that clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from followup.domain.errors import Fault, InvalidInput


@dataclass(frozen=True, slots=True)
class SendingHours:
    """From `opens` (included) to `closes` (not included), wall time of the patient; the rest is quiet.

    The default is narrower than the 08:00-21:00 that 47 CFR 64.1200(c)(1) sets for calls, because some states are.
    """

    opens: time = time(9)
    closes: time = time(20)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise InvalidInput(
                Fault("sending_hours", f"they open at {self.opens:%H:%M} and close at {self.closes:%H:%M}; "
                      "give an opening that is before the closing of the same day")
            )  # fmt: skip


def local(at: datetime, zone: str) -> datetime:
    """The patient's wall clock at the instant `at`."""
    return at.astimezone(ZoneInfo(zone))


def local_day(at: datetime, zone: str) -> date:
    """The patient's calendar day at the instant `at`."""
    return local(at, zone).date()


def wall(day: date, clock: time, zone: str, fold: int = 0) -> datetime:
    """The UTC instant at which the patient's clock shows `clock` on `day`.

    A time that the clock skips (spring) becomes the instant as far past the gap; one that it shows twice (autumn) is
    its first showing, or with `fold` 1 its second.
    """
    return datetime.combine(day, clock.replace(fold=fold), ZoneInfo(zone)).astimezone(UTC)


def is_open(at: datetime, zone: str, hours: SendingHours) -> bool:
    """True when an unasked message may leave at the instant `at`."""
    clock = local(at, zone).time().replace(fold=0)
    return hours.opens <= clock < hours.closes


def next_opening(at: datetime, zone: str, hours: SendingHours) -> datetime:
    """`at` itself inside the sending hours, else the first instant after it at which they open."""
    if is_open(at, zone, hours):
        return at.astimezone(UTC)
    today = local_day(at, zone)
    # Two showings of each opening (clock set back), and enough days that one which the zone skipped does not matter.
    openings = {wall(today + timedelta(days=ahead), hours.opens, zone, fold) for ahead in range(4) for fold in (0, 1)}
    return min(opening for opening in openings if opening > at and is_open(opening, zone, hours))


def next_day(at: datetime, zone: str) -> datetime:
    """The UTC instant at which the patient's next calendar day begins."""
    today = local_day(at, zone)
    start = wall(today + timedelta(days=1), time(0), zone)
    # Where midnight falls into a gap or is shown twice, the plain conversion may still lie on today.
    while local_day(start, zone) <= today:
        start += timedelta(minutes=15)
    return start
