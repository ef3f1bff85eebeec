"""A plan drawn on a line of days: where each message stands, as numbers that a picture needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from followup.domain.hours import local_day, wall
from followup.services.messages_view import Message
from followup.services.plan_changes import PlanChanged
from followup.services.recovery import Recovery

WIDTH = 1000
_FEWEST_DAYS = 4


@dataclass(frozen=True, slots=True)
class Ruler:
    """Positions from 0 to `WIDTH`: the days with their names, the messages with their status, changes by staff, now.

    `held` is the stretch of a pause that lasts.
    """

    days: tuple[tuple[int, str], ...]
    marks: tuple[tuple[int, str], ...]
    changes: tuple[int, ...]
    held: tuple[int, int] | None
    now: int | None


def ruler(
    recovery: Recovery, plan: Sequence[Message], changes: Sequence[PlanChanged], now: datetime, zone: str
) -> Ruler:
    """The ruler of a procedure, from its day to the day of its last message, in equal steps a day."""
    first = local_day(recovery.performed_at, zone)
    shown = [each.at for each in plan]
    if recovery.paused_until is not None:
        shown.append(recovery.paused_until - timedelta(seconds=1))
    last = max([local_day(each, zone) for each in shown], default=first)
    count = max((last - first).days + 1, _FEWEST_DAYS)
    begins = wall(first, time(0), zone)
    ends = wall(first + timedelta(days=count), time(0), zone)

    def place(at: datetime) -> int:
        return min(max(round(WIDTH * ((at - begins) / (ends - begins))), 4), WIDTH - 4)

    named = tuple(
        (round(WIDTH * number / count), f"{day.day} {day:%b}" if count > 14 else f"{day:%a} {day.day}")
        for number, day in ((number, first + timedelta(days=number)) for number in range(count))
    )
    return Ruler(
        named,
        tuple((place(each.at), each.status.value) for each in plan),
        tuple(place(each.at) for each in changes),
        (place(now), place(recovery.paused_until)) if recovery.paused_until else None,
        place(now) if begins <= now <= ends else None,
    )
