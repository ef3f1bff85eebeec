"""The demo's care clock: what happens next, and moving there; a real clinic's clock is never moved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from followup.domain.errors import NotAllowed
from followup.services.context import Services
from followup.store import agenda, clinics, switches

FARTHEST = timedelta(days=14)


@runtime_checkable
class Movable(Protocol):
    """A clock that can be moved forward."""

    def now(self) -> datetime:
        """Where it stands."""
        ...

    def move(self, by: timedelta) -> datetime:
        """Move it forward and say where it stands."""
        ...


@dataclass(frozen=True, slots=True)
class NextEvent:
    """The next thing that will happen by itself: when, and what and for whom in a few words."""

    at: datetime
    what: str
    whom: str


def next_event(services: Services) -> NextEvent | None:
    """The next message that a plan holds; None when every plan has run out."""
    with services.db.read() as tx:
        found = agenda.next_planned(tx, services.now())
        if found is None:
            return None
        row, patient = found
        whom = f"{patient.given_name} {patient.family_name[:1]}." if patient else ""
        return NextEvent(row.due_at, row.step or row.kind, whom)


def settled(services: Services) -> bool:
    """True when everything that was due by now has left or has been put aside."""
    with services.db.read() as tx:
        return agenda.in_motion(tx, services.now()) == 0


def move_to_next(services: Services) -> NextEvent | None:
    """Put the clock to the next event and wake the workers; returns the event. Raises NotAllowed outside the demo."""
    event = next_event(services)
    if event is not None:
        move_to(services, event.at)
    return event


def move_by(services: Services, by: timedelta) -> datetime:
    """Put the clock forward, no farther than the next event, so that nothing is stepped over; says where it stands.

    Raises NotAllowed outside the demo, and for a step back or too far.
    """
    if not timedelta(0) < by <= FARTHEST:
        raise NotAllowed("The care clock moves forward only, and at most fourteen days at once")
    event = next_event(services)
    target = services.now() + by
    if event is not None and services.now() < event.at < target:
        target = event.at
    move_to(services, target)
    return target


def move_to(services: Services, at: datetime) -> None:
    """Put the clock to a moment, unless that has gone by, and wake the workers. Raises NotAllowed outside the demo."""
    if not isinstance(services.clock, Movable):
        raise NotAllowed("Only the demo's clock can be moved")
    services.clock.move(max(timedelta(0), at - services.clock.now()))
    services.queue.wake("followup.send_due")
    services.queue.wake("followup.sweep")


def begin_at(services: Services, at: datetime) -> None:
    """Let the demo's care time begin at a moment of the past. Raises NotAllowed once anything is recorded."""
    with services.db.write() as tx:
        if not isinstance(services.clock, Movable) or clinics.all_clinics(tx):
            raise NotAllowed("Only an empty demo may begin in the past")
        offset = (at - services.real_now()).total_seconds()
        switches.put(tx, switches.CARE_CLOCK, {"offset": offset}, services.real_now())
