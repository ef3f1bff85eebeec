"""How many unasked texts a patient may get, and the next instant at which one more fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from followup.domain.errors import Fault, InvalidInput
from followup.domain.hours import SendingHours, local_day, next_day, next_opening

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Caps:
    """At most `per_day` unasked texts on one day of the patient and `per_week` in any 168 hours, all plans together.

    Answers, emergency answers and what staff write are asked for and do not count. One and three are the limits of
    the healthcare exemption in 47 CFR 64.1200(a)(9)(iv); a clinic may lower them, never raise them.
    """

    per_day: int = 1
    per_week: int = 3

    def __post_init__(self) -> None:
        faults = [
            Fault(name, f"{value} is outside 1 to {top}; a clinic may send fewer unasked texts, never more")
            for name, value, top in (("per_day", self.per_day, 1), ("per_week", self.per_week, 3))
            if not 1 <= value <= top
        ]
        if faults:
            raise InvalidInput(faults)


def fits(at: datetime, zone: str, caps: Caps, taken: Iterable[datetime]) -> bool:
    """True when one more unasked text at `at` breaks no cap; `taken`: the instants of the others, sent or planned."""
    others = sorted(taken)
    return _day_has_room(at, zone, caps, others) and _weeks_have_room(at, caps, others)


def _day_has_room(at: datetime, zone: str, caps: Caps, others: list[datetime]) -> bool:
    day = local_day(at, zone)
    return sum(local_day(other, zone) == day for other in others) < caps.per_day


def _weeks_have_room(at: datetime, caps: Caps, others: list[datetime]) -> bool:
    """True when no window of 168 hours that contains `at` would hold more than `per_week` texts."""
    near = sorted([at, *(other for other in others if abs(other - at) < WEEK)])
    runs = zip(near, near[caps.per_week :], strict=False)
    return all(last - first >= WEEK for first, last in runs)


def first_room(
    at: datetime,
    zone: str,
    hours: SendingHours,
    caps: Caps,
    taken: Iterable[datetime],
    *,
    until: datetime,
) -> datetime | None:
    """The first instant from `at` on, before `until`, inside the sending hours, with room under the caps; or None."""
    others = sorted(taken)
    moment = next_opening(at, zone, hours)
    while moment < until:
        if not _day_has_room(moment, zone, caps, others):
            moment = next_opening(next_day(moment, zone), zone, hours)
        elif not _weeks_have_room(moment, caps, others):
            # Moving on opens a full window only where a text in it grows a week old, be that text past or to come.
            moment = next_opening(min(other + WEEK for other in others if other + WEEK > moment), zone, hours)
        else:
            return moment
    return None
