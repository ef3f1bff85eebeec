"""The questions of plans whose answers are awaited."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Word


class Check(Base):
    """One question to one patient: it ends answered, as a case for a patient who stays silent, or with no need.

    `name` is the step that asks, or names a question that staff added; with the procedure it is unique, so that silence
    is seen once however many processes look.
    """

    __tablename__ = "checks"
    __table_args__ = (
        UniqueConstraint("procedure_id", "name"),
        # What is still awaited, of any clinic: the sweep asks for nothing else.
        Index(
            "ix_checks_awaited",
            "look_at",
            sqlite_where=text("status = 'awaited'"),
            postgresql_where=text("status = 'awaited'"),
        ),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    name: Mapped[Word]
    step: Mapped[Word]
    status: Mapped[Word]  # awaited | answered | silent | needless
    asked_at: Mapped[datetime]  # when the question is due
    look_at: Mapped[datetime]  # when it is next looked at: for a repeat, or for silence
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    settled_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
