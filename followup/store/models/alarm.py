"""Alarms about the service itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, Id, Line, Word


class Alarm(Base):
    """Something that is or was wrong, in real time. One `key` is open once, however many look.

    `clinic_id` is None where it concerns the whole service. Nothing of it says anything about a patient.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "ix_alarms_open",
            "key",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    clinic_id: Mapped[UUID | None] = mapped_column(ForeignKey("clinics.id"))
    key: Mapped[Line]
    kind: Mapped[Word]
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
