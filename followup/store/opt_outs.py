"""The numbers and addresses that one clinic must not write to, whoever they belong to."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from followup.domain.delivery import Channel
from followup.store.conditions import among
from followup.store.database import Tx
from followup.store.lookup import address_index
from followup.store.models import OptOut


def standing(tx: Tx, clinic_id: UUID, channel: Channel | str, address: str) -> OptOut | None:
    """The stop that stands for this number or address, or None."""
    return _standing(tx, clinic_id, Channel(channel), address_index(tx, channel, address))


def _standing(tx: Tx, clinic_id: UUID, channel: Channel, index: str) -> OptOut | None:
    return tx.scalar(
        select(OptOut).where(
            OptOut.clinic_id == clinic_id,
            OptOut.channel == channel.value,
            OptOut.address_index == index,
            OptOut.lifted_at.is_(None),
        )
    )


def standing_among(tx: Tx, clinic_id: UUID, indexes: Collection[tuple[Channel, str]]) -> set[tuple[Channel, str]]:
    """Which of these (channel, address fingerprint) pairs are stopped, in one statement."""
    if not indexes:
        return set()
    pairs = tx.execute(
        select(OptOut.channel, OptOut.address_index).where(
            OptOut.clinic_id == clinic_id,
            OptOut.lifted_at.is_(None),
            among(tx, OptOut.address_index, {index for _, index in indexes}),
        )
    )
    return {(Channel(channel), index) for channel, index in pairs} & set(indexes)


def stop(
    tx: Tx,
    *,
    clinic_id: UUID,
    channel: Channel | str,
    address: str,
    reason: str = "stop",
    source: str,
    reply_id: UUID | None = None,
    now: datetime,
) -> tuple[OptOut, bool]:
    """Let a stop stand for this number or address; returns it and whether it is new.

    `reason` is "stop" or "wrong_number"; a stop that is said after a wrong number was suspected takes its place.
    1. The standing row is looked for; 2. else one is added under a savepoint; 3. where somebody else was first, the
    unique index refuses ours and theirs is taken.
    """
    channel = Channel(channel)
    index = address_index(tx, channel, address)
    found = _standing(tx, clinic_id, channel, index)
    if found is None:
        row = OptOut(
            clinic_id=clinic_id,
            channel=channel.value,
            address=address,
            address_index=index,
            reason=reason,
            source=source,
            reply_id=reply_id,
            since=now,
        )
        try:
            with tx.begin_nested():
                tx.add(row)
                tx.flush()
        except IntegrityError:
            found = _standing(tx, clinic_id, channel, index)
            if found is None:
                raise
        else:
            return row, True
    if reason == "stop" and found.reason != "stop":
        found.reason, found.source, found.reply_id, found.since = reason, source, reply_id, now
        tx.flush()
        return found, True
    return found, False


def lift(tx: Tx, *, clinic_id: UUID, channel: Channel | str, address: str, by: str, now: datetime) -> bool:
    """Lift the stop that stands for this number or address; False when none stood. `by` as the audit trail writes."""
    lifted = tx.execute(
        update(OptOut)
        .where(
            OptOut.clinic_id == clinic_id,
            OptOut.channel == Channel(channel).value,
            OptOut.address_index == address_index(tx, channel, address),
            OptOut.lifted_at.is_(None),
        )
        .values(lifted_at=now, lifted_by=by)
        .returning(OptOut.id)
    )
    return lifted.first() is not None
