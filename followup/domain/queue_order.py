"""In what order a nurse takes cases: what could cost a life, what is late, what is running out, then the rest."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.domain.escalation import CLAIM_BUYS

NOT_UNDERSTOOD = "not_understood"
"""The word in a case's `beware` that says that the service could make nothing of the words."""


class Band(IntEnum):
    """Which part of the queue a case stands in; a lower one is always above a higher one."""

    EMERGENCY_UNOWNED = 0
    OVERDUE = 1
    EMERGENCY_OWNED = 2
    URGENT = 3
    UNCLEAR = 4
    SILENT = 5
    ROUTINE = 6
    ANSWERED = 7


@dataclass(frozen=True, slots=True)
class Standing:
    """What the order depends on. `waiting_since` is None once the patient's last words were answered.

    `risk` is that of somebody who stays silent (domain/silence); it orders the silent among themselves.
    """

    acuity: Acuity
    kind: CaseKind
    owned: bool
    acknowledged_at: datetime | None
    waiting_since: datetime | None
    respond_by: datetime
    unclear: bool = False
    risk: int = 0


def due_by(case: Standing) -> datetime:
    """When a case is past its time: an owner of an emergency has bought a little time, and no more than that."""
    if case.acuity is Acuity.EMERGENCY and case.owned and case.acknowledged_at is not None:
        return max(case.respond_by, case.acknowledged_at + CLAIM_BUYS)
    return case.respond_by


def band(case: Standing, now: datetime) -> Band:
    """Where a case stands at `now`."""
    if case.waiting_since is None:
        return Band.ANSWERED
    if case.acuity is Acuity.EMERGENCY and not case.owned:
        return Band.EMERGENCY_UNOWNED
    if due_by(case) <= now:
        return Band.OVERDUE
    if case.acuity is Acuity.EMERGENCY:
        return Band.EMERGENCY_OWNED
    if case.acuity is Acuity.URGENT:
        return Band.URGENT
    if case.kind is CaseKind.UNKNOWN_SENDER or case.unclear:
        return Band.UNCLEAR
    return Band.SILENT if case.kind is CaseKind.SILENT else Band.ROUTINE


def key(case: Standing, now: datetime) -> tuple[int, int, int, datetime, datetime]:
    """What cases are sorted by, smallest first: band, then acuity, then risk, then the time that is left, then age.

    Emergencies without an owner go by age, those with one by how long ago it took them (the claim that runs out
    first is first), and answered cases by the time they had. Risk counts among those who stay silent alone.
    """
    place = band(case, now)
    since = case.waiting_since or case.respond_by
    first = since if place in (Band.EMERGENCY_UNOWNED, Band.ANSWERED) else case.respond_by
    if case.owned and case.acuity is Acuity.EMERGENCY and case.waiting_since is not None:
        first = case.acknowledged_at or case.respond_by
    return (place, -case.acuity.rank, -case.risk if place is Band.SILENT else 0, first, since)
