"""The shifts of a clinic's rota as rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from followup.domain.rota import Shift
from followup.store.database import Tx
from followup.store.models import RotaEntry


def of_clinic(tx: Tx, clinic_id: UUID) -> Sequence[RotaEntry]:
    """Every shift of a clinic, in the order in which they were entered."""
    return tx.scalars(
        select(RotaEntry).where(RotaEntry.clinic_id == clinic_id).order_by(RotaEntry.created_at, RotaEntry.id)
    ).all()


def add(tx: Tx, clinic_id: UUID, shift: Shift, now: datetime) -> RotaEntry:
    """Keep one more shift."""
    row = RotaEntry(
        clinic_id=clinic_id,
        role=shift.role.value,
        staff_id=shift.staff_id,
        weekday=shift.weekday,
        on_date=shift.day,
        begins=f"{shift.begins:%H:%M}",
        ends=f"{shift.ends:%H:%M}",
        created_at=now,
    )
    tx.add(row)
    tx.flush()
    return row


def remove(tx: Tx, clinic_id: UUID, entry_id: UUID) -> bool:
    """Take a shift of this clinic away; False when there is none."""
    found = tx.scalar(
        delete(RotaEntry)
        .where(RotaEntry.clinic_id == clinic_id, RotaEntry.id == entry_id)
        .returning(RotaEntry.id)
        .execution_options(synchronize_session=False)
    )
    return found is not None
