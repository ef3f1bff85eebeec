"""Numbers about one clinic's messages: what is late, in doubt, or was lately refused, and its senders."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from followup.domain.delivery import Status
from followup.store.database import Tx
from followup.store.models import Communication, Sender


def by_status(tx: Tx, clinic_id: UUID, since: datetime) -> dict[str, int]:
    """How many messages that were due since a moment stand in each status."""
    rows = tx.execute(
        select(Communication.status, func.count())
        .where(Communication.clinic_id == clinic_id, Communication.created_at >= since)
        .group_by(Communication.status)
    )
    return {row[0]: row[1] for row in rows}


def overdue(tx: Tx, clinic_id: UUID, before: datetime) -> tuple[int, datetime | None]:
    """How many planned messages were due before a moment, and when the oldest of them."""
    row = tx.execute(
        select(func.count(), func.min(Communication.due_at)).where(
            Communication.clinic_id == clinic_id,
            Communication.status == Status.PLANNED,
            Communication.due_at < before,
        )
    ).one()
    return row[0], row[1]


def reasons(tx: Tx, clinic_id: UUID, since: datetime, limit: int = 12) -> Sequence[tuple[str, str, int]]:
    """Why messages did not arrive since a moment: (status, reason, how many), the most frequent first."""
    rows = tx.execute(
        select(Communication.status, Communication.reason, func.count())
        .where(
            Communication.clinic_id == clinic_id,
            Communication.created_at >= since,
            Communication.status.in_([Status.UNDELIVERED, Status.FAILED, Status.SKIPPED]),
        )
        .group_by(Communication.status, Communication.reason)
        .order_by(func.count().desc())
        .limit(limit)
    )
    return [(row[0], row[1] or "", row[2]) for row in rows]


def senders(tx: Tx, clinic_id: UUID) -> Sequence[Sender]:
    """Every sender of a clinic."""
    return tx.scalars(
        select(Sender).where(Sender.clinic_id == clinic_id).order_by(Sender.purpose, Sender.kind, Sender.address)
    ).all()
