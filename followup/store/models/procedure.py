"""Procedures, the protocol versions that they began with, and imports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Line, Word
from followup.store.types import SealedBytes, SealedJSON


class ProtocolVersion(Base):
    """One state of a protocol's folder, whole: a procedure keeps the version that it began with."""

    __tablename__ = "protocol_versions"
    __table_args__ = (UniqueConstraint("clinic_id", "slug", "digest"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    slug: Mapped[Word]
    digest: Mapped[Word]
    files: Mapped[dict[str, Any]]  # file name → text
    created_at: Mapped[datetime]


class Procedure(Base):
    """What was done to a patient, as (clinic, source, external_id) knows it."""

    __tablename__ = "procedures"
    __table_args__ = (
        UniqueConstraint("clinic_id", "source", "external_id"),
        Index(None, "clinic_id", "patient_id"),
        Index(None, "clinic_id", "performed_at"),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    protocol_version_id: Mapped[UUID] = mapped_column(ForeignKey("protocol_versions.id"))
    source: Mapped[Word]
    external_id: Mapped[Line]
    code_system: Mapped[Word | None]
    code: Mapped[Word | None]
    performed_at: Mapped[datetime]
    body_site: Mapped[Word | None]
    office: Mapped[Line | None]
    status: Mapped[Word]  # active | cancelled | entered_in_error
    cancel_reason: Mapped[str | None]
    # What staff decided of the whole plan: nothing goes before a moment, or nothing goes any more.
    paused_until: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    # What the first request said, to tell a repeat from a repeat that differs.
    request: Mapped[Any] = mapped_column(SealedJSON("procedures.request"))
    version: Mapped[int] = mapped_column(default=1)
    recorded_by: Mapped[Word]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ImportJob(Base):
    """A file of procedures on its way in: progress while it runs; `report` says why a whole file was refused."""

    __tablename__ = "import_jobs"
    __table_args__ = (Index(None, "clinic_id", "created_at"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    created_by: Mapped[Word]
    file_name: Mapped[Line]
    content: Mapped[bytes | None] = mapped_column(SealedBytes("import_jobs.content"), deferred=True)
    status: Mapped[Word]  # waiting | running | done | refused
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    recorded: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    report: Mapped[Any | None] = mapped_column(SealedJSON("import_jobs.report"), deferred=True)
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ImportRefusal(Base):
    """One row of a file that could not be taken in, with each field, value and why: `[[field, value, why], ...]`."""

    __tablename__ = "import_refusals"
    __table_args__ = (UniqueConstraint("job_id", "line"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("import_jobs.id"))
    line: Mapped[int]
    faults: Mapped[Any] = mapped_column(SealedJSON("import_refusals.faults"))
