"""Clinics, the senders they own, the people and machines that may come in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from followup.store.models.base import Base, ClinicId, Id, Line, Word


class Clinic(Base):
    """A clinic and its settings. `hours`, `quiet`, `texts` and the like live in `settings` (see domain/hours)."""

    __tablename__ = "clinics"

    id: Mapped[Id]
    slug: Mapped[Word] = mapped_column(unique=True)
    name: Mapped[Line]
    zone: Mapped[Word]
    # The name that patients see; neutral where the real name would give the treatment away.
    sender_name: Mapped[Line]
    phone: Mapped[Word] = mapped_column(default="")
    language: Mapped[Word] = mapped_column(default="en")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Set while nothing unasked leaves for its patients, from when it was added until somebody says "go live".
    held_since: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Sender(Base):
    """A number, messaging service or mail address that speaks for one clinic; `To` of an inbound post finds it."""

    __tablename__ = "senders"
    __table_args__ = (UniqueConstraint("kind", "address"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    kind: Mapped[Word]  # sms | messaging_service | email
    purpose: Mapped[Word] = mapped_column(default="patients")  # patients | pages
    address: Mapped[Line]
    # True where the carrier itself confirms STOP, START and HELP, so that we must not answer those again.
    carrier_confirms: Mapped[bool] = mapped_column(default=True)
    paused_until: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str | None]
    pace_per_second: Mapped[int] = mapped_column(default=1)
    daily_cap: Mapped[int] = mapped_column(default=2000)  # segments a day, as the carrier counts them
    # Real time up to which its pace is spent; segments of the carrier's day; refusals to go faster in a row.
    pace_at: Mapped[datetime | None]
    day: Mapped[Word | None]
    day_used: Mapped[int] = mapped_column(default=0)
    pauses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Staff(Base):
    """A person of one clinic who may sign in."""

    __tablename__ = "staff"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    email: Mapped[Line] = mapped_column(unique=True)
    name: Mapped[Line]
    role: Mapped[Word]  # nurse | admin
    phone: Mapped[Word] = mapped_column(default="")
    password_hash: Mapped[Line] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    # Preferences: keyboard shortcuts off, sound off, theme.
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class StaffSession(Base):
    """One browser that signed in. Only a fingerprint of the cookie is kept."""

    __tablename__ = "staff_sessions"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    token_hash: Mapped[Word] = mapped_column(unique=True)
    csrf: Mapped[Word]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A failed sign-in, kept for a while so that guessing can be slowed down on every web process alike."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[Id]
    subject: Mapped[Word]  # a fingerprint of the address typed, or of where it came from
    at: Mapped[datetime]


class ApiKey(Base):
    """A machine of one clinic that may come in, with what it may do."""

    __tablename__ = "api_keys"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    name: Mapped[Line]
    key_hash: Mapped[Word] = mapped_column(unique=True)
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
