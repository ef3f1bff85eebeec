"""Senders as the delivery sees them: who may send now, how much, and who was told to wait or stop."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, or_, select, update

from followup.domain import pace
from followup.domain.delivery import Channel, Priority, Status
from followup.store.conditions import is_status
from followup.store.database import Tx
from followup.store.models import Communication, Sender

PATIENTS, PAGES = "patients", "pages"
_KINDS = {Channel.SMS: ("sms", "messaging_service"), Channel.EMAIL: ("email",)}


def channel_of(sender: Sender) -> Channel:
    """The channel that a sender speaks on."""
    return Channel.EMAIL if sender.kind == "email" else Channel.SMS


def with_due(
    tx: Tx, *, channel: Channel, priorities: Collection[Priority], now: datetime, real_now: datetime
) -> Sequence[Sender]:
    """The senders that may send now and have something due, held by this transaction; the longest idle first.

    One index look-up a sender and priority, so a clinic with a long queue does not make the others' look-ups slower.
    A sender that another claimer holds is passed over: its turn is being taken.
    """
    # The first due row of each priority, not EXISTS: PostgreSQL would rather hash every planned row once its plan is
    # prepared and knows no values.
    waiting = [
        select(Communication.id)
        .where(
            Communication.clinic_id == Sender.clinic_id,
            Communication.channel == channel.value,
            is_status(Status.PLANNED),
            Communication.priority == literal(priority.value, literal_execute=True),
            Communication.due_at <= now,
        )
        .order_by(Communication.due_at)
        .limit(1)
        .correlate(Sender)
        .scalar_subquery()
        .is_not(None)
        for priority in priorities
    ]
    return tx.scalars(
        select(Sender)
        .where(_live(channel, real_now), or_(*waiting))
        .order_by(Sender.pace_at.nulls_first(), Sender.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def _live(channel: Channel, real_now: datetime):  # type: ignore[no-untyped-def]
    return (
        Sender.kind.in_(_KINDS[channel])
        & Sender.stopped_at.is_(None)
        & or_(Sender.paused_until.is_(None), Sender.paused_until <= real_now)
    )


def clinics_with_pagers(tx: Tx, channel: Channel, real_now: datetime) -> set[UUID]:
    """The clinics whose pages have a sender of their own that may send now."""
    return set(tx.scalars(select(Sender.clinic_id).where(_live(channel, real_now), Sender.purpose == PAGES)))


def for_one(tx: Tx, row: Communication) -> Sender | None:
    """The sender for one communication: the one it was given, else the clinic's oldest on its channel.

    Pauses are not looked at: what is sent one at a time is what cannot wait. None when every one is stopped.
    """
    found = tx.scalars(
        select(Sender)
        .where(
            Sender.clinic_id == row.clinic_id,
            Sender.kind.in_(_KINDS[Channel(row.channel)]),
            Sender.stopped_at.is_(None),
        )
        .order_by(Sender.created_at, Sender.id)
    ).all()
    wanted = PAGES if row.priority == Priority.PAGE else PATIENTS
    best = sorted(found, key=lambda sender: (sender.id != row.sender_id, sender.purpose != wanted))
    return best[0] if best else None


def by_ids(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Sender]:
    """These senders, not held."""
    return {row.id: row for row in tx.scalars(select(Sender).where(Sender.id.in_(ids)))} if ids else {}


def charge(tx: Tx, sender: Sender, segments: int, real_now: datetime) -> None:
    """Count segments against a sender's pace; the transaction holds the sender."""
    sender.pace_at = pace.charged(sender.pace_at, sender.pace_per_second, segments, real_now)


def count(tx: Tx, sender_id: UUID, segments: int, beyond: int, real_now: datetime) -> None:
    """Count segments against a sender's day, and those `beyond` what the claim had guessed against its pace."""
    row = tx.scalar(
        select(Sender).where(Sender.id == sender_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        return
    today = pace.carrier_day(real_now)
    row.day_used = segments + (row.day_used if row.day == today else 0)
    row.day = today
    if beyond > 0:
        row.pace_at = pace.charged(row.pace_at, row.pace_per_second, beyond, real_now)


def pause(tx: Tx, sender_id: UUID, asked: float | None, real_now: datetime) -> datetime | None:
    """Let a sender wait. Several refusals of one batch count as one: a sender that waits already is left alone.

    Returns until when it waits; None when it waited already.
    """
    row = tx.scalar(
        select(Sender).where(Sender.id == sender_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None or (row.paused_until is not None and row.paused_until > real_now):
        return None
    row.paused_until = real_now + pace.back_off(row.pauses, asked)
    row.pauses += 1
    return row.paused_until


def use_up_day(tx: Tx, sender_id: UUID, real_now: datetime) -> None:
    """The carrier says that the day's cap is reached, whatever we have counted."""
    tx.execute(
        update(Sender).where(Sender.id == sender_id).values(day=pace.carrier_day(real_now), day_used=Sender.daily_cap),
        execution_options={"synchronize_session": False},
    )


def going_well(tx: Tx, sender_ids: Collection[UUID], real_now: datetime) -> None:
    """Something went through after the last pause: the next back-off begins small again."""
    if sender_ids:
        tx.execute(
            update(Sender)
            .where(
                Sender.id.in_(sender_ids),
                Sender.pauses > 0,
                or_(Sender.paused_until.is_(None), Sender.paused_until <= real_now),
            )
            .values(pauses=0, paused_until=None),
            execution_options={"synchronize_session": False},
        )


def stop(tx: Tx, sender_id: UUID, reason: str, at: datetime) -> bool:
    """Stop a sender until the operator has acted; True for the first to do so, who raises the alarm. `at`: real."""
    row = tx.scalar(
        update(Sender)
        .where(Sender.id == sender_id, Sender.stopped_at.is_(None))
        .values(stopped_at=at, stop_reason=reason)
        .returning(Sender.id)
        .execution_options(synchronize_session=False)
    )
    return row is not None


def resume(tx: Tx, clinic_id: UUID, sender_id: UUID) -> bool:
    """Let a stopped or waiting sender of this clinic send again; False when there is none or nothing held it."""
    row = tx.scalar(
        update(Sender)
        .where(
            Sender.clinic_id == clinic_id,
            Sender.id == sender_id,
            or_(Sender.stopped_at.is_not(None), Sender.paused_until.is_not(None)),
        )
        .values(stopped_at=None, stop_reason=None, paused_until=None, pauses=0)
        .returning(Sender.id)
        .execution_options(synchronize_session=False)
    )
    return row is not None


def stopped(tx: Tx, clinic_id: UUID | None = None) -> Sequence[Sender]:
    """The senders that are stopped, of one clinic or (for the operator) of all."""
    query = select(Sender).where(Sender.stopped_at.is_not(None))
    if clinic_id is not None:
        query = query.where(Sender.clinic_id == clinic_id)
    return tx.scalars(query.order_by(Sender.stopped_at)).all()


def number_of(tx: Tx) -> int:
    """How many senders there are in all."""
    return tx.scalar(select(func.count()).select_from(Sender)) or 0
