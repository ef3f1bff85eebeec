"""The people of a clinic who may sign in."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from followup.store.database import Tx
from followup.store.models import Staff
from followup.store.once import insert_once


def by_id(tx: Tx, clinic_id: UUID, staff_id: UUID) -> Staff | None:
    """A member of this clinic's staff, active or not, or None."""
    return tx.scalar(select(Staff).where(Staff.clinic_id == clinic_id, Staff.id == staff_id))


def by_ids(tx: Tx, clinic_id: UUID, staff_ids: Collection[UUID]) -> dict[UUID, Staff]:
    """Members of this clinic's staff by id, in one statement."""
    if not staff_ids:
        return {}
    rows = tx.scalars(select(Staff).where(Staff.clinic_id == clinic_id, Staff.id.in_(staff_ids)))
    return {row.id: row for row in rows}


def signing_in(tx: Tx, email: str) -> Staff | None:
    """Whoever has this mail address, in any clinic: only for signing in, where the address names the clinic."""
    return tx.scalar(select(Staff).where(Staff.email == email))


def of_clinic(tx: Tx, clinic_id: UUID, *, active_only: bool = False) -> Sequence[Staff]:
    """Everyone of a clinic, by name."""
    query = select(Staff).where(Staff.clinic_id == clinic_id)
    if active_only:
        query = query.where(Staff.active.is_(True))
    return tx.scalars(query.order_by(Staff.name, Staff.id)).all()


def add(
    tx: Tx, *, clinic_id: UUID, email: str, name: str, role: str, password_hash: str, now: datetime
) -> Staff | None:
    """Keep a new member of staff; None when the address is taken, in whichever clinic."""
    row = Staff(clinic_id=clinic_id, email=email, name=name, role=role, password_hash=password_hash, created_at=now)
    return row if insert_once(tx, row) else None


def set_preferences(tx: Tx, staff: Staff, preferences: dict[str, Any]) -> None:
    """Change some preferences and keep the others."""
    staff.preferences = {**staff.preferences, **preferences}
