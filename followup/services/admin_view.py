"""What an administrator sees: people, senders, how delivery goes, and who did what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.alarm import LATE_AFTER
from followup.domain.checkin import by_text
from followup.domain.daily_summary import wants_summary
from followup.services.context import Services
from followup.services.names import names_in
from followup.services.plans import reason_words
from followup.services.staff import everyone
from followup.store import audit, clinic_numbers, clinics, patient_history, signs
from followup.store.models import Sender, Staff

_WEEK = timedelta(days=7)
# When something was last looked for; minutes between two of them are no bad sign.
_ROUNDS = ("gaps", "coverage")


@dataclass(frozen=True, slots=True)
class Sign:
    """When a part of the service was last alive."""

    name: str
    at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class AdminPage:
    """One clinic's state."""

    people: Sequence[Staff]
    senders: Sequence[Sender]
    overdue: int
    oldest_overdue: datetime | None
    in_doubt: int
    numbers: dict[str, int]
    reasons: Sequence[tuple[str, str, int]]
    signs: Sequence[Sign]
    check_in_by_text: bool
    daily_summary: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One entry of the audit trail with the actor's name."""

    at: datetime
    who: str
    action: str
    object_kind: str
    object_id: UUID | None
    fields: Sequence[str]
    sealed: bool


def admin_page(services: Services, clinic_id: UUID) -> AdminPage:
    """How the clinic stands."""
    now, real = services.now(), services.real_now()
    people = everyone(services, clinic_id)
    with services.db.read() as tx:
        clinic = clinics.by_id(tx, clinic_id)
        late, oldest = clinic_numbers.overdue(tx, clinic_id, now - LATE_AFTER)
        numbers = clinic_numbers.by_status(tx, clinic_id, now - _WEEK)
        return AdminPage(
            people=people,
            senders=clinic_numbers.senders(tx, clinic_id),
            overdue=late,
            oldest_overdue=oldest,
            in_doubt=numbers.get("unknown", 0),
            numbers=numbers,
            reasons=[
                (status, reason_words(reason) or reason, count)
                for status, reason, count in clinic_numbers.reasons(tx, clinic_id, now - _WEEK)
            ],
            check_in_by_text=clinic is not None and by_text(clinic.settings),
            daily_summary=clinic is not None and wants_summary(clinic.settings),
            signs=[
                Sign(sign.name, sign.at, (real - sign.at).total_seconds())
                for sign in signs.all_signs(tx)
                if sign.name not in _ROUNDS
            ],
            now=now,
        )


def trail(
    services: Services, clinic_id: UUID, *, actor: Actor, who: str = "", object_id: UUID | None = None, action: str = ""
) -> list[TrailEntry]:
    """The newest entries of the clinic's audit trail; looking at it is itself written down."""
    with services.db.write() as tx:
        rows = patient_history.trail(tx, clinic_id, actor=who, object_id=object_id, action=action)
        names = names_in(tx, clinic_id, {row.actor for row in rows})
        found = [
            TrailEntry(
                row.at,
                names.get(row.actor, row.actor),
                row.action,
                row.object_kind,
                row.object_id,
                [str(name) for name in row.fields],
                row.sequence is not None,
            )
            for row in rows
        ]
        audit.record(
            tx, clinic_id=clinic_id, at=services.now(), actor=actor, action="view", object_kind="audit", object_id=None
        )
        return found
