"""Figures about the service as a whole: what is overdue, unknown or unread, over all clinics."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from followup.domain.delivery import Status
from followup.store.database import Tx
from followup.store.models import Communication, Reply


def database_now(tx: Tx) -> datetime:
    """The database's clock; on SQLite that is this machine's."""
    if tx.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime | None = tx.scalar(select(func.clock_timestamp()))
    assert now is not None
    return now.astimezone(UTC)


def oldest_overdue(tx: Tx, now: datetime) -> datetime | None:
    """When the oldest message that is due and not yet sent became due."""
    return tx.scalar(
        select(func.min(Communication.due_at)).where(
            Communication.status == Status.PLANNED, Communication.due_at <= now
        )
    )


def unknown_outcomes(tx: Tx) -> int:
    """How many messages the provider may or may not have."""
    return tx.scalar(select(func.count()).where(Communication.status == Status.UNKNOWN)) or 0


def unread_replies(tx: Tx) -> int:
    """How many replies are stored and not yet read."""
    return tx.scalar(select(func.count()).where(Reply.status == "received")) or 0
