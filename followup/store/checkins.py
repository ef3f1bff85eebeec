"""Links to the check-in page, what was answered there and not sent, and how often a wrong birth date was tried."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import CheckIn, CheckInPhoto, CheckInTry, Communication


def message_of(tx: Tx, clinic_id: UUID, fingerprint: str) -> Communication | None:
    """The message that carried a link of this clinic."""
    return tx.scalar(
        select(Communication).where(
            Communication.clinic_id == clinic_id, Communication.check_in_fingerprint == fingerprint
        )
    )


def of_message(tx: Tx, clinic_id: UUID, communication_id: UUID) -> CheckIn | None:
    """What was opened through a message's link."""
    return tx.scalar(
        select(CheckIn).where(CheckIn.clinic_id == clinic_id, CheckIn.communication_id == communication_id)
    )


def held(tx: Tx, clinic_id: UUID, communication_id: UUID) -> CheckIn | None:
    """The same, kept from others until the transaction ends (PostgreSQL; on SQLite the transaction itself does)."""
    return tx.scalar(
        select(CheckIn)
        .where(CheckIn.clinic_id == clinic_id, CheckIn.communication_id == communication_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def open_once(tx: Tx, message: Communication, patient_id: UUID, now: datetime) -> bool:
    """Note that a link was opened; False when it had been before."""
    if of_message(tx, message.clinic_id, message.id) is not None:
        return False
    try:
        with tx.begin_nested():
            tx.add(
                CheckIn(
                    id=new_id(),
                    clinic_id=message.clinic_id,
                    communication_id=message.id,
                    patient_id=patient_id,
                    language=message.language,
                    given=[],
                    opened_at=now,
                    changed_at=now,
                )
            )
            tx.flush()
    except IntegrityError:  # two browsers at the same moment
        return False
    return True


def photos_of(tx: Tx, clinic_id: UUID, check_in_id: UUID) -> Sequence[CheckInPhoto]:
    """The photos that wait to be sent, in the order in which they were added, without the content."""
    return tx.scalars(
        select(CheckInPhoto)
        .where(CheckInPhoto.clinic_id == clinic_id, CheckInPhoto.check_in_id == check_in_id)
        .order_by(CheckInPhoto.id)
    ).all()


def drop_photos(tx: Tx, clinic_id: UUID, check_in_id: UUID, photo_id: UUID | None = None) -> None:
    """Take away one photo of a check-in, or all."""
    statement = delete(CheckInPhoto).where(CheckInPhoto.clinic_id == clinic_id, CheckInPhoto.check_in_id == check_in_id)
    if photo_id is not None:
        statement = statement.where(CheckInPhoto.id == photo_id)
    tx.execute(statement)


def lying(tx: Tx, before: datetime, limit: int = 100) -> list[tuple[UUID, UUID]]:
    """(clinic, message) of the check-ins of any clinic that were left unsent since before a moment."""
    rows = tx.execute(
        select(CheckIn.clinic_id, CheckIn.communication_id)
        .where(CheckIn.lying.is_(True), CheckIn.changed_at <= before)
        .order_by(CheckIn.changed_at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def count_try(tx: Tx, subject: str, limit: int, now: datetime, since: datetime | None = None) -> bool:
    """Count one more try for a link or a place; False when `limit` is reached and nothing was counted.

    `since`: tries that began before then are forgotten. One conditional update decides among tries at the same moment.
    """
    values: dict[str, Any] = {"count": CheckInTry.count + 1}
    allowed: Any = CheckInTry.count < limit
    if since is not None:
        old = CheckInTry.began_at < since
        values = {
            "count": case((old, 1), else_=CheckInTry.count + 1),
            "began_at": case((old, now), else_=CheckInTry.began_at),
        }
        allowed = or_(old, allowed)
    statement = (
        update(CheckInTry)
        .where(CheckInTry.subject == subject, allowed)
        .values(values)
        .returning(CheckInTry.subject)
        .execution_options(synchronize_session=False)
    )
    if tx.execute(statement).first() is not None:
        return True
    if tx.scalar(select(func.count()).select_from(CheckInTry).where(CheckInTry.subject == subject)):
        return False
    try:
        with tx.begin_nested():
            tx.add(CheckInTry(subject=subject, count=1, began_at=now))
            tx.flush()
    except IntegrityError:  # the first two tries at the same moment
        return tx.execute(statement).first() is not None
    return True


def forgive_tries(tx: Tx, *, link: str, place: str) -> None:
    """The birth date was right: the link's tries are forgotten, and this one is taken back from its place."""
    tx.execute(delete(CheckInTry).where(CheckInTry.subject == link))
    tx.execute(
        update(CheckInTry).where(CheckInTry.subject == place, CheckInTry.count > 0).values(count=CheckInTry.count - 1)
    )


def forget_tries(tx: Tx, before: datetime) -> None:
    """Forget tries that began before a moment: no link lives so long."""
    tx.execute(delete(CheckInTry).where(CheckInTry.began_at < before))
