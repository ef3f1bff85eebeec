"""What has been kept long enough is taken away in small batches, oldest first."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select

from followup.domain.delivery import Status
from followup.store.database import Tx
from followup.store.ids import first_id
from followup.store.models import Attempt, CheckIn, CheckInPhoto, Communication, Page, Receipt

_FINISHED = [status.value for status in Status if status.final]


def drop_details(tx: Tx, before: datetime, limit: int) -> int:
    """Delete attempts made before a moment (real time), with their receipts; says how many attempts.

    Their ids begin with the time, so the oldest are found at the end of the primary key. One whose message is not
    finished stays: it may still be looked up.
    """
    chosen = tx.scalars(
        select(Attempt.id)
        .join(Communication, Communication.id == Attempt.communication_id)
        .where(Attempt.id < first_id(before), Communication.status.in_(_FINISHED))
        .order_by(Attempt.id)
        .limit(limit)
    ).all()
    if chosen:
        tx.execute(delete(Receipt).where(Receipt.attempt_id.in_(chosen)))
        tx.execute(delete(Attempt).where(Attempt.id.in_(chosen)))
    return len(chosen)


def drop_messages(tx: Tx, clinic_id: UUID, before: datetime, limit: int) -> int:
    """Delete a clinic's finished messages made before a moment (care time), with what is left of their attempts and of
    their check-in pages; says how many. A check-in on which answers still lie keeps its message, and so does a page to
    staff, which is told with its case."""
    chosen = tx.scalars(
        select(Communication.id)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.created_at < before,
            Communication.status.in_(_FINISHED),
            ~exists().where(CheckIn.communication_id == Communication.id, CheckIn.lying),
            ~exists().where(Page.communication_id == Communication.id),
        )
        .order_by(Communication.created_at)
        .limit(limit)
    ).all()
    if chosen:
        attempts = select(Attempt.id).where(Attempt.communication_id.in_(chosen))
        tx.execute(delete(Receipt).where(Receipt.attempt_id.in_(attempts)))
        tx.execute(delete(Attempt).where(Attempt.communication_id.in_(chosen)))
        pages = select(CheckIn.id).where(CheckIn.communication_id.in_(chosen))
        tx.execute(delete(CheckInPhoto).where(CheckInPhoto.check_in_id.in_(pages)))
        tx.execute(delete(CheckIn).where(CheckIn.communication_id.in_(chosen)))
        tx.execute(delete(Communication).where(Communication.id.in_(chosen)))
    return len(chosen)
