"""Figures about the service as a whole: what is overdue, unknown or unread, over all clinics."""

from datetime import UTC, datetime

from sqlalchemy import func, select, text

from followup.domain.delivery import Status
from followup.store.conditions import is_status
from followup.store.database import Tx
from followup.store.models import Reply


def database_now(tx: Tx) -> datetime:
    """The database's clock; on SQLite that is this machine's."""
    if tx.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime | None = tx.scalar(select(func.clock_timestamp()))
    assert now is not None
    return now.astimezone(UTC)


def unknown_outcomes(tx: Tx) -> int:
    """How many messages the provider may or may not have."""
    return tx.scalar(select(func.count()).where(is_status(Status.UNKNOWN))) or 0


def unread_replies(tx: Tx) -> int:
    """How many replies are stored and not yet read."""
    return tx.scalar(select(func.count()).where(Reply.status == "received")) or 0


def largest_tables(tx: Tx, most: int = 4) -> list[tuple[str, int, int]]:
    """The largest tables with about how many rows and how many bytes each, indexes included; on SQLite, where tables
    have no sizes of their own, the one file and no rows."""
    if tx.get_bind().dialect.name == "sqlite":
        pages, size = tx.scalar(text("PRAGMA page_count")) or 0, tx.scalar(text("PRAGMA page_size")) or 0
        return [("everything", 0, pages * size)]
    rows = tx.execute(
        text(
            "SELECT relname, greatest(reltuples, 0)::bigint, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 3 DESC LIMIT :most"
        ),
        {"most": most},
    )
    return [(str(name), int(count), int(size)) for name, count, size in rows]
