"""What is about to happen, over all clinics: for the demo's clock and the operator's page."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from followup.domain.delivery import Channel, Kind, Status
from followup.store.conditions import is_status
from followup.store.database import Tx
from followup.store.models import Communication, Patient


def next_planned(tx: Tx, now: datetime) -> tuple[Communication, Patient | None] | None:
    """The planned communication that is due next, with its patient."""
    found = tx.execute(
        select(Communication, Patient)
        .outerjoin(Patient, Patient.id == Communication.patient_id)
        .where(is_status(Status.PLANNED), Communication.due_at > now)
        .order_by(Communication.due_at)
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else None


def in_motion(tx: Tx, now: datetime) -> int:
    """How many communications are due, claimed or being sent."""
    due = is_status(Status.PLANNED) & (Communication.due_at <= now)
    moving = is_status(Status.QUEUED, Status.SENDING)
    return tx.scalar(select(func.count()).select_from(Communication).where(due | moving)) or 0


def unsent_of_patient(tx: Tx, clinic_id: UUID, patient_id: UUID) -> Sequence[Communication]:
    """What is still to go to a patient, in the order it is due."""
    return tx.scalars(
        select(Communication)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.patient_id == patient_id,
            Communication.status.in_((Status.PLANNED, Status.QUEUED, Status.UNKNOWN)),
        )
        .order_by(Communication.due_at)
        .with_for_update()
    ).all()


def unsent_mails_due(tx: Tx, *, since: datetime, until: datetime) -> Sequence[Communication]:
    """Mails of plans, of any clinic, that fell due in a stretch of time and are still to go."""
    return tx.scalars(
        select(Communication)
        .where(
            Communication.channel == Channel.EMAIL,
            Communication.kind == Kind.STEP,
            Communication.status.in_((Status.PLANNED, Status.QUEUED, Status.UNKNOWN)),
            Communication.due_at >= since,
            Communication.due_at <= until,
        )
        .with_for_update()
    ).all()
