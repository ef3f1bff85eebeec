"""What happened to a case, in order: written once, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from followup.domain.actor import Actor
from followup.store.database import Tx
from followup.store.models import CaseEvent


def add(
    tx: Tx,
    clinic_id: UUID,
    case_id: UUID,
    kind: str,
    actor: Actor,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> CaseEvent:
    """Write down one event; `detail` is sealed, so it may hold what staff wrote."""
    event = CaseEvent(
        clinic_id=clinic_id,
        case_id=case_id,
        at=at,
        kind=kind,
        actor=str(actor),
        detail=dict(detail) if detail else None,
    )
    tx.add(event)
    return event


def of_case(tx: Tx, clinic_id: UUID, case_id: UUID) -> Sequence[CaseEvent]:
    """Everything that happened to one case, oldest first."""
    return tx.scalars(
        select(CaseEvent)
        .where(CaseEvent.clinic_id == clinic_id, CaseEvent.case_id == case_id)
        .order_by(CaseEvent.at, CaseEvent.id)
    ).all()


def latest_of_kind(tx: Tx, clinic_id: UUID, case_id: UUID, kind: str) -> CaseEvent | None:
    """The last event of one kind, or None."""
    return tx.scalars(
        select(CaseEvent)
        .where(CaseEvent.clinic_id == clinic_id, CaseEvent.case_id == case_id, CaseEvent.kind == kind)
        .order_by(CaseEvent.at.desc(), CaseEvent.id.desc())
        .limit(1)
    ).first()
