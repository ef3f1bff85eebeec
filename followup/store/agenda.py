"""What is about to happen, over all clinics: for the demo's clock and the operator's page."""

from datetime import datetime

from sqlalchemy import func, select

from followup.domain.delivery import Status
from followup.store.database import Tx
from followup.store.models import Communication, Patient


def next_planned(tx: Tx, now: datetime) -> tuple[Communication, Patient | None] | None:
    """The planned communication that is due next, with its patient."""
    found = tx.execute(
        select(Communication, Patient)
        .outerjoin(Patient, Patient.id == Communication.patient_id)
        .where(Communication.status == Status.PLANNED, Communication.due_at > now)
        .order_by(Communication.due_at)
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else None


def in_motion(tx: Tx, now: datetime) -> int:
    """How many communications are due, claimed or being sent."""
    due = (Communication.status == Status.PLANNED) & (Communication.due_at <= now)
    moving = Communication.status.in_((Status.QUEUED, Status.SENDING))
    return tx.scalar(select(func.count()).select_from(Communication).where(due | moving)) or 0
