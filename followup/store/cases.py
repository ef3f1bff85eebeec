"""The cases of a clinic: found, opened, and changed by one conditional statement each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.exc import IntegrityError

from followup.domain.case import CaseStatus
from followup.store.database import Tx
from followup.store.models import Case
from followup.store.once import insert_once


def by_id(tx: Tx, clinic_id: UUID, case_id: UUID) -> Case | None:
    """A case of this clinic, or None; what this transaction may have read of it before is read anew."""
    return tx.scalars(
        select(Case).where(Case.clinic_id == clinic_id, Case.id == case_id).execution_options(populate_existing=True)
    ).first()


def unresolved_of_subject(tx: Tx, clinic_id: UUID, subject_key: str) -> Case | None:
    """The one unresolved case of a subject, locked until this transaction ends (PostgreSQL), or None."""
    return tx.scalars(
        select(Case)
        .where(
            Case.clinic_id == clinic_id,
            Case.subject_key == subject_key,
            Case.status != CaseStatus.RESOLVED,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def try_open(tx: Tx, case: Case) -> bool:
    """Insert a case unless its subject has an unresolved one by now; the transaction goes on either way."""
    return insert_once(tx, case)


def locked(tx: Tx, clinic_id: UUID, case_id: UUID) -> Case | None:
    """A case of this clinic, held by this transaction until it ends (PostgreSQL), or None."""
    return tx.scalars(
        select(Case)
        .where(Case.clinic_id == clinic_id, Case.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def change(
    tx: Tx,
    clinic_id: UUID,
    case_id: UUID,
    *,
    statuses: Sequence[CaseStatus],
    version: int | None,
    values: dict[str, Any],
    free_for: UUID | Literal["anyone"] | None = "anyone",
) -> bool:
    """Change a case if it still is in one of `statuses`, and at `version` where one is given.

    `free_for` asks that the case has no owner but this member of staff (None: no owner at all). One conditional
    statement: False means that someone else was first, and nothing was changed.
    """
    statement = update(Case).where(Case.clinic_id == clinic_id, Case.id == case_id, Case.status.in_(list(statuses)))
    if version is not None:
        statement = statement.where(Case.version == version)
    if free_for != "anyone":
        statement = statement.where(or_(Case.owner_id.is_(None), Case.owner_id == free_for))
    result = tx.execute(
        statement.values(**values, version=Case.version + 1).execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)


def mark_seen(tx: Tx, clinic_id: UUID, case_id: UUID, owner_id: UUID) -> bool:
    """The owner has looked: nothing is unseen. Not a change of the case, so its version stays."""
    result = tx.execute(
        update(Case)
        .where(Case.clinic_id == clinic_id, Case.id == case_id, Case.owner_id == owner_id, Case.unseen.is_(True))
        .values(unseen=False)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)


def try_reopen(tx: Tx, clinic_id: UUID, case_id: UUID, version: int | None, values: dict[str, Any]) -> bool | None:
    """Reopen a resolved case: False when it no longer is resolved, None when its subject has another open case."""
    try:
        with tx.begin_nested():
            return change(tx, clinic_id, case_id, statuses=[CaseStatus.RESOLVED], version=version, values=values)
    except IntegrityError:
        return None


def of_patient(tx: Tx, clinic_id: UUID, patient_id: UUID, since: datetime | None = None) -> Sequence[Case]:
    """A patient's cases, newest first."""
    query = select(Case).where(Case.clinic_id == clinic_id, Case.patient_id == patient_id)
    if since is not None:
        query = query.where(Case.opened_at >= since)
    return tx.scalars(query.order_by(Case.opened_at.desc())).all()
