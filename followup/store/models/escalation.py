"""Who is paged when: the rota, the ladder, where staff can be reached, every page, and drills."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Line, Word
from followup.store.types import Sealed


class RotaEntry(Base):
    """One shift on the clinic's own clock: of each week (`weekday`), or of one date (`on_date`), which then counts."""

    __tablename__ = "rota_entries"
    __table_args__ = (Index(None, "clinic_id", "role", "on_date"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    role: Mapped[Word]  # on_call | backup | manager
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # None: nobody, on that date
    weekday: Mapped[int | None]  # 0 is Monday
    on_date: Mapped[date | None] = mapped_column(Date())
    begins: Mapped[Word]  # "17:00", wall time
    ends: Mapped[Word]  # at or before `begins`: on the next day
    created_at: Mapped[datetime]


class PageWebhook(Base):
    """Another system that is told of a page by a signed post; what it is told holds no patient data."""

    __tablename__ = "page_webhooks"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    name: Mapped[Line]
    url: Mapped[str] = mapped_column(Sealed("page_webhooks.url"))
    secret: Mapped[str] = mapped_column(Sealed("page_webhooks.secret"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]  # pages of the past keep naming it


class LadderRung(Base):
    """One rung of a clinic's ladder: whom to page, by which channels, how long after the first rung."""

    __tablename__ = "ladder_rungs"
    __table_args__ = (UniqueConstraint("clinic_id", "position"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    position: Mapped[int]  # 0 is the first
    after_minutes: Mapped[int]
    who: Mapped[Word]  # role | owner | staff | webhook
    role: Mapped[Word | None]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    webhook_id: Mapped[UUID | None] = mapped_column(ForeignKey("page_webhooks.id"))
    channels: Mapped[list[Any]] = mapped_column(default=list)  # sms, call, email, webhook


class ContactPoint(Base):
    """Where a member of staff can be paged, and whether they agreed to it there."""

    __tablename__ = "contact_points"
    __table_args__ = (UniqueConstraint("staff_id", "kind"), Index(None, "address_index"))

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[Word]  # mobile | email
    address: Mapped[str] = mapped_column(Sealed("contact_points.address"))
    address_index: Mapped[Word]
    pages: Mapped[bool] = mapped_column(default=True)  # they agreed to be paged there
    stopped_at: Mapped[datetime | None]  # they texted STOP: the carrier lets no text through
    verified_at: Mapped[datetime | None]  # a page or drill was first answered from there
    created_at: Mapped[datetime]


class Drill(Base):
    """A try of the whole ladder without a patient: every rung is paged at once and asked to answer."""

    __tablename__ = "drills"
    __table_args__ = (Index(None, "clinic_id", "started_at"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    started_at: Mapped[datetime]
    started_by: Mapped[Word]  # "staff:<id>", "operator"
    only: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # a page that somebody sent to themselves
    # The ids of the pages that can answer for each rung: somebody who stands on two rungs is paged once.
    plan: Mapped[list[Any]] = mapped_column(default=list)


class Page(Base):
    """One page to one person over one channel, for a case or a drill; `dedupe_key` makes a second one impossible.

    A text or mail is a communication, whose status counts (here it stays `queued`); a call or post has its own status
    here, in the words of domain/delivery: `delivered` was answered by a person, `undelivered` was not.
    """

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        UniqueConstraint("communication_id"),
        UniqueConstraint("provider_id"),
        Index(None, "case_id", "climb"),
        Index(None, "drill_id"),
        Index(None, "clinic_id", "created_at"),
        Index(None, "staff_id", "created_at"),
        Index(
            "ix_pages_open",
            "status",
            "due_at",
            sqlite_where=text("status IN ('planned', 'sending', 'unknown', 'sent')"),
            postgresql_where=text("status IN ('planned', 'sending', 'unknown', 'sent')"),
        ),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    drill_id: Mapped[UUID | None] = mapped_column(ForeignKey("drills.id"))
    climb: Mapped[int]  # the case's climb that it belongs to
    rung: Mapped[int]  # position on the ladder; -1: nobody could be paged there, so every administrator was
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    webhook_id: Mapped[UUID | None] = mapped_column(ForeignKey("page_webhooks.id"))
    channel: Mapped[Word]
    dedupe_key: Mapped[str]
    communication_id: Mapped[UUID | None] = mapped_column(ForeignKey("communications.id"))
    to_address: Mapped[str | None] = mapped_column(Sealed("pages.to_address"))  # a call's number
    status: Mapped[Word]
    reason: Mapped[str | None]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]  # real time
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]  # real time of the latest attempt
    provider_id: Mapped[Word | None]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_how: Mapped[Word | None]  # sms | call | email | app
    declined_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PageAnswer(Base):
    """A text that a member of staff sent to the number that pages: kept verbatim, whatever it says."""

    __tablename__ = "page_answers"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    page_id: Mapped[UUID | None] = mapped_column(ForeignKey("pages.id"))
    provider_id: Mapped[Word] = mapped_column(unique=True)
    words: Mapped[str] = mapped_column(Sealed("page_answers.words"))
    meaning: Mapped[Word]  # take | decline | stop | start | other
    received_at: Mapped[datetime]
