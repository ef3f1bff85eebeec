"""Outbound communications as rows: kept once, claimed by one statement, given back, and looked up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Integer, bindparam, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from followup.domain.delivery import Channel, Priority, Status
from followup.store.database import Tx
from followup.store.models import Communication, Sender
from followup.store.types import Moment

# Statuses in which a message has left us, or may have.
_GONE = (Status.SENDING, Status.UNKNOWN, Status.SENT, Status.DELIVERED, Status.UNDELIVERED)


def add_once(tx: Tx, row: Communication) -> bool:
    """Keep a new communication; False when one with its dedupe key is there already.

    1. Look; 2. else add under a savepoint; 3. where somebody else was first, the unique key refuses ours.
    """
    if tx.scalar(select(Communication.id).where(Communication.dedupe_key == row.dedupe_key)) is not None:
        return False
    try:
        with tx.begin_nested():
            tx.add(row)
            tx.flush()
    except IntegrityError:
        if tx.scalar(select(Communication.id).where(Communication.dedupe_key == row.dedupe_key)) is None:
            raise  # something else was wrong with it
        return False
    return True


def by_id(tx: Tx, clinic_id: UUID, communication_id: UUID) -> Communication | None:
    """The clinic's communication of that id, or None."""
    return tx.scalar(
        select(Communication).where(Communication.clinic_id == clinic_id, Communication.id == communication_id)
    )


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
            Communication.status == Status.PLANNED.value,
            Communication.priority == priority.value,
            Communication.due_at <= now,
            or_(Communication.sender_id.is_(None), Communication.sender_id == sender.id),
        )
        .order_by(Communication.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if created_since is not None:
        chosen = chosen.where(Communication.created_at >= created_since)
    # As a CTE the choice is made once; as a plain IN (...) PostgreSQL may make it again for each row.
    cte = chosen.cte("chosen")
    return _count(
        tx,
        update(Communication)
        .where(Communication.id.in_(select(cte.c.id)), Communication.status == Status.PLANNED.value)
        .values(status=Status.QUEUED.value, batch_id=batch_id, sender_id=sender.id, lease_until=lease_until),
    )


def claim_one(tx: Tx, communication_id: UUID, *, sender_id: UUID, batch_id: UUID, lease_until: datetime) -> bool:
    """Claim one planned row into a batch of its own; False when somebody else has it or it is not planned."""
    return (
        _count(
            tx,
            update(Communication)
            .where(Communication.id == communication_id, Communication.status == Status.PLANNED.value)
            .values(status=Status.QUEUED.value, batch_id=batch_id, sender_id=sender_id, lease_until=lease_until),
        )
        == 1
    )


def give_back(tx: Tx, batch_id: UUID) -> int:
    """Return a batch that nobody took up (the broker could not be reached) to the planned; says how many rows."""
    return _count(
        tx,
        update(Communication)
        .where(Communication.batch_id == batch_id, Communication.status == Status.QUEUED.value)
        .values(status=Status.PLANNED.value, batch_id=None, lease_until=None),
    )


def free_expired(tx: Tx, real_now: datetime) -> int:
    """Return rows whose batch was never taken up in time to the planned: nothing of them was sent."""
    return _count(
        tx,
        update(Communication)
        .where(Communication.status == Status.QUEUED.value, Communication.lease_until <= real_now)
        .values(status=Status.PLANNED.value, batch_id=None, lease_until=None),
    )


def doubt_expired(tx: Tx, real_now: datetime) -> int:
    """Turn rows whose sending worker has vanished into unknown ones, to be looked up from now on."""
    return _count(
        tx,
        update(Communication)
        .where(Communication.status == Status.SENDING.value, Communication.lease_until <= real_now)
        .values(status=Status.UNKNOWN.value, lease_until=real_now),
    )


def in_flight(tx: Tx) -> int:
    """How many rows are claimed and not taken up yet."""
    return (
        tx.scalar(select(func.count()).select_from(Communication).where(Communication.status == Status.QUEUED.value))
        or 0
    )


def take_batch(tx: Tx, batch_id: UUID) -> Sequence[Communication]:
    """The queued rows of a batch, held by this transaction, most pressing first; none for a repeated message.

    A second delivery of the same broker message waits here until the first has committed and then finds nothing.
    """
    return tx.scalars(
        select(Communication)
        .where(Communication.batch_id == batch_id, Communication.status == Status.QUEUED.value)
        .order_by(Communication.priority, Communication.due_at)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def hold(tx: Tx, ids: Collection[UUID]) -> Sequence[Communication]:
    """These rows as they are now, held by this transaction, in one order for everybody."""
    return tx.scalars(
        select(Communication)
        .where(Communication.id.in_(ids))
        .order_by(Communication.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def mark_sent(tx: Tx, sent: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Settle accepted rows in one go: `sent` holds `row_id`, `sid` and `parts` (segments or None) of each.

    A row that a receipt has moved on already keeps what the receipt said.
    """
    if not sent:
        return
    tx.connection().execute(
        update(Communication.__table__)  # type: ignore[arg-type]
        .where(
            Communication.id == bindparam("row_id"),
            or_(
                Communication.status == Status.SENDING.value,
                Communication.status == Status.UNKNOWN.value,
            ),
        )
        .values(
            status=Status.SENT.value,
            reason=None,
            provider_id=bindparam("sid"),
            segments=func.coalesce(bindparam("parts", type_=Integer()), Communication.segments),
            sent_at=func.coalesce(Communication.sent_at, bindparam("at", type_=Moment())),
            updated_at=bindparam("at", type_=Moment()),
            lease_until=None,
            batch_id=None,
        ),
        [{**row, "at": now} for row in sent],
    )


def greeted(tx: Tx, clinic_id: UUID, indexes: Collection[str]) -> set[tuple[UUID, str]]:
    """Which (patient, address fingerprint) pairs have been written to before, or may have been."""
    if not indexes:
        return set()
    rows = tx.execute(
        select(Communication.patient_id, Communication.to_index)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.to_index.in_(indexes),
            Communication.first_contact.is_(True),
            Communication.status.in_([status.value for status in _GONE if status is not Status.UNDELIVERED]),
        )
        .distinct()
    )
    return {(patient_id, index) for patient_id, index in rows if patient_id is not None and index is not None}


def missed(tx: Tx, now: datetime, *, limit: int) -> Sequence[Communication]:
    """Planned rows that are due and have stopped being useful, held by this transaction."""
    return tx.scalars(
        select(Communication)
        .where(
            Communication.status == Status.PLANNED.value,
            Communication.priority.in_([priority.value for priority in Priority]),
            Communication.due_at <= now,
            Communication.expires_at <= now,
        )
        .order_by(Communication.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def emergencies_not_out(tx: Tx, now: datetime, *, limit: int) -> Sequence[Communication]:
    """Emergency answers that were due by `now` and have not left for certain, held by this transaction."""
    return tx.scalars(
        select(Communication)
        .where(
            Communication.status.in_(
                [status.value for status in (Status.PLANNED, Status.QUEUED, Status.SENDING, Status.UNKNOWN)]
            ),
            Communication.priority == Priority.EMERGENCY.value,
            Communication.due_at <= now,
        )
        .order_by(Communication.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def waiting_emergencies(tx: Tx, now: datetime, *, limit: int = 50) -> Sequence[UUID]:
    """The ids of planned emergency answers that are due, oldest first."""
    return tx.scalars(
        select(Communication.id)
        .where(
            Communication.status == Status.PLANNED.value,
            Communication.priority == Priority.EMERGENCY.value,
            Communication.due_at <= now,
        )
        .order_by(Communication.due_at)
        .limit(limit)
    ).all()


def take_doubtful(tx: Tx, real_now: datetime, *, lease_until: datetime, limit: int) -> Sequence[Communication]:
    """Unknown rows whose time to be looked up has come, most pressing first, leased so that one process looks."""
    rows = tx.scalars(
        select(Communication)
        .where(Communication.status == Status.UNKNOWN.value, Communication.lease_until <= real_now)
        .order_by(Communication.priority, Communication.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.lease_until = lease_until
    tx.flush()
    return rows


def any_doubtful(tx: Tx, real_now: datetime) -> bool:
    """True when an unknown row's time to be looked up has come."""
    return bool(
        tx.scalar(
            select(exists().where(Communication.status == Status.UNKNOWN.value, Communication.lease_until <= real_now))
        )
    )


def _count(tx: Tx, statement: Any) -> int:
    result = cast("CursorResult[Any]", tx.execute(statement, execution_options={"synchronize_session": False}))
    return result.rowcount


def peek(tx: Tx, communication_id: UUID) -> Communication | None:
    """A communication by the id that this service has just given it, or None."""
    return tx.get(Communication, communication_id, populate_existing=True)


def by_message_id(tx: Tx, message_id: str) -> Communication | None:
    """The mail of ours with this Message-ID, of whichever clinic, held: a bounce names nothing else."""
    return tx.scalar(select(Communication).where(Communication.message_id == message_id).with_for_update())
