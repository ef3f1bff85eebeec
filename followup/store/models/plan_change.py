"""What staff changed of a plan, and what they expect of a patient for a while."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Word
from followup.store.types import Sealed


class PlanChange(Base):
    """Somebody paused, resumed or stopped a plan, or asked for an extra check: who, when, why. Rows are only added."""

    __tablename__ = "plan_changes"
    __table_args__ = (Index(None, "procedure_id", "at"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))  # where it was done from
    at: Mapped[datetime]
    kind: Mapped[Word]  # paused | resumed | stopped | extra_check
    until: Mapped[datetime | None]  # the end of a pause, or when an extra check goes
    reason: Mapped[str] = mapped_column(Sealed("plan_changes.reason"))
    actor: Mapped[Word]  # "staff:<id>", "api:<id>"


class Expectation(Base):
    """A nurse's word that one thing is to be expected of one patient until a day; it can be ended at once."""

    __tablename__ = "expectations"
    __table_args__ = (
        Index(
            "uq_expectations_standing",
            "procedure_id",
            "topic",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "clinic_id", "patient_id"),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    topic: Mapped[Word]  # see domain/expected
    until: Mapped[datetime]
    note: Mapped[str] = mapped_column(Sealed("expectations.note"))
    actor: Mapped[Word]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Word | None]
