"""What stands beside the words on a row: tries to reach the patient, earlier words today, the trend, who looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from followup.domain.contact import ContactOutcome
from followup.domain.hours import local_day, wall
from followup.domain.trend import Point, Trend, trend
from followup.services.names import names_in
from followup.services.recovery import Recovery
from followup.store import audit, case_replies
from followup.store.database import Tx
from followup.store.models import Case, CaseEvent

_LOOKED_WITHIN = timedelta(minutes=10)
_REACHED = (ContactOutcome.REACHED, ContactOutcome.REACHED_OTHER)
_LONGEST_PLAN = timedelta(days=120)
_Read = tuple[datetime, dict[str, Any]]  # when a patient wrote or spoke, and how it was read


@dataclass(frozen=True, slots=True)
class Beside:
    """All of it for one case; see `QueueRow`."""

    tries: int = 0
    tried: str = ""
    tried_at: datetime | None = None
    today: int = 0
    trend: Trend | None = None
    looked: str = ""
    looked_at: datetime | None = None


def beside_in(
    tx: Tx,
    clinic_id: UUID,
    found: Sequence[Case],
    where: Mapping[UUID, Recovery],
    *,
    me: UUID | None,
    zone: str,
    now: datetime,
) -> dict[UUID, Beside]:
    """The same for many cases in a fixed number of statements."""
    ids = [case.id for case in found]
    contacts = case_replies.contacts(tx, clinic_id, ids)
    since = min((each.performed_at for each in where.values()), default=now - timedelta(days=1))
    people = {case.patient_id for case in found if case.patient_id}
    said = case_replies.readings(tx, clinic_id, people, max(since, now - _LONGEST_PLAN))
    looks = audit.last_looks(tx, clinic_id, "case", ids, now - _LOOKED_WITHIN)
    others = [(thing, actor, at) for thing, actor, at in looks if actor != f"staff:{me}"]
    names = names_in(tx, clinic_id, {actor for _, actor, _ in others})
    looked: dict[UUID, tuple[str, datetime]] = {}
    for thing, actor, at in others:
        looked.setdefault(thing, (names.get(actor, actor), at))
    began = wall(local_day(now, zone), time(0), zone)
    return {
        case.id: _beside(
            contacts.get(case.id, []),
            _of_plan(case, said.get(case.patient_id, []) if case.patient_id else [], where),
            looked.get(case.id),
            began,
        )
        for case in found
    }


def _of_plan(case: Case, said: Sequence[_Read], where: Mapping[UUID, Recovery]) -> Sequence[_Read]:
    """What the patient said since the procedure of this case."""
    recovery = where.get(case.procedure_id) if case.procedure_id else None
    return [each for each in said if recovery is None or each[0] >= recovery.performed_at]


def _beside(
    contacts: Sequence[CaseEvent], said: Sequence[_Read], looked: tuple[str, datetime] | None, began: datetime
) -> Beside:
    outcomes = [str((event.detail or {}).get("outcome", "")) for event in contacts]
    last = outcomes[-1] if outcomes else ""
    times = len(list(takewhile(lambda each: each == last, reversed(outcomes))))
    reached = [event for event, outcome in zip(contacts, outcomes, strict=True) if outcome in _REACHED]
    return Beside(
        tries=len(contacts),
        tried=f"{_label(last)}{f' ×{times}' if times > 1 else ''}" if last else "",
        tried_at=contacts[-1].at if contacts else None,
        today=len([at for at, _ in said if at >= began]) + len([event for event in reached if event.at >= began]),
        trend=trend([Point(each.get("pain"), each.get("answer")) for _, each in said]),
        looked=looked[0] if looked else "",
        looked_at=looked[1] if looked else None,
    )


def _label(outcome: str) -> str:
    known = outcome in set(ContactOutcome)
    words = str(ContactOutcome(outcome).label) if known else outcome.replace("_", " ")
    return words[:1].lower() + words[1:]
