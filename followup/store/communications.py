"""Outbound communications as rows: kept once, looked up, held, and settled many at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from followup.domain.delivery import Status
from followup.store.bulk import update_each
from followup.store.conditions import among
from followup.store.database import Tx
from followup.store.models import Communication
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


def by_key(tx: Tx, clinic_id: UUID, dedupe_key: str) -> Communication | None:
    """The clinic's communication of that key, or None."""
    return tx.scalar(
        select(Communication).where(Communication.clinic_id == clinic_id, Communication.dedupe_key == dedupe_key)
    )


def hold(tx: Tx, ids: Collection[UUID]) -> Sequence[Communication]:
    """These rows as they are now, held by this transaction, in one order for everybody."""
    return tx.scalars(
        select(Communication)
        .where(among(tx, Communication.id, ids))
        .order_by(Communication.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def mark_sent(tx: Tx, sent: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Settle accepted rows in one go: `sent` holds `row_id`, `sid` and `parts` (segments or None) of each.

    A row that a receipt has moved on already keeps what the receipt said.
    """
    update_each(
        tx,
        sent,
        {"row_id": Uuid(), "sid": String(), "parts": Integer()},
        lambda cells: (
            update(Communication.__table__)  # type: ignore[arg-type]
            .where(
                Communication.id == cells["row_id"],
                or_(
                    Communication.status == Status.SENDING.value,
                    Communication.status == Status.UNKNOWN.value,
                ),
            )
            .values(
                status=Status.SENT.value,
                reason=None,
                provider_id=cells["sid"],
                segments=func.coalesce(cells["parts"], Communication.segments),
                sent_at=func.coalesce(Communication.sent_at, literal(now, Moment())),
                updated_at=now,
                lease_until=None,
                batch_id=None,
            )
        ),
    )


def greeted(tx: Tx, clinic_id: UUID, indexes: Collection[str]) -> set[tuple[UUID, str]]:
    """Which (patient, address fingerprint) pairs have been written to before, or may have been."""
    if not indexes:
        return set()
    rows = tx.execute(
        select(Communication.patient_id, Communication.to_index)
        .where(
            Communication.clinic_id == clinic_id,
            among(tx, Communication.to_index, indexes),
            Communication.first_contact.is_(True),
            Communication.status.in_([status.value for status in _GONE if status is not Status.UNDELIVERED]),
        )
        .distinct()
    )
    return {(patient_id, index) for patient_id, index in rows if patient_id is not None and index is not None}


def peek(tx: Tx, communication_id: UUID) -> Communication | None:
    """A communication by the id that this service has just given it, or None."""
    return tx.get(Communication, communication_id, populate_existing=True)


def by_message_id(tx: Tx, message_id: str) -> Communication | None:
    """The mail of ours with this Message-ID, of whichever clinic, held: a bounce names nothing else."""
    return tx.scalar(select(Communication).where(Communication.message_id == message_id).with_for_update())
