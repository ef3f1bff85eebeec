"""Outbound communications, the attempts to send them, and the receipts that came back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Line, Word
from followup.store.types import Sealed


class Communication(Base):
    """One message to one person: the durable row that is the schedule (states in domain/delivery).

    `dedupe_key` makes it impossible to plan the same message twice: "step:<procedure>:<step>:<channel>",
    "emergency:<reply>", "stop:<reply>", "answer:<form token>" and so on.
    """

    __tablename__ = "communications"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        # What is due: only unsent rows stand in these indexes, so that history does not make a claim slower.
        Index(
            "ix_communications_planned",
            "priority",
            "due_at",
            sqlite_where=text("status = 'planned'"),
            postgresql_where=text("status = 'planned'"),
        ),
        # The same by clinic: a clinic whose sender is slow or stopped must not stand in front of the others.
        Index(
            "ix_communications_lane",
            "clinic_id",
            "channel",
            "priority",
            "due_at",
            sqlite_where=text("status = 'planned'"),
            postgresql_where=text("status = 'planned'"),
        ),
        Index(
            "ix_communications_leased",
            "status",
            "lease_until",
            sqlite_where=text("status IN ('queued', 'sending', 'unknown')"),
            postgresql_where=text("status IN ('queued', 'sending', 'unknown')"),
        ),
        Index(
            "ix_communications_batch",
            "batch_id",
            sqlite_where=text("status IN ('queued', 'sending')"),
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
        Index(None, "clinic_id", "patient_id", "due_at"),
        Index(None, "procedure_id"),
        Index(None, "case_id"),
        Index(None, "clinic_id", "to_index", "sent_at"),
        Index(None, "clinic_id", "created_at"),
        Index(None, "clinic_id", "due_at"),
        Index(
            "ix_communications_check_in",
            "check_in_fingerprint",
            unique=True,
            sqlite_where=text("check_in_fingerprint IS NOT NULL"),
            postgresql_where=text("check_in_fingerprint IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"))
    procedure_id: Mapped[UUID | None] = mapped_column(ForeignKey("procedures.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    reply_id: Mapped[UUID | None] = mapped_column(ForeignKey("replies.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[Word]
    step: Mapped[Word | None]
    channel: Mapped[Word]
    priority: Mapped[int]
    dedupe_key: Mapped[str]
    language: Mapped[Word]
    # For a plan's step the words and the address are fixed when it is sent; for everything else, when it is made.
    to_address: Mapped[str | None] = mapped_column(Sealed("communications.to_address"))
    to_index: Mapped[Word | None]
    subject: Mapped[str | None] = mapped_column(Sealed("communications.subject"))
    body: Mapped[str | None] = mapped_column(Sealed("communications.body"))
    html: Mapped[str | None] = mapped_column(Sealed("communications.html"), deferred=True)
    first_contact: Mapped[bool] = mapped_column(default=False)
    # Beside the plan's own steps: "again" repeats a question once, "check" is one that staff asked for.
    extra: Mapped[Word | None]
    # The question it asks, as the step's slug, while an answer is awaited.
    asks: Mapped[Word | None]
    sender_id: Mapped[UUID | None] = mapped_column(ForeignKey("senders.id"))
    status: Mapped[Word]
    reason: Mapped[str | None]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    batch_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    segments: Mapped[int | None]
    provider_id: Mapped[Word | None]
    message_id: Mapped[str | None]  # Message-ID of a mail, for In-Reply-To
    reply_token: Mapped[Word | None] = mapped_column(index=True)
    check_in_fingerprint: Mapped[Word | None]  # of the link to the check-in page that it carries
    replaces_id: Mapped[UUID | None]  # the undeliverable text that this mail stands in for
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]  # delivered, undelivered, failed, skipped or cancelled
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Attempt(Base):
    """One call to the provider, written down before it is made; its id is in the status callback's address."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "communication_id"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    communication_id: Mapped[UUID] = mapped_column(ForeignKey("communications.id"))
    number: Mapped[int]
    sender_address: Mapped[Line]
    started_at: Mapped[datetime]  # real time: the provider's clock is compared with it
    finished_at: Mapped[datetime | None]
    provider_id: Mapped[Word | None] = mapped_column(unique=True)
    outcome: Mapped[Word]  # see domain/attempt
    code: Mapped[Word | None]
    looks: Mapped[int] = mapped_column(default=0)  # how often the provider's list was searched for it


class Receipt(Base):
    """One status callback, kept once however often it is posted."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("attempt_id", "status"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id"))
    status: Mapped[Word]
    code: Mapped[Word | None]
    received_at: Mapped[datetime]
