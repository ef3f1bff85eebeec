"""Messages of a clinic in both directions, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from followup.domain.delivery import Kind
from followup.store.database import Tx
from followup.store.models import Communication, Reply


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted; None means any. `before` is the id behind which a page begins (ids grow with time)."""

    status: str | None
    procedure_id: UUID | None
    patient_id: UUID | None
    before: UUID | None
    limit: int


def outbound(tx: Tx, clinic_id: UUID, wanted: Filter) -> Sequence[Communication]:
    """What the clinic wrote or will write to patients, the latest made first."""
    query = select(Communication).where(
        Communication.clinic_id == clinic_id, Communication.kind != Kind.PAGE.value
    )  # fmt: skip
    return tx.scalars(_filtered(query, Communication, wanted)).all()


def inbound(tx: Tx, clinic_id: UUID, wanted: Filter) -> Sequence[Reply]:
    """What patients wrote or said, the latest stored first."""
    return tx.scalars(_filtered(select(Reply).where(Reply.clinic_id == clinic_id), Reply, wanted)).all()


def _filtered(query: Select[Any], table: type[Communication] | type[Reply], wanted: Filter) -> Select[Any]:
    if wanted.status is not None:
        query = query.where(table.status == wanted.status)
    if wanted.procedure_id is not None:
        query = query.where(table.procedure_id == wanted.procedure_id)
    if wanted.patient_id is not None:
        query = query.where(table.patient_id == wanted.patient_id)
    if wanted.before is not None:
        query = query.where(table.id < wanted.before)
    return query.order_by(table.id.desc()).limit(wanted.limit)
