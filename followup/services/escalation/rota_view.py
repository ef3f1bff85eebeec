"""A week of the rota as people read it: for each day and role who is on duty from when to when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import local, local_day, wall
from followup.domain.rota import Rota, RotaRole, Shift
from followup.domain.working_week import working_week
from followup.services import clinics as clinic_services
from followup.services.context import Services
from followup.services.escalation.rota import KeptShift, list_shifts, rota_in
from followup.store import clinics, staff
from followup.store.models import Clinic

_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a day, in minutes of the clinic's clock from midnight; `names` is empty where nobody is on duty."""

    begins: int
    ends: int
    names: tuple[str, ...]
    dated: bool

    @property
    def words(self) -> str:
        """ "07:00-19:00"."""
        return f"{_clock(self.begins)}\N{EN DASH}{_clock(self.ends)}"


@dataclass(frozen=True, slots=True)
class RotaDay:
    """One day: what is said of each role."""

    day: date
    closed: bool
    roles: dict[RotaRole, tuple[Stretch, ...]]


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The same hours of one person in one role, on all their days of the week (Monday 0)."""

    ids: tuple[UUID, ...]
    shift: Shift
    weekdays: tuple[int, ...]
    name: str


@dataclass(frozen=True, slots=True)
class RotaPage:
    """One week, every shift behind it, the days on which the clinic is closed, and who can be put on the rota."""

    zone: str
    today: date
    first: date
    days: tuple[RotaDay, ...]
    weekly: tuple[WeeklyHours, ...]
    dated: tuple[KeptShift, ...]
    closed: tuple[date, ...]
    people: tuple[tuple[UUID, str], ...]

    @property
    def this(self) -> date:
        """The Monday of the present week."""
        return self.today - timedelta(days=self.today.weekday())

    @property
    def before(self) -> date:
        """The week before."""
        return self.first - timedelta(days=7)

    @property
    def after(self) -> date:
        """The week after."""
        return self.first + timedelta(days=7)


def rota_page(services: Services, clinic_id: UUID, first: date | None = None) -> RotaPage:
    """The week that a date lies in, by default this one. Raises NotFound."""
    now = services.now()
    with services.db.read() as tx:
        rota = rota_in(tx, clinic_id)
        clinic = clinics.by_id(tx, clinic_id)
        assert clinic is not None  # its rota was read
        people = {one.id: one.name for one in staff.of_clinic(tx, clinic_id, active_only=True)}
    today = local_day(now, rota.zone)
    chosen = first or today
    monday = chosen - timedelta(days=chosen.weekday())
    closed = working_week(clinic.zone, clinic.settings).closed_on
    shifts = list_shifts(services, clinic_id)
    return RotaPage(
        zone=rota.zone,
        today=today,
        first=monday,
        days=tuple(_day(rota, monday + timedelta(days=ahead), people, closed) for ahead in range(7)),
        weekly=_weekly(shifts),
        dated=tuple(
            sorted(
                (one for one in shifts if one.shift.day is not None and one.shift.day >= today - timedelta(days=1)),
                key=lambda one: (one.shift.day or today, one.shift.begins),
            )
        ),
        closed=tuple(sorted(day for day in closed if day >= today)),
        people=tuple(people.items()),
    )


def _weekly(shifts: Sequence[KeptShift]) -> tuple[WeeklyHours, ...]:
    together: dict[tuple[object, ...], list[KeptShift]] = {}
    for one in shifts:
        if one.shift.weekday is not None:
            same = (one.shift.role, one.shift.staff_id, one.shift.begins, one.shift.ends)
            together.setdefault(same, []).append(one)
    found = []
    for group in together.values():
        group.sort(key=lambda one: one.shift.weekday or 0)
        days = tuple(dict.fromkeys(one.shift.weekday for one in group if one.shift.weekday is not None))
        found.append(WeeklyHours(tuple(one.id for one in group), group[0].shift, days, group[0].name))
    roles = list(RotaRole)
    return tuple(sorted(found, key=lambda one: (roles.index(one.shift.role), one.weekdays, one.shift.begins)))


def set_closed(services: Services, clinic_id: UUID, day: str, *, closed: bool, actor: Actor) -> None:
    """Close the office on a date, or open it again. Raises InvalidInput for what is no date or lies behind."""
    try:
        given = date.fromisoformat(day.strip())
    except ValueError:
        raise InvalidInput(Fault("closed", f"{day!r} is not a date; write it as 2026-12-25")) from None
    clinic = _clinic(services, clinic_id)
    today = local_day(services.now(), clinic.zone)
    if given < today:
        raise InvalidInput(Fault("closed", f"{day} lies behind; give today or a later date"))
    kept = {str(one) for one in clinic.settings.get("closed") or () if str(one) >= str(today)}
    kept = kept | {given.isoformat()} if closed else kept - {given.isoformat()}
    clinic_services.change_clinic(services, clinic_id, {"settings": {"closed": sorted(kept)}}, actor)


def _clinic(services: Services, clinic_id: UUID) -> Clinic:
    with services.db.read() as tx:
        clinic = clinics.by_id(tx, clinic_id)
        assert clinic is not None  # whoever is signed in has one
        return clinic


def _day(rota: Rota, day: date, people: dict[UUID, str], closed: frozenset[date]) -> RotaDay:
    begins, ends = wall(day, time(0), rota.zone), wall(day + timedelta(days=1), time(0), rota.zone)
    roles = {role: tuple(_stretches(rota, role, begins, ends, people)) for role in RotaRole}
    return RotaDay(day, day in closed, roles)


def _stretches(
    rota: Rota, role: RotaRole, begins: datetime, ends: datetime, people: dict[UUID, str]
) -> Iterator[Stretch]:
    dated_on = {shift.day for shift in rota.shifts if shift.role is role and shift.day is not None}
    turns = [*rota.turning_points(role, begins, ends), ends]
    last: Stretch | None = None
    for at, until in pairwise(turns):
        names = tuple(people[one] for one in rota.on_duty(role, at) if one in people)
        dated = any(_covers(rota, role, day, at) for day in dated_on)
        this = Stretch(_minute(at, begins, rota.zone), _minute(until, begins, rota.zone), names, dated)
        if last is not None and (last.names, last.dated) == (names, dated):
            last = Stretch(last.begins, this.ends, names, dated)
            continue
        if last is not None:
            yield last
        last = this
    if last is not None:
        yield last


def _covers(rota: Rota, role: RotaRole, day: date | None, at: datetime) -> bool:
    if day is None:
        return False
    for shift in rota.shifts:
        if shift.role is role and shift.day == day:
            begins, ends = shift.span(day, rota.zone)
            if begins <= at < ends:
                return True
    return False


def _minute(at: datetime, midnight: datetime, zone: str) -> int:
    here = local(at, zone)
    if here.date() > local(midnight, zone).date():
        return _MINUTES
    return here.hour * 60 + here.minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
