"""Procedures as (clinic, source, external id) knows them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_

from followup.domain.delivery import Kind, Status
from followup.store.conditions import among
from followup.store.database import Tx
from followup.store.models import Communication, Procedure


def by_id(tx: Tx, clinic_id: UUID, procedure_id: UUID) -> Procedure | None:
    """The clinic's procedure of that id, or None."""
    return tx.scalar(select(Procedure).where(Procedure.clinic_id == clinic_id, Procedure.id == procedure_id))


def by_ids(tx: Tx, clinic_id: UUID, procedure_ids: Collection[UUID]) -> dict[UUID, Procedure]:
    """The clinic's procedures of these ids, in one statement."""
    if not procedure_ids:
        return {}
    rows = tx.scalars(select(Procedure).where(Procedure.clinic_id == clinic_id, among(tx, Procedure.id, procedure_ids)))
    return {row.id: row for row in rows}


def by_external(tx: Tx, clinic_id: UUID, source: str, external_id: str) -> Procedure | None:
    """The clinic's procedure that `source` calls `external_id`, or None."""
    return tx.scalar(
        select(Procedure).where(
            Procedure.clinic_id == clinic_id, Procedure.source == source, Procedure.external_id == external_id
        )
    )


def by_externals(tx: Tx, clinic_id: UUID, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Procedure]:
    """The clinic's procedures with these (source, external id) pairs, in one statement."""
    if not keys:
        return {}
    rows = tx.scalars(
        select(Procedure).where(
            Procedure.clinic_id == clinic_id, tuple_(Procedure.source, Procedure.external_id).in_(list(keys))
        )
    )
    return {(row.source, row.external_id): row for row in rows}


def of_patient(tx: Tx, clinic_id: UUID, patient_id: UUID, *, status: str | None = None) -> Sequence[Procedure]:
    """A patient's procedures, the latest performed first."""
    query = select(Procedure).where(Procedure.clinic_id == clinic_id, Procedure.patient_id == patient_id)
    if status is not None:
        query = query.where(Procedure.status == status)
    return tx.scalars(query.order_by(Procedure.performed_at.desc(), Procedure.id.desc())).all()


def lock(tx: Tx, clinic_id: UUID, procedure_id: UUID) -> Procedure | None:
    """The procedure, with others who would change it made to wait; read afresh."""
    return tx.scalar(
        select(Procedure)
        .where(Procedure.clinic_id == clinic_id, Procedure.id == procedure_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def add_all(tx: Tx, rows: Iterable[Procedure]) -> None:
    """Keep new procedures of patients who are stored already.

    The caller flushes: a second with the same source and external id is refused.
    """
    tx.add_all(rows)


def newest_of(tx: Tx, clinic_id: UUID, patient_id: UUID) -> Procedure | None:
    """The patient's procedure that was performed last and still stands; one that was cancelled only where all were."""
    found = of_patient(tx, clinic_id, patient_id)
    return next((row for row in found if row.status == "active"), found[0] if found else None)


def running(tx: Tx, clinic_id: UUID, patient_id: UUID) -> Sequence[Procedure]:
    """The patient's active procedures of which something has still to go, the latest performed first."""
    unsent = select(Communication.id).where(
        Communication.procedure_id == Procedure.id,
        Communication.kind == Kind.STEP.value,
        Communication.status.in_([Status.PLANNED.value, Status.QUEUED.value]),
    )
    return tx.scalars(
        select(Procedure)
        .where(
            Procedure.clinic_id == clinic_id,
            Procedure.patient_id == patient_id,
            Procedure.status == "active",
            unsent.exists(),
        )
        .order_by(Procedure.performed_at.desc(), Procedure.id.desc())
    ).all()


def latest_performed(tx: Tx, clinic_id: UUID, patient_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these patients had the latest procedure that still stands; none for who has none."""
    if not patient_ids:
        return {}
    rows = tx.execute(
        select(Procedure.patient_id, func.max(Procedure.performed_at))
        .where(Procedure.clinic_id == clinic_id, Procedure.patient_id.in_(patient_ids), Procedure.status == "active")
        .group_by(Procedure.patient_id)
    )
    return {row[0]: row[1] for row in rows}
