"""Alarms, and the figures that raise them: each from a short piece of an index, never from the whole past."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from followup.domain.delivery import Channel, Priority, Status
from followup.store.conditions import is_status
from followup.store.database import Tx
from followup.store.ids import first_id, made_at, new_id
from followup.store.models import Alarm, Attempt, Clinic, Communication, Receipt, Sender

_SAMPLE = 5000
_PRIORITIES = [priority.value for priority in Priority]


def open_alarms(tx: Tx, clinic_id: UUID | None = None) -> Sequence[Alarm]:
    """The alarms that are not over; with a clinic, its own and those of the whole service."""
    query = select(Alarm).where(Alarm.cleared_at.is_(None))
    if clinic_id is not None:
        query = query.where((Alarm.clinic_id == clinic_id) | Alarm.clinic_id.is_(None))
    return tx.scalars(query.order_by(Alarm.raised_at, Alarm.id)).all()


def raise_once(tx: Tx, *, key: str, kind: str, clinic_id: UUID | None, at: datetime) -> bool:
    """Keep a new alarm; False where another process has just raised the same."""
    try:
        with tx.begin_nested():
            tx.add(Alarm(id=new_id(), key=key, kind=kind, clinic_id=clinic_id, raised_at=at, seen_at=at))
            tx.flush()
    except IntegrityError:
        return False
    return True


def see(tx: Tx, alarm_id: UUID, at: datetime) -> None:
    """Note that it still stands."""
    tx.execute(
        update(Alarm).where(Alarm.id == alarm_id, Alarm.cleared_at.is_(None)).values(seen_at=at),
        execution_options={"synchronize_session": False},
    )


def tell(tx: Tx, alarm_id: UUID, at: datetime) -> bool:
    """Claim the telling of an alarm; False when somebody was first."""
    return _first(
        tx, update(Alarm).where(Alarm.id == alarm_id, Alarm.told_at.is_(None), Alarm.cleared_at.is_(None)), told_at=at
    )


def clear(tx: Tx, alarm_id: UUID, at: datetime, unseen_since: datetime) -> bool:
    """End an alarm that nobody has seen since a moment; False when somebody was first or it stands again."""
    return _first(
        tx,
        update(Alarm).where(Alarm.id == alarm_id, Alarm.cleared_at.is_(None), Alarm.seen_at <= unseen_since),
        cleared_at=at,
    )


def _first(tx: Tx, statement, **values: datetime) -> bool:  # type: ignore[no-untyped-def]
    row = tx.scalar(
        statement.values(**values).returning(Alarm.id).execution_options(synchronize_session=False)
    )  # fmt: skip
    return row is not None


def overdue_by_clinic(tx: Tx, before: datetime) -> dict[UUID, datetime]:
    """When the oldest planned message of each clinic was due, where that was before a moment.

    One look for the whole service first; only when something is late, one look into the index of each clinic.
    """
    planned = (is_status(Status.PLANNED), Communication.due_at <= before)
    if tx.scalar(select(Communication.id).where(*planned, Communication.priority.in_(_PRIORITIES)).limit(1)) is None:
        return {}
    oldest = (
        select(func.min(Communication.due_at))
        .where(
            *planned,
            Communication.clinic_id == Clinic.id,
            Communication.channel.in_([Channel.SMS.value, Channel.EMAIL.value]),
            Communication.priority.in_(_PRIORITIES),
        )
        .correlate(Clinic)
        .scalar_subquery()
    )
    # A clinic that is not live yet holds its messages on purpose.
    rows = tx.execute(select(Clinic.id, oldest).where(Clinic.held_since.is_(None)))
    return {row[0]: row[1] for row in rows if row[1] is not None}


def texts_without_receipt(tx: Tx, real_now: datetime, within: timedelta, most: int) -> int:
    """How many texts (up to `most`) the carrier took in the last day, but for the time `within`, since its last
    receipt. Ids grow with time, so both ends are a look into the primary keys."""
    last = tx.scalar(select(Receipt.id).order_by(Receipt.id.desc()).limit(1))
    since = first_id(real_now - timedelta(days=1))
    if last is not None:
        since = max(since, first_id(made_at(last)))
    recent = (
        select(Attempt.sender_address, Attempt.outcome)
        .where(Attempt.id >= since, Attempt.id < first_id(real_now - within))
        .order_by(Attempt.id.desc())
        .limit(_SAMPLE)
        .subquery()
    )
    taken = select(recent.c.outcome).where(
        recent.c.outcome == "accepted", recent.c.sender_address.not_like("%@%")
    ).limit(most)  # fmt: skip
    return len(tx.execute(taken).all())


def recent_attempts(tx: Tx, since: datetime) -> dict[UUID, dict[tuple[str, str], int]]:
    """The newest attempts since a moment (real time) by clinic, outcome and the provider's code."""
    recent = (
        select(Attempt.clinic_id, Attempt.outcome, func.coalesce(Attempt.code, "").label("code"))
        .where(Attempt.id >= first_id(since))
        .order_by(Attempt.id.desc())
        .limit(_SAMPLE)
        .subquery()
    )
    rows = tx.execute(
        select(recent.c.clinic_id, recent.c.outcome, recent.c.code, func.count()).group_by(
            recent.c.clinic_id, recent.c.outcome, recent.c.code
        )
    )
    found: dict[UUID, dict[tuple[str, str], int]] = {}
    for clinic_id, outcome, code, count in rows:
        found.setdefault(clinic_id, {})[(outcome, code)] = count
    return found


def stopped_senders(tx: Tx) -> dict[UUID, UUID]:
    """Every stopped sender with its clinic."""
    rows = tx.execute(select(Sender.id, Sender.clinic_id).where(Sender.stopped_at.is_not(None)))
    return {row[0]: row[1] for row in rows}
