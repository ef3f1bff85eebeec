"""Clinics and the senders that name them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from followup.store.database import Tx
from followup.store.models import Clinic, Sender


def by_id(tx: Tx, clinic_id: UUID) -> Clinic | None:
    """The clinic of that id, or None."""
    return tx.get(Clinic, clinic_id)


def lock(tx: Tx, clinic_id: UUID) -> Clinic | None:
    """The same, held by this transaction until it ends (PostgreSQL)."""
    return tx.scalar(select(Clinic).where(Clinic.id == clinic_id).with_for_update())


def by_slug(tx: Tx, slug: str) -> Clinic | None:
    """The clinic of that slug, or None."""
    return tx.scalar(select(Clinic).where(Clinic.slug == slug))


def all_clinics(tx: Tx) -> Sequence[Clinic]:
    """Every clinic, by slug: for the operator and for rounds of the whole service, never for one clinic's pages."""
    return tx.scalars(select(Clinic).order_by(Clinic.slug)).all()


def only_clinic(tx: Tx) -> Clinic | None:
    """The clinic where there is exactly one, else None."""
    some = tx.scalars(select(Clinic).limit(2)).all()
    return some[0] if len(some) == 1 else None


def add(tx: Tx, clinic: Clinic) -> Clinic:
    """Keep a new clinic."""
    tx.add(clinic)
    tx.flush()
    return clinic


def held_ids(tx: Tx) -> frozenset[UUID]:
    """The clinics that are not live yet: nothing unasked leaves for their patients."""
    return frozenset(tx.scalars(select(Clinic.id).where(Clinic.held_since.is_not(None))))


def try_go_live(tx: Tx, clinic_id: UUID) -> bool:
    """Let messages leave; False where somebody was first. One conditional update decides."""
    done = tx.execute(
        update(Clinic)
        .where(Clinic.id == clinic_id, Clinic.held_since.is_not(None))
        .values(held_since=None)
        .returning(Clinic.id)
        .execution_options(synchronize_session=False)
    ).first()
    return done is not None


def sender_for(tx: Tx, kind: str, address: str) -> Sender | None:
    """The sender that an inbound post names, of whichever clinic; `kind` sms, messaging_service or email."""
    return tx.scalar(select(Sender).where(Sender.kind == kind, Sender.address == sender_form(kind, address)))


def senders_of(tx: Tx, clinic_id: UUID, purpose: str = "patients") -> Sequence[Sender]:
    """The senders that speak for a clinic to its `patients`, or that page its staff (`pages`), oldest first."""
    return tx.scalars(
        select(Sender)
        .where(Sender.clinic_id == clinic_id, Sender.purpose == purpose)
        .order_by(Sender.created_at, Sender.id)
    ).all()


def senders_for_texts(tx: Tx) -> Sequence[Sender]:
    """Every number and messaging service, of all clinics."""
    return tx.scalars(select(Sender).where(Sender.kind.in_(("sms", "messaging_service"))).order_by(Sender.id)).all()


def add_sender(
    tx: Tx,
    clinic_id: UUID,
    *,
    kind: str,
    address: str,
    purpose: str = "patients",
    carrier_confirms: bool = True,
    pace_per_second: int = 1,
    now: datetime,
) -> Sender:
    """Give a clinic a sender. Raises IntegrityError when another clinic (or this one) has it already."""
    sender = Sender(
        clinic_id=clinic_id,
        kind=kind,
        address=sender_form(kind, address),
        purpose=purpose,
        carrier_confirms=carrier_confirms,
        pace_per_second=pace_per_second,
        created_at=now,
    )
    tx.add(sender)
    tx.flush()
    return sender


def sender_form(kind: str, address: str) -> str:
    """A sender's address as it is stored: mail addresses in lower case."""
    return address.strip().lower() if kind == "email" else address.strip()
