"""Where staff can be paged, as rows, found by person or by the number that texts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update

from followup.domain.paging import ContactKind
from followup.store.database import Tx
from followup.store.lookup import address_index
from followup.store.models import ContactPoint, Staff

CHANNEL = {ContactKind.MOBILE: "sms", ContactKind.EMAIL: "email"}


def of_clinic(tx: Tx, clinic_id: UUID) -> Sequence[ContactPoint]:
    """Every contact point of a clinic."""
    return tx.scalars(select(ContactPoint).where(ContactPoint.clinic_id == clinic_id)).all()


def of_staff(tx: Tx, clinic_id: UUID, staff_ids: Collection[UUID]) -> dict[UUID, dict[ContactKind, ContactPoint]]:
    """The contact points of these people by kind, in one statement."""
    found: dict[UUID, dict[ContactKind, ContactPoint]] = {one: {} for one in staff_ids}
    for row in tx.scalars(
        select(ContactPoint).where(ContactPoint.clinic_id == clinic_id, ContactPoint.staff_id.in_(staff_ids))
    ):
        found[row.staff_id][ContactKind(row.kind)] = row
    return found


def with_number(tx: Tx, clinic_id: UUID, number: str) -> Sequence[ContactPoint]:
    """The active people of a clinic who are paged on this mobile number (E.164), the longest there first."""
    return tx.scalars(
        select(ContactPoint)
        .join(Staff, Staff.id == ContactPoint.staff_id)
        .where(
            ContactPoint.clinic_id == clinic_id,
            ContactPoint.kind == ContactKind.MOBILE.value,
            ContactPoint.address_index == address_index(tx, "sms", number),
            Staff.active.is_(True),
        )
        .order_by(ContactPoint.created_at, ContactPoint.id)
    ).all()


def put(
    tx: Tx, clinic_id: UUID, staff_id: UUID, kind: ContactKind, *, address: str, pages: bool, now: datetime
) -> ContactPoint:
    """Keep or change a contact point; a new address has been answered from by nobody yet."""
    row = tx.scalar(
        select(ContactPoint).where(
            ContactPoint.clinic_id == clinic_id, ContactPoint.staff_id == staff_id, ContactPoint.kind == kind.value
        )
    )
    if row is None:
        row = ContactPoint(clinic_id=clinic_id, staff_id=staff_id, kind=kind.value, created_at=now)
        tx.add(row)
    if row.address != address:
        row.verified_at = row.stopped_at = None
        row.address, row.address_index = address, address_index(tx, CHANNEL[kind], address)
    row.pages = pages
    tx.flush()
    return row


def remove(tx: Tx, clinic_id: UUID, staff_id: UUID, kind: ContactKind) -> bool:
    """Take a contact point away; False when there is none."""
    found = tx.scalar(
        delete(ContactPoint)
        .where(ContactPoint.clinic_id == clinic_id, ContactPoint.staff_id == staff_id, ContactPoint.kind == kind.value)
        .returning(ContactPoint.id)
        .execution_options(synchronize_session=False)
    )
    return found is not None


def mark_verified(tx: Tx, clinic_id: UUID, staff_id: UUID, kind: ContactKind, at: datetime) -> None:
    """A page was answered from there."""
    tx.execute(
        update(ContactPoint)
        .where(
            ContactPoint.clinic_id == clinic_id,
            ContactPoint.staff_id == staff_id,
            ContactPoint.kind == kind.value,
            ContactPoint.verified_at.is_(None),
        )
        .values(verified_at=at),
        execution_options={"synchronize_session": False},
    )


def mark_stopped(tx: Tx, clinic_id: UUID, index: str, at: datetime | None) -> int:
    """Note that the carrier lets no texts through to this number any more (or again, with None); says how many."""
    found = tx.execute(
        update(ContactPoint)
        .where(
            ContactPoint.clinic_id == clinic_id,
            ContactPoint.kind == ContactKind.MOBILE.value,
            ContactPoint.address_index == index,
        )
        .values(stopped_at=at)
        .returning(ContactPoint.id),
        execution_options={"synchronize_session": False},
    )
    return len(found.all())
