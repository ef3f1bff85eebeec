"""Who is on duty at an instant: weekly shifts on the clinic's own clock, and dated ones that count instead of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import local_day, wall


class RotaRole(StrEnum):
    """What somebody is on duty as."""

    ON_CALL = "on_call"
    BACKUP = "backup"
    MANAGER = "manager"

    @property
    def label(self) -> str:
        """The words staff see."""
        return {"on_call": "On call", "backup": "Backup", "manager": "Manager"}[self.value]


@dataclass(frozen=True, slots=True)
class Shift:
    """From `begins` (included) to `ends` (not included), wall time; `ends` at or before `begins` is on the next day.

    Either of each week (`weekday`, 0 is Monday) or of one date (`day`, on which it begins). A dated shift replaces the
    weekly ones of its role for as long as it lasts; with no `staff_id` it says that nobody is on duty then.
    """

    role: RotaRole
    staff_id: UUID | None
    begins: time
    ends: time
    weekday: int | None = None
    day: date | None = None

    def __post_init__(self) -> None:
        if (self.weekday is None) == (self.day is None):
            raise InvalidInput(Fault("day", "give either a day of the week or a date"))
        if self.weekday is not None and not 0 <= self.weekday <= 6:
            raise InvalidInput(Fault("weekday", f"{self.weekday} is not a day of the week; 0 is Monday, 6 is Sunday"))
        if self.weekday is not None and self.staff_id is None:
            raise InvalidInput(Fault("staff_id", "a weekly shift needs somebody; leave it out where nobody is on duty"))

    def span(self, day: date, zone: str) -> tuple[datetime, datetime]:
        """The instants between which it lasts when it begins on `day`.

        Both ends are read off the clock in the same way, so that shifts which meet on the clock meet in time, also on
        the days on which the clock is changed.
        """
        last = day if self.ends > self.begins else day + timedelta(days=1)
        return wall(day, self.begins, zone), wall(last, self.ends, zone)

    def begins_on(self, day: date) -> bool:
        """True when it begins on that day."""
        return self.day == day if self.day is not None else self.weekday == day.weekday()


@dataclass(frozen=True, slots=True)
class Rota:
    """All shifts of a clinic, in the order in which they were entered, and its zone."""

    zone: str
    shifts: tuple[Shift, ...] = ()

    def on_duty(self, role: RotaRole, at: datetime) -> tuple[UUID, ...]:
        """Who is on duty in a role at the instant `at`, in the order of the rota; empty where nobody is."""
        covering = [shift for shift, begins, ends in self._around(role, at, at) if begins <= at < ends]
        dated = [shift for shift in covering if shift.day is not None]
        return tuple(dict.fromkeys(shift.staff_id for shift in dated or covering if shift.staff_id is not None))

    def turning_points(self, role: RotaRole, begins: datetime, ends: datetime) -> tuple[datetime, ...]:
        """The instants from `begins` (always the first) to before `ends` at which who is on duty may change, in order.

        Between two of them it does not: asking `on_duty` at each says who is on duty throughout.
        """
        turns = {turn for _, *span in self._around(role, begins, ends) for turn in span if begins < turn < ends}
        return (begins, *sorted(turns))

    def _around(self, role: RotaRole, begins: datetime, ends: datetime) -> Iterator[tuple[Shift, datetime, datetime]]:
        # A shift lasts a day at most, so one that touches the window began no earlier than two days before it.
        first = local_day(begins, self.zone) - timedelta(days=2)
        for ahead in range((local_day(ends, self.zone) - first).days + 1):
            day = first + timedelta(days=ahead)
            for shift in self.shifts:
                if shift.role is role and shift.begins_on(day):
                    yield shift, *shift.span(day, self.zone)
