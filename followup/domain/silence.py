"""What it means that a check was not answered: whether to wait, ask again or call, and who is called first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from followup.domain.acuity import Acuity
from followup.domain.delivery import Status
from followup.domain.schedule import PlanReason

CHEST_WATCH = timedelta(hours=96)
"""How long after an injection near the lung a patient who stays silent is called first: air leaks show early."""


class Next(StrEnum):
    """What to do about a question whose time has come."""

    ANSWERED = "answered"
    NEEDLESS = "needless"  # nobody waits for an answer any more
    WAIT = "wait"
    ASK_AGAIN = "ask_again"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Asked:
    """One message that asks: where it stands and when it went, or is due."""

    status: Status
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """All that a decision about one question rests on; times are aware UTC.

    `answered`: the patient wrote or was reached since it was asked. `needless`: the plan ended, the patient has died or
    left, never agreed to messages, or a nurse has the call on her list already because texts were stopped.
    """

    asked_at: datetime
    silent_after: timedelta
    ask_again: timedelta | None
    messages: tuple[Asked, ...]
    answered: bool
    needless: bool
    repeated: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now; `look_at` is set for a wait and a repeat."""

    next: Next
    look_at: datetime | None = None


_NEVER_MEANT = frozenset(
    (PlanReason.ENTERED_LATE, PlanReason.PAUSED, PlanReason.STOPPED, PlanReason.DECEASED, PlanReason.WITHDRAWN)
)
_WENT = frozenset((Status.SENDING, Status.UNKNOWN, Status.SENT, Status.DELIVERED))


def decide(question: Awaited, now: datetime) -> Decision:
    """What to do at `now` about a question.

    The time runs from when the question went, or from when it is still to go. One that never arrived (undelivered, no
    room under the caps, held until it was of no use) is silence like any other: the patient was to be asked. One that
    was never meant to go (entered too late, paused, stopped) is none.
    """
    if question.answered:
        return Decision(Next.ANSWERED)
    if question.needless or (question.messages and all(each.reason in _NEVER_MEANT for each in question.messages)):
        return Decision(Next.NEEDLESS)
    alive = [each.at for each in question.messages if each.status in _WENT or each.status.unsent]
    since = max(alive, default=question.asked_at)
    until = since + question.silent_after
    went = any(each.status in _WENT for each in question.messages)
    if question.ask_again is not None and went and not question.repeated:
        again = since + question.ask_again
        if now < again:
            return Decision(Next.WAIT, again)
        if now < until:
            return Decision(Next.ASK_AGAIN, until)
    return Decision(Next.WAIT, until) if now < until else Decision(Next.SILENT)


@dataclass(frozen=True, slots=True)
class Signs:
    """What makes a silence grave: what was reported before, and whether the question can have been read at all."""

    reported: Acuity | None
    arrived: bool
    reachable: bool
    since_procedure: timedelta
    near_lung: bool


def risk(signs: Signs) -> int:
    """From 0 to 100; who stands higher is called first. A proposal for a clinician's sign-off, as every level here."""
    grave = {Acuity.EMERGENCY: 50, Acuity.URGENT: 40, Acuity.ROUTINE: 15}
    points = grave.get(signs.reported, 0) if signs.reported else 0
    points += 0 if signs.reachable else 15
    points += 0 if signs.arrived else 15
    points += 10 if signs.near_lung and signs.since_procedure <= CHEST_WATCH else 0
    # Complications are a matter of the first days: the nearer the procedure, the sooner the call.
    return points + max(10 - signs.since_procedure // timedelta(days=1), 0)


def reasons(signs: Signs) -> tuple[str, ...]:
    """What the risk rests on, in words for a nurse."""
    found: list[str] = []
    if signs.reported is not None and signs.reported.queued:
        found.append(f"reported something {signs.reported} before")
    if not signs.arrived:
        found.append("the question is not known to have arrived")
    if not signs.reachable:
        found.append("no way to write is left")
    if signs.near_lung and signs.since_procedure <= CHEST_WATCH:
        found.append("injected near the lung")
    return tuple(found)


def worst(levels: Collection[Acuity]) -> Acuity | None:
    """The gravest of what a patient reported; None where nothing was."""
    return max((level for level in levels if level.queued), key=lambda level: level.rank, default=None)
