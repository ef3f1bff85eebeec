"""When a clinic works: its days and hours, and the days on which it is closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import local, local_day, wall

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Where a day has no opening of its own, its night is over at the hour by which urgent words of a night are answered.
NIGHT_ENDS = time(8)
_LOOK_AHEAD = 60


@dataclass(frozen=True, slots=True)
class Period:
    """From `opens` (included) to `closes` (not included) on one day, wall time of the clinic."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise InvalidInput(
                Fault("hours", f"{self.opens:%H:%M}-{self.closes:%H:%M} closes before it opens; give an opening first")
            )


_OFFICE = (Period(time(8), time(17)),)
DEFAULT_PERIODS: tuple[tuple[Period, ...], ...] = (_OFFICE,) * 5 + ((), ())


@dataclass(frozen=True, slots=True)
class WorkingWeek:
    """The clinic's calendar: its zone, the periods of each day of the week (Monday first), and closed dates."""

    zone: str
    periods: tuple[tuple[Period, ...], ...] = DEFAULT_PERIODS
    closed_on: frozenset[date] = field(default_factory=frozenset)

    def is_open(self, at: datetime) -> bool:
        """True when somebody works at the instant `at`."""
        here = local(at, self.zone)
        if here.date() in self.closed_on:
            return False
        clock = here.time().replace(fold=0)
        return any(period.opens <= clock < period.closes for period in self.periods[here.weekday()])

    def open_between(self, since: datetime, until: datetime) -> timedelta:
        """How long somebody worked between two instants: true time, so an hour that the clock repeats counts twice."""
        worked = timedelta(0)
        day = local_day(since, self.zone)
        while day <= local_day(until, self.zone):
            if day not in self.closed_on:
                for period in self.periods[day.weekday()]:
                    begins = max(since, wall(day, period.opens, self.zone))
                    ends = min(until, wall(day, period.closes, self.zone))
                    worked += max(ends - begins, timedelta(0))
            day += timedelta(days=1)
        return worked

    def night(self, at: datetime) -> date | None:
        """The night that the instant `at` lies in, by the day on which it began; None while a working day runs.

        A working day runs from its first opening to its last closing, so that a break at noon is no night. A day on
        which nobody works is one long night from the hour at which nights end (triage guide: 8:00) to the next day.
        """
        here = local(at, self.zone)
        day, clock = here.date(), here.time().replace(fold=0)
        periods = () if day in self.closed_on else self.periods[day.weekday()]
        begins = min((period.opens for period in periods), default=NIGHT_ENDS)
        if clock < begins:
            return day - timedelta(days=1)
        if periods and clock < max(period.closes for period in periods):
            return None
        return day

    def opens_next(self, after: datetime) -> datetime | None:
        """The first opening after the instant `after`; None when the clinic does not work within two months."""
        first = local_day(after, self.zone)
        for ahead in range(_LOOK_AHEAD):
            day = first + timedelta(days=ahead)
            if day in self.closed_on:
                continue
            openings = (wall(day, period.opens, self.zone) for period in self.periods[day.weekday()])
            coming = [opening for opening in openings if opening > after]
            if coming:
                return min(coming)
        return None

    def day_end(self, after: datetime, at_least: timedelta = timedelta(0)) -> datetime:
        """The first end of a working day (its last closing) that lies at least `at_least` after the instant `after`.

        A clinic that does not work at all within two months is held to one true day.
        """
        first = local_day(after, self.zone)
        for ahead in range(_LOOK_AHEAD):
            day = first + timedelta(days=ahead)
            periods = self.periods[day.weekday()]
            if not periods or day in self.closed_on:
                continue
            end = wall(day, max(period.closes for period in periods), self.zone)
            if end - after >= at_least and end > after:
                return end
        return after + timedelta(days=1)


def working_week(zone: str, settings: Mapping[str, Any]) -> WorkingWeek:
    """A clinic's calendar from its settings; Monday to Friday 8:00-17:00 where it gives none.

    `hours` is `{"mon": ["08:00-12:00", "13:00-17:00"], ...}` and a day that is left out is free; `closed` is a list of
    ISO dates. Raises InvalidInput that names every entry that cannot be read.
    """
    faults: list[Fault] = []
    periods: list[tuple[Period, ...]] = list(DEFAULT_PERIODS)
    given = settings.get("hours") or {}
    if given:
        faults += [
            Fault(f"hours.{key}", f"{key!r} is not a day; use {', '.join(DAYS)}") for key in given if key not in DAYS
        ]
        for number, day in enumerate(DAYS):
            found: list[Period] = []
            for text in given.get(day) or ():
                try:
                    opens, closes = (time.fromisoformat(part.strip()) for part in str(text).split("-"))
                    found.append(Period(opens, closes))
                except (ValueError, InvalidInput):
                    faults.append(Fault(f"hours.{day}", f"{text!r} is not a period; write it as 08:00-17:00"))
            periods[number] = tuple(sorted(found, key=lambda period: period.opens))
    closed: set[date] = set()
    for text in settings.get("closed") or ():
        try:
            closed.add(date.fromisoformat(str(text)))
        except ValueError:
            faults.append(Fault("closed", f"{text!r} is not a date; write it as 2026-12-25"))
    if faults:
        raise InvalidInput(faults)
    return WorkingWeek(zone, tuple(periods), frozenset(closed))
