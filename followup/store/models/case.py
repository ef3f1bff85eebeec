"""Cases and everything that happened to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Word
from followup.store.types import Sealed, SealedJSON


class Case(Base):
    """What a nurse works on. At most one is unresolved for a subject (a patient, or a sender nobody knows)."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "uq_cases_unresolved_subject",
            "clinic_id",
            "subject_key",
            unique=True,
            sqlite_where=text("status <> 'resolved'"),
            postgresql_where=text("status <> 'resolved'"),
        ),
        Index(
            "ix_cases_queue",
            "clinic_id",
            "status",
            "acuity",
            "respond_by",
            sqlite_where=text("status <> 'resolved'"),
            postgresql_where=text("status <> 'resolved'"),
        ),
        Index(
            "ix_cases_to_page",
            "next_page_at",
            sqlite_where=text("next_page_at IS NOT NULL"),
            postgresql_where=text("next_page_at IS NOT NULL"),
        ),
        Index(None, "clinic_id", "patient_id", "opened_at"),
        Index(None, "clinic_id", "resolved_at"),
        Index(None, "clinic_id", "opened_at"),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    subject_key: Mapped[str]  # "patient:<id>" or "sender:<channel>:<index>"
    kind: Mapped[Word]
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"))
    procedure_id: Mapped[UUID | None] = mapped_column(ForeignKey("procedures.id"))
    status: Mapped[Word]
    acuity: Mapped[Word]
    opened_at: Mapped[datetime]
    # The first words that nobody has answered yet: the age that is shown, day and night.
    waiting_since: Mapped[datetime | None]
    respond_by: Mapped[datetime]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    acknowledged_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    disposition: Mapped[Word | None]
    # Words that staff must not miss: not_told, call_instead, opted_out, shared_number, photo, proxy, undelivered ...
    beware: Mapped[list[Any]] = mapped_column(default=list)
    escalated_at: Mapped[datetime | None]
    risk: Mapped[int] = mapped_column(default=0)  # of a patient who stays silent, see domain/silence
    rung: Mapped[int] = mapped_column(default=0)  # of the ladder, to be paged next
    next_page_at: Mapped[datetime | None]
    # How often people were paged: part of each page's key.
    climbs: Mapped[int] = mapped_column(default=0, server_default="0")
    unseen: Mapped[bool] = mapped_column(default=True)  # something came in since the owner last looked
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class CaseEvent(Base):
    """One thing that happened to a case, in order; what staff wrote is sealed."""

    __tablename__ = "case_events"
    __table_args__ = (Index(None, "case_id", "at"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    # opened | joined | raised | acknowledged | contact | answer | note | handed_over | escalated | resolved | reopened
    # | paged | page_lost | page_answered | page_said
    kind: Mapped[Word]
    actor: Mapped[Word]  # "staff:<id>", "api:<id>", "system"
    detail: Mapped[Any | None] = mapped_column(SealedJSON("case_events.detail"))


class Draft(Base):
    """Words that a member of staff has typed and not sent: they outlive a locked screen, a lost line and a browser."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("staff_id", "place"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    place: Mapped[str]  # "case:<id>:answer", "case:<id>:note", ...
    words: Mapped[str] = mapped_column(Sealed("drafts.words"))
    updated_at: Mapped[datetime]
