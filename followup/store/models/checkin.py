"""The patient's check-in page: what was answered so far, photos that wait to be sent, and wrong tries to get in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Word
from followup.store.types import SealedBytes, SealedJSON


class CheckIn(Base):
    """One opened link. `answers` (slug to value) are what was answered and not sent yet; sending empties them."""

    __tablename__ = "check_ins"
    __table_args__ = (
        UniqueConstraint("communication_id"),
        # What somebody began and did not send: the sweep gives it to a nurse.
        Index(
            "ix_check_ins_lying",
            "changed_at",
            sqlite_where=text("lying = 1"),
            postgresql_where=text("lying"),
        ),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    communication_id: Mapped[UUID] = mapped_column(ForeignKey("communications.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    language: Mapped[Word]
    answers: Mapped[Any | None] = mapped_column(SealedJSON("check_ins.answers"))
    # The slugs that a reply holds already, because they could not wait for the rest.
    given: Mapped[list[Any]] = mapped_column(default=list)
    lying: Mapped[bool] = mapped_column(default=False)
    rounds: Mapped[int] = mapped_column(default=0)  # replies made of it; its number makes each one's provider_id
    reply_id: Mapped[UUID | None]  # the newest of them
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class CheckInPhoto(Base):
    """A photo that was added to a check-in and not sent yet, sealed; sending moves it to the reply."""

    __tablename__ = "check_in_photos"
    __table_args__ = (Index(None, "check_in_id"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_ins.id"))
    content_type: Mapped[Word]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(SealedBytes("check_in_photos.content"), deferred=True)
    created_at: Mapped[datetime]


class CheckInTry(Base):
    """How often a birth date was tried for one link, or from one place; each is a fingerprint, whether ours or not."""

    __tablename__ = "check_in_tries"

    subject: Mapped[Word] = mapped_column(primary_key=True)
    count: Mapped[int]
    began_at: Mapped[datetime]
