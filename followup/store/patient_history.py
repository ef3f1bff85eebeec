"""What a patient's page lists: every message planned or sent, every stop, every look that mattered."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, tuple_

from followup.domain.delivery import Kind
from followup.store.database import Tx
from followup.store.models import AuditEntry, Communication, OptOut


def stops(tx: Tx, clinic_id: UUID, addresses: Collection[tuple[str, str]]) -> Sequence[OptOut]:
    """Every stop that stands or stood on these (channel, fingerprint) pairs, newest first."""
    if not addresses:
        return []
    return tx.scalars(
        select(OptOut)
        .where(OptOut.clinic_id == clinic_id, tuple_(OptOut.channel, OptOut.address_index).in_(list(addresses)))
        .order_by(OptOut.since.desc())
    ).all()


def messages(tx: Tx, clinic_id: UUID, patient_id: UUID, limit: int = 500) -> Sequence[Communication]:
    """Every message to a patient in any state, by when it was due, newest first."""
    return tx.scalars(
        select(Communication)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.patient_id == patient_id,
            Communication.kind != Kind.PAGE,
        )
        .order_by(Communication.due_at.desc(), Communication.id.desc())
        .limit(limit)
    ).all()


def messages_of_procedure(tx: Tx, clinic_id: UUID, procedure_id: UUID) -> Sequence[Communication]:
    """The plan of one procedure in any state, by when each message is due."""
    return tx.scalars(
        select(Communication)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.procedure_id == procedure_id,
            Communication.kind == Kind.STEP,
        )
        .order_by(Communication.due_at, Communication.id)
    ).all()


def trail(
    tx: Tx,
    clinic_id: UUID,
    *,
    actor: str = "",
    object_id: UUID | None = None,
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
) -> Sequence[AuditEntry]:
    """Entries of a clinic's audit trail, newest first."""
    query = select(AuditEntry).where(AuditEntry.clinic_id == clinic_id)
    if actor:
        query = query.where(or_(AuditEntry.actor == actor, AuditEntry.actor.startswith(actor + ":", autoescape=True)))
    if object_id is not None:
        query = query.where(AuditEntry.object_id == object_id)
    if action:
        query = query.where(AuditEntry.action == action)
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    return tx.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)).all()
