"""What staff changed of plans, as it is written down and read."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from followup.domain.actor import Actor
from followup.store.database import Tx
from followup.store.models import PlanChange


def add(
    tx: Tx,
    *,
    clinic_id: UUID,
    procedure_id: UUID,
    case_id: UUID | None,
    kind: str,
    until: datetime | None,
    reason: str,
    actor: Actor,
    at: datetime,
) -> PlanChange:
    """Write one change down."""
    row = PlanChange(
        clinic_id=clinic_id,
        procedure_id=procedure_id,
        case_id=case_id,
        kind=kind,
        until=until,
        reason=reason,
        actor=str(actor),
        at=at,
    )
    tx.add(row)
    return row


def of_procedures(tx: Tx, clinic_id: UUID, procedure_ids: Collection[UUID]) -> Sequence[PlanChange]:
    """The changes of some plans, oldest first, in one statement."""
    if not procedure_ids:
        return []
    return tx.scalars(
        select(PlanChange)
        .where(PlanChange.clinic_id == clinic_id, PlanChange.procedure_id.in_(procedure_ids))
        .order_by(PlanChange.at, PlanChange.id)
    ).all()
