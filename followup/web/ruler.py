"""A plan drawn on a line of days: where each message stands, as numbers that a picture needs."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from followup.domain.hours import local_day, wall
from followup.services.procedure_view import ProcedurePage

WIDTH = 1000
_FEWEST_DAYS = 4


@dataclass(frozen=True, slots=True)
class Ruler:
    """Positions from 0 to `WIDTH`: the days with their names, the messages with their status, and now."""

    days: tuple[tuple[int, str], ...]
    marks: tuple[tuple[int, str], ...]
    now: int | None


def ruler(procedure: ProcedurePage, zone: str) -> Ruler:
    """The ruler of a procedure, from its day to the day of its last message, in equal steps a day."""
    first = local_day(procedure.recovery.performed_at, zone)
    last = max([local_day(each.at, zone) for each in procedure.plan], default=first)
    count = max((last - first).days + 1, _FEWEST_DAYS)
    begins = wall(first, time(0), zone)
    ends = wall(first + timedelta(days=count), time(0), zone)

    def place(at: datetime) -> int:
        return round(WIDTH * ((at - begins) / (ends - begins)))

    named = tuple(
        (round(WIDTH * number / count), f"{day.day} {day:%b}" if count > 14 else f"{day:%a} {day.day}")
        for number, day in ((number, first + timedelta(days=number)) for number in range(count))
    )
    inside = begins <= procedure.now <= ends
    return Ruler(
        named,
        tuple((min(max(place(each.at), 4), WIDTH - 4), each.status.value) for each in procedure.plan),
        place(procedure.now) if inside else None,
    )
