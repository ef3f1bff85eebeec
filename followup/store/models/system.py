"""What the service remembers about itself: the audit trail, wrapped keys, switches and signs of life."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Word


class AuditEntry(Base):
    """Who did or looked at what: ids and field names only.

    Written with the change itself; `sequence`, `previous` and `seal` are added shortly after by one sealer a clinic, so
    that no writer waits for another. A chain with a gap, a changed row or a wrong seal was tampered with.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("clinic_id", "sequence"),
        Index(None, "clinic_id", "at"),
        Index(None, "clinic_id", "object_kind", "object_id"),
        Index(
            "ix_audit_entries_unsealed",
            "clinic_id",
            "id",
            sqlite_where=text("sequence IS NULL"),
            postgresql_where=text("sequence IS NULL"),
        ),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    at: Mapped[datetime]
    actor: Mapped[Word]  # "staff:<id>", "api:<id>", "patient:<id>", "operator", "system"
    action: Mapped[Word]
    object_kind: Mapped[Word]
    object_id: Mapped[UUID | None]
    fields: Mapped[list[Any]] = mapped_column(default=list)
    sequence: Mapped[int | None] = mapped_column(BigInteger())
    previous: Mapped[Word | None]
    seal: Mapped[Word | None]


class WrappedKey(Base):
    """A data key sealed with the newest configured key, so that rotating does not change look-ups."""

    __tablename__ = "wrapped_keys"

    name: Mapped[Word] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary())


class Switch(Base):
    """A setting of the running service as a whole: sending held after a restore, the demo's care clock."""

    __tablename__ = "switches"

    name: Mapped[Word] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class SignOfLife(Base):
    """When a worker, a beat or a poll last did its work, in real time."""

    __tablename__ = "signs_of_life"

    name: Mapped[Word] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
