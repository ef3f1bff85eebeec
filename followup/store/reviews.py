"""The sample of unqueued replies: chosen when they are read, waiting for a nurse, and settled once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, func, select, update

from followup.domain.actor import Actor
from followup.store.database import Tx
from followup.store.models import Reply, Review

RIGHT, CORRECTED, QUEUED = "right", "corrected", "queued"


def choose(tx: Tx, reply: Reply, percent: float, now: datetime) -> Review:
    """Put a reply on the list; it was just read, so it cannot be there already."""
    row = Review(clinic_id=reply.clinic_id, reply_id=reply.id, chosen_at=now, percent=percent)
    tx.add(row)
    return row


def of_reply(tx: Tx, clinic_id: UUID, reply_id: UUID) -> Review | None:
    """The place of a reply on the list, settled or not."""
    return tx.scalar(select(Review).where(Review.clinic_id == clinic_id, Review.reply_id == reply_id))


def waiting(tx: Tx, clinic_id: UUID, limit: int) -> Sequence[Reply]:
    """The replies that a nurse has still to look at, the longest chosen first."""
    return tx.scalars(
        select(Reply)
        .join(Review, Review.reply_id == Reply.id)
        .where(Review.clinic_id == clinic_id, Reply.clinic_id == clinic_id, Review.verdict.is_(None))
        .order_by(Review.chosen_at, Review.id)
        .limit(limit)
    ).all()


def count_waiting(tx: Tx, clinic_id: UUID) -> int:
    """How many replies wait to be looked at."""
    query = select(func.count()).select_from(Review).where(Review.clinic_id == clinic_id, Review.verdict.is_(None))
    return tx.scalar(query) or 0


def settle(tx: Tx, clinic_id: UUID, reply_id: UUID, verdict: str, actor: Actor, now: datetime) -> bool:
    """Say what came of it. One conditional statement: False when the reply is not on the list or was settled before."""
    result = tx.execute(
        update(Review)
        .where(Review.clinic_id == clinic_id, Review.reply_id == reply_id, Review.verdict.is_(None))
        .values(verdict=verdict, actor=str(actor), settled_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)
