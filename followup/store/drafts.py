"""Words that staff have typed and not sent yet."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from followup.store.database import Tx
from followup.store.models import Draft


def keep(tx: Tx, clinic_id: UUID, staff_id: UUID, place: str, words: str, now: datetime) -> None:
    """Keep the latest words typed in one place; blank words take the draft away."""
    row = tx.scalar(select(Draft).where(Draft.clinic_id == clinic_id, Draft.staff_id == staff_id, Draft.place == place))
    if not words.strip():
        if row is not None:
            tx.delete(row)
        return
    if row is None:
        tx.add(Draft(clinic_id=clinic_id, staff_id=staff_id, place=place, words=words, updated_at=now))
    else:
        row.words, row.updated_at = words, now


def under(tx: Tx, clinic_id: UUID, staff_id: UUID, prefix: str) -> Mapping[str, str]:
    """The drafts of a member of staff whose place begins with `prefix`: place → words."""
    rows = tx.scalars(
        select(Draft).where(
            Draft.clinic_id == clinic_id, Draft.staff_id == staff_id, Draft.place.startswith(prefix, autoescape=True)
        )
    )
    return {row.place: row.words for row in rows}


def drop(tx: Tx, clinic_id: UUID, staff_id: UUID, place: str) -> None:
    """Forget a draft, once its words were sent or kept."""
    tx.execute(delete(Draft).where(Draft.clinic_id == clinic_id, Draft.staff_id == staff_id, Draft.place == place))
