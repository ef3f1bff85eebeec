"""Patients, what they agreed to, and the numbers and addresses that said stop."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Word
from followup.store.types import Sealed


class Patient(Base):
    """A person of one clinic, known by the MRN. Names and contacts are sealed; `*_index` finds them again."""

    __tablename__ = "patients"
    __table_args__ = (
        UniqueConstraint("clinic_id", "mrn_index"),
        Index(None, "clinic_id", "phone_index"),
        Index(None, "clinic_id", "email_index"),
        Index(None, "clinic_id", "family_name_index"),
        Index(None, "clinic_id", "birth_date_index"),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    mrn: Mapped[str] = mapped_column(Sealed("patients.mrn"))
    mrn_index: Mapped[Word]
    given_name: Mapped[str] = mapped_column(Sealed("patients.given_name"))
    family_name: Mapped[str] = mapped_column(Sealed("patients.family_name"))
    family_name_index: Mapped[Word]
    birth_date: Mapped[str] = mapped_column(Sealed("patients.birth_date"))  # ISO 8601 date
    birth_date_index: Mapped[Word]
    phone: Mapped[str | None] = mapped_column(Sealed("patients.phone"))  # E.164
    phone_index: Mapped[Word | None]
    email: Mapped[str | None] = mapped_column(Sealed("patients.email"))
    email_index: Mapped[Word | None]
    language: Mapped[Word]
    timezone: Mapped[Word]
    deceased_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Consent(Base):
    """What a patient agreed to or took back for one channel: who recorded it, when, how. Rows are only added."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "patient_id", "channel", "at"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    channel: Mapped[Word]  # sms | email
    given: Mapped[bool]
    at: Mapped[datetime]
    recorded_by: Mapped[Word]  # "staff:<id>", "api:<id>", "patient", "carrier"
    how: Mapped[Word]  # form | api | import | reply | phone | desk
    privacy_warning: Mapped[bool] = mapped_column(default=False)


class OptOut(Base):
    """A number or address that must not be written to by one clinic, for every patient and plan on it.

    `reason` is `stop` (the patient's or the carrier's word) or `wrong_number` (held until a person has checked it).
    """

    __tablename__ = "opt_outs"
    __table_args__ = (
        Index(
            "uq_opt_outs_standing",
            "clinic_id",
            "channel",
            "address_index",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    channel: Mapped[Word]
    address: Mapped[str] = mapped_column(Sealed("opt_outs.address"))
    address_index: Mapped[Word]
    reason: Mapped[Word]
    source: Mapped[Word]  # reply | carrier | unsubscribe_link | staff
    reply_id: Mapped[UUID | None]
    since: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[Word | None]
