"""Messages that somebody must look after: in doubt, missed, or an emergency that has not left."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from followup.domain.delivery import Priority, Status
from followup.store.conditions import is_status
from followup.store.database import Tx
from followup.store.models import Communication


def missed(tx: Tx, now: datetime, *, limit: int) -> Sequence[Communication]:
    """Planned rows that are due and have stopped being useful, held by this transaction."""
    return tx.scalars(
        select(Communication)
        .where(
            is_status(Status.PLANNED),
            Communication.priority.in_([priority.value for priority in Priority]),
            Communication.due_at <= now,
            Communication.expires_at <= now,
        )
        .order_by(Communication.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def any_emergency_not_out(tx: Tx, now: datetime) -> bool:
    """True when an emergency answer that was due by `now` has not left for certain."""
    return bool(tx.scalar(select(exists().where(*_not_out(now)))))


def _not_out(now: datetime) -> tuple[ColumnElement[bool], ...]:
    waiting = (Status.PLANNED, Status.QUEUED, Status.SENDING, Status.UNKNOWN)
    return (
        # In the very words of the partial indexes, so that both are used.
        or_(
            is_status(Status.PLANNED),
            is_status(*waiting[1:]),
        ),
        Communication.priority == Priority.EMERGENCY.value,
        Communication.due_at <= now,
    )


def emergencies_not_out(tx: Tx, now: datetime, *, limit: int) -> Sequence[Communication]:
    """Emergency answers that were due by `now` and have not left for certain, held by this transaction."""
    return tx.scalars(
        select(Communication)
        .where(*_not_out(now))
        .order_by(Communication.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def waiting_urgent(tx: Tx, now: datetime, *, limit: int = 50) -> Sequence[UUID]:
    """The ids of planned emergency answers and pages that are due: those to patients first, then the oldest."""
    return tx.scalars(
        select(Communication.id)
        .where(
            is_status(Status.PLANNED),
            Communication.priority.in_((Priority.EMERGENCY.value, Priority.PAGE.value)),
            Communication.due_at <= now,
        )
        .order_by(Communication.priority, Communication.due_at)
        .limit(limit)
    ).all()


def take_doubtful(
    tx: Tx, real_now: datetime, *, lease_until: datetime, limit: int, least: Priority = Priority.STEP
) -> Sequence[Communication]:
    """Unknown rows whose time to be looked up has come, most pressing first, leased so that one process looks.

    None that presses less than `least`.
    """
    rows = tx.scalars(
        select(Communication)
        .where(
            is_status(Status.UNKNOWN),
            Communication.lease_until <= real_now,
            Communication.priority <= least.value,
        )
        .order_by(Communication.priority, Communication.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.lease_until = lease_until
    tx.flush()
    return rows


def any_urgent_stuck(tx: Tx, real_now: datetime) -> bool:
    """True when the claim, sending or doubt of an emergency answer or page has run past its lease."""
    return bool(
        tx.scalar(
            select(
                exists().where(
                    is_status(Status.QUEUED, Status.SENDING, Status.UNKNOWN),
                    Communication.lease_until <= real_now,
                    Communication.priority.in_((Priority.EMERGENCY.value, Priority.PAGE.value)),
                )
            )
        )
    )


def any_doubtful(tx: Tx, real_now: datetime) -> bool:
    """True when an unknown row's time to be looked up has come."""
    return bool(tx.scalar(select(exists().where(is_status(Status.UNKNOWN), Communication.lease_until <= real_now))))
