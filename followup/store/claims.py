"""Due messages are claimed into batches by one statement, taken up once, and given back when nobody takes them up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, func, literal, or_, select, update

from followup.domain.delivery import Channel, Priority, Status
from followup.store.conditions import is_status
from followup.store.database import Tx
from followup.store.models import Communication, Sender


def claim(
    tx: Tx,
    *,
    sender: Sender,
    channel: Channel,
    priority: Priority,
    now: datetime,
    created_since: datetime | None,
    limit: int,
    batch_id: UUID,
    lease_until: datetime,
) -> int:
    """Claim up to `limit` of a sender's due rows, oldest first, into a batch; says how many.

    One conditional statement. On PostgreSQL a row that another transaction holds is passed over, so any number of
    claimers never wait for each other nor take a row twice; on SQLite the write transaction is alone.
    """
    chosen = (
        select(Communication.id)
        .where(
            Communication.clinic_id == sender.clinic_id,
            Communication.channel == channel.value,
            is_status(Status.PLANNED),
            # Written into the statement: a prepared plan that knows neither would sort every planned row instead.
            Communication.priority == literal(priority.value, literal_execute=True),
            Communication.due_at <= now,
            or_(Communication.sender_id.is_(None), Communication.sender_id == sender.id),
        )
        .order_by(Communication.due_at)
        .limit(literal(limit, literal_execute=True))
        .with_for_update(skip_locked=True)
    )
    if created_since is not None:
        chosen = chosen.where(Communication.created_at >= created_since)
    # As a CTE the choice is made once; as a plain IN (...) PostgreSQL may make it again for each row.
    cte = chosen.cte("chosen")
    claimed = tx.execute(
        update(Communication)
        .where(Communication.id.in_(select(cte.c.id)), is_status(Status.PLANNED))
        .values(status=Status.QUEUED.value, batch_id=batch_id, sender_id=sender.id, lease_until=lease_until)
        # SQLite's driver does not count what a statement with a CTE has changed.
        .returning(Communication.id),
        execution_options={"synchronize_session": False},
    )
    return len(claimed.all())


def claim_one(tx: Tx, communication_id: UUID, *, sender_id: UUID, batch_id: UUID, lease_until: datetime) -> bool:
    """Claim one planned row into a batch of its own; False when somebody else has it or it is not planned."""
    return (
        _count(
            tx,
            update(Communication)
            .where(Communication.id == communication_id, is_status(Status.PLANNED))
            .values(status=Status.QUEUED.value, batch_id=batch_id, sender_id=sender_id, lease_until=lease_until),
        )
        == 1
    )


def give_back(tx: Tx, batch_id: UUID) -> int:
    """Return a batch that nobody took up (the broker could not be reached) to the planned; says how many rows."""
    return _count(
        tx,
        update(Communication)
        .where(Communication.batch_id == batch_id, is_status(Status.QUEUED))
        .values(status=Status.PLANNED.value, batch_id=None, lease_until=None),
    )


def free_expired(tx: Tx, real_now: datetime) -> int:
    """Return rows whose batch was never taken up in time to the planned: nothing of them was sent."""
    return _count(
        tx,
        update(Communication)
        .where(is_status(Status.QUEUED), Communication.lease_until <= real_now)
        .values(status=Status.PLANNED.value, batch_id=None, lease_until=None),
    )


def doubt_expired(tx: Tx, real_now: datetime) -> int:
    """Turn rows whose sending worker has vanished into unknown ones, to be looked up from now on."""
    return _count(
        tx,
        update(Communication)
        .where(is_status(Status.SENDING), Communication.lease_until <= real_now)
        .values(status=Status.UNKNOWN.value, lease_until=real_now),
    )


def in_flight(tx: Tx, sender_id: UUID | None = None) -> int:
    """How many rows are claimed and not taken up yet, of one sender or of all."""
    query = select(func.count()).select_from(Communication).where(is_status(Status.QUEUED))
    if sender_id is not None:
        query = query.where(Communication.sender_id == sender_id)
    return tx.scalar(query) or 0


def take_batch(tx: Tx, batch_id: UUID) -> Sequence[Communication]:
    """The queued rows of a batch, held by this transaction, most pressing first; none for a repeated message.

    A second delivery of the same broker message waits here until the first has committed and then finds nothing.
    """
    return tx.scalars(
        select(Communication)
        .where(Communication.batch_id == batch_id, is_status(Status.QUEUED))
        .order_by(Communication.priority, Communication.due_at)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _count(tx: Tx, statement: Any) -> int:
    result = cast("CursorResult[Any]", tx.execute(statement, execution_options={"synchronize_session": False}))
    return result.rowcount
