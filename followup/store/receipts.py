"""Status callbacks, each kept once however often it is posted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from followup.store.database import Tx
from followup.store.models import Receipt
from followup.store.once import insert_once


def add_once(
    tx: Tx, *, clinic_id: UUID, attempt_id: UUID, status: str, code: str | None, received_at: datetime
) -> bool:
    """Keep a receipt; False for a repeat of the same status of the same attempt.

    The caller holds the attempt, so two posts of one receipt come here one after the other; the unique key is the
    guard that stays when that is forgotten.
    """
    known = select(Receipt.id).where(Receipt.attempt_id == attempt_id, Receipt.status == status)
    if tx.scalar(known) is not None:
        return False
    row = Receipt(clinic_id=clinic_id, attempt_id=attempt_id, status=status, code=code, received_at=received_at)
    return insert_once(tx, row)
