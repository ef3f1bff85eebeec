"""What patients wrote, and what came with it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Word
from followup.store.types import Sealed, SealedBytes, SealedJSON


class Reply(Base):
    """Words that came in, verbatim. Stored before anything is made of them; `provider_id` makes a replay a no-op."""

    __tablename__ = "replies"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        Index(None, "clinic_id", "patient_id", "received_at"),
        Index(None, "clinic_id", "from_index", "received_at"),
        Index(None, "case_id"),
        Index(None, "clinic_id", "received_at"),
        Index(
            "ix_replies_unread",
            "received_at",
            sqlite_where=text("status = 'received'"),
            postgresql_where=text("status = 'received'"),
        ),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    channel: Mapped[Word]  # sms | email | phone | checkin
    provider_id: Mapped[str]  # MessageSid, a mail's Message-ID, or one of ours
    from_address: Mapped[str | None] = mapped_column(Sealed("replies.from_address"))
    from_index: Mapped[Word | None]
    to_address: Mapped[str]
    text: Mapped[str] = mapped_column(Sealed("replies.text"))
    subject: Mapped[str | None] = mapped_column(Sealed("replies.subject"))
    # The whole mail as text, where `text` is what was left after quotes and signature were taken off.
    whole: Mapped[str | None] = mapped_column(Sealed("replies.whole"), deferred=True)
    # The answers of a check-in, with the questions as they were asked and where each stands in `text`.
    answers: Mapped[Any | None] = mapped_column(SealedJSON("replies.answers"))
    # A mail whose headers say that a machine wrote it: never answered.
    automatic: Mapped[bool] = mapped_column(default=False)
    carrier_keyword: Mapped[Word | None]  # OptOutType, where the carrier has already acted on it
    received_at: Mapped[datetime]
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"))
    procedure_id: Mapped[UUID | None] = mapped_column(ForeignKey("procedures.id"))
    question_id: Mapped[UUID | None] = mapped_column(index=True)  # the communication it answers
    candidates: Mapped[list[Any]] = mapped_column(default=list)  # patient ids, where several could have written it
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # who wrote it down, for channel phone
    status: Mapped[Word]  # received | read | unreadable
    acuity: Mapped[Word | None]
    opt_out: Mapped[bool] = mapped_column(default=False)
    language: Mapped[Word | None]
    assessment: Mapped[Any | None] = mapped_column(SealedJSON("replies.assessment"))
    assessment_version: Mapped[Word | None]
    to_nurse: Mapped[bool] = mapped_column(default=False)  # answers a message that staff wrote
    read_at: Mapped[datetime | None]


class Attachment(Base):
    """A photo or file that came with a reply, sealed."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("reply_id", "position"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    reply_id: Mapped[UUID] = mapped_column(ForeignKey("replies.id"))
    position: Mapped[int]
    content_type: Mapped[Word]
    size: Mapped[int | None]
    source_url: Mapped[str | None] = mapped_column(Sealed("attachments.source_url"))
    content: Mapped[bytes | None] = mapped_column(SealedBytes("attachments.content"), deferred=True)
    status: Mapped[Word]  # waiting | stored | refused | failed
    reason: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
