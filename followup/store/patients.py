"""Patients of one clinic, found by what people know of them."""

import contextlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from followup.domain.delivery import Channel
from followup.domain.errors import InvalidInput
from followup.domain.phone import parse_phone
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.lookup import address_index, birth_date_index, mrn_index, name_index
from followup.store.models import Patient


def by_id(tx: Tx, clinic_id: UUID, patient_id: UUID) -> Patient | None:
    """The clinic's patient of that id, or None."""
    return tx.scalar(select(Patient).where(Patient.clinic_id == clinic_id, Patient.id == patient_id))


def by_ids(tx: Tx, clinic_id: UUID, patient_ids: Collection[UUID]) -> dict[UUID, Patient]:
    """The clinic's patients of these ids, in one statement."""
    if not patient_ids:
        return {}
    rows = tx.scalars(select(Patient).where(Patient.clinic_id == clinic_id, Patient.id.in_(patient_ids)))
    return {row.id: row for row in rows}


def by_mrn(tx: Tx, clinic_id: UUID, mrn: str) -> Patient | None:
    """The clinic's patient with that record number, or None."""
    return tx.scalar(select(Patient).where(Patient.clinic_id == clinic_id, Patient.mrn_index == mrn_index(tx, mrn)))


def by_mrns(tx: Tx, clinic_id: UUID, mrns: Collection[str], *, lock: bool = False) -> dict[str, Patient]:
    """The clinic's patients with these record numbers, by fingerprint (see `lookup.mrn_index`), in one statement.

    `lock` makes others wait who would plan for these patients; everybody locks in the same order.
    """
    if not mrns:
        return {}
    indexes = {mrn_index(tx, mrn) for mrn in mrns}
    query = select(Patient).where(Patient.clinic_id == clinic_id, Patient.mrn_index.in_(indexes)).order_by(Patient.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return {row.mrn_index: row for row in tx.scalars(query)}


def lock(tx: Tx, clinic_id: UUID, patient_id: UUID) -> Patient | None:
    """The patient, with other plans of this patient made to wait for ours (the caps span all plans).

    On SQLite a transaction that may write is alone anyway.
    """
    return tx.scalar(
        select(Patient)
        .where(Patient.clinic_id == clinic_id, Patient.id == patient_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def with_address(tx: Tx, clinic_id: UUID, channel: Channel | str, address: str) -> list[Patient]:
    """Every patient of the clinic who has this number (E.164) or mail address, oldest first."""
    index = address_index(tx, channel, address)
    column = Patient.phone_index if Channel(channel) is Channel.SMS else Patient.email_index
    return list(
        tx.scalars(
            select(Patient).where(Patient.clinic_id == clinic_id, column == index).order_by(Patient.created_at)
        )
    )  # fmt: skip


def search(tx: Tx, clinic_id: UUID, query: str, *, limit: int = 50) -> list[Patient]:
    """Patients by record number, phone, mail address, birth date or exact surname; whichever the words can be.

    A birth date may be written 1960-03-04 or, as people in the US say it, 3/4/1960. Nothing else is searched, because
    names are sealed at rest.
    """
    words = " ".join(query.split())
    if not words or len(words) > 200:
        return []
    matches = [Patient.mrn_index == mrn_index(tx, words), Patient.family_name_index == name_index(tx, words)]
    if "@" in words:
        matches.append(Patient.email_index == address_index(tx, Channel.EMAIL, words))
    with contextlib.suppress(InvalidInput):
        matches.append(Patient.phone_index == address_index(tx, Channel.SMS, parse_phone(words)))
    born = _spoken_date(words)
    if born is not None:
        matches.append(Patient.birth_date_index == birth_date_index(tx, born))
    return list(
        tx.scalars(
            select(Patient).where(Patient.clinic_id == clinic_id, or_(*matches)).order_by(Patient.id).limit(limit)
        )
    )  # fmt: skip


def _spoken_date(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        pass
    parts = words.replace("-", "/").replace(".", "/").split("/")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[2]) != 4:
        return None
    try:
        return date(int(parts[2]), int(parts[0]), int(parts[1]))
    except ValueError:
        return None


def add(
    tx: Tx,
    *,
    clinic_id: UUID,
    mrn: str,
    given_name: str,
    family_name: str,
    birth_date: date,
    phone: str | None,
    email: str | None,
    language: str,
    timezone: str,
    now: datetime,
) -> Patient:
    """Keep a new patient, with what finds them again. The caller flushes: two patients with one MRN are refused."""
    row = Patient(
        id=new_id(),
        clinic_id=clinic_id,
        mrn=mrn,
        mrn_index=mrn_index(tx, mrn),
        given_name=given_name,
        family_name=family_name,
        family_name_index=name_index(tx, family_name),
        birth_date=birth_date.isoformat(),
        birth_date_index=birth_date_index(tx, birth_date),
        language=language,
        timezone=timezone,
        version=1,
        created_at=now,
        updated_at=now,
    )
    set_phone(tx, row, phone)
    set_email(tx, row, email)
    tx.add(row)
    return row


def set_phone(tx: Tx, patient: Patient, phone: str | None) -> None:
    """Change the number (E.164 or None) together with what finds it."""
    patient.phone = phone
    patient.phone_index = None if phone is None else address_index(tx, Channel.SMS, phone)


def set_email(tx: Tx, patient: Patient, email: str | None) -> None:
    """Change the mail address together with what finds it."""
    patient.email = email
    patient.email_index = None if email is None else address_index(tx, Channel.EMAIL, email)


def set_family_name(tx: Tx, patient: Patient, family_name: str) -> None:
    """Change the surname together with what finds it."""
    patient.family_name = family_name
    patient.family_name_index = name_index(tx, family_name)


def set_birth_date(tx: Tx, patient: Patient, born: str) -> None:
    """Change the birth date (ISO text) together with what finds it."""
    patient.birth_date = born
    patient.birth_date_index = birth_date_index(tx, born)


def page(tx: Tx, clinic_id: UUID, *, after: UUID | None = None, limit: int = 50) -> Sequence[Patient]:
    """The clinic's patients in the order they were recorded, from behind `after` on."""
    query = select(Patient).where(Patient.clinic_id == clinic_id)
    if after is not None:
        query = query.where(Patient.id > after)
    return tx.scalars(query.order_by(Patient.id).limit(limit)).all()
