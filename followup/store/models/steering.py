"""What nurses say of readings: corrections, and the sample of unqueued replies that they look at."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Word
from followup.store.types import Sealed


class Correction(Base):
    """A nurse's word that a reply was read wrongly: written once, never changed; the reading itself stays as it was."""

    __tablename__ = "corrections"
    __table_args__ = (Index(None, "clinic_id", "at"), Index(None, "reply_id", "at"))

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    reply_id: Mapped[UUID] = mapped_column(ForeignKey("replies.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))  # the case of the reply, after the correction
    opened: Mapped[bool] = mapped_column(default=False)  # the reply had no case until this correction
    from_acuity: Mapped[Word]  # what stood: an earlier correction, else the reading
    to_acuity: Mapped[Word]
    reason: Mapped[str] = mapped_column(Sealed("corrections.reason"))
    actor: Mapped[Word]  # "staff:<id>", "api:<id>"
    at: Mapped[datetime]
    reader_version: Mapped[Word | None]


class Review(Base):
    """A reply that opened no case and was chosen to be looked at all the same; `verdict` is empty until then."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index(
            "ix_reviews_waiting",
            "clinic_id",
            "chosen_at",
            sqlite_where=text("verdict IS NULL"),
            postgresql_where=text("verdict IS NULL"),
        ),
        Index(None, "clinic_id", "chosen_at"),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    reply_id: Mapped[UUID] = mapped_column(ForeignKey("replies.id"), unique=True)
    chosen_at: Mapped[datetime]
    percent: Mapped[float]  # of the unqueued replies that were chosen at that time
    verdict: Mapped[Word | None]  # right | corrected | queued (a case was opened meanwhile, and a nurse sees it there)
    actor: Mapped[Word | None]
    settled_at: Mapped[datetime | None]
