"""Signing in, locking and signing out: browsers of staff, on real time, the same on every web process."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import NotAllowed
from followup.services.context import Services
from followup.services.staff import password_is, staff_actor
from followup.store import audit, clinics, sessions, staff
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Staff, StaffSession

FAILURES_WITHIN = timedelta(minutes=15)
FAILURES_OF_ONE_ADDRESS = 5
FAILURES_FROM_ONE_PLACE = 30
IDLE_MINUTES = 15
# Nobody works longer than this in one go; a browser that was left signed in is not one for ever.
SESSION_LASTS = timedelta(hours=14)
# How fresh `seen_at` is kept: a write for every request would only wear the disk.
_SEEN_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody at a screen. While `locked` it may be shown nothing but counts."""

    session_id: UUID
    clinic_id: UUID
    clinic_name: str
    zone: str
    staff_id: UUID
    name: str
    email: str
    role: str
    csrf: str
    locked: bool
    idle_minutes: int
    preferences: dict[str, Any]

    @property
    def actor(self) -> Actor:
        """This person as the record writes them."""
        return staff_actor(self.staff_id)

    @property
    def admin(self) -> bool:
        """True for who may care for accounts and settings."""
        return self.role == "admin"


def _fingerprint(services: Services, kind: str, value: str) -> str:
    return hmac.new(services.secret, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest()


def sign_in(services: Services, email: str, password: str, place: str) -> str:
    """Check a password and open a session; returns the token for the cookie.

    `place` is where the request came from. Raises NotAllowed with the same words whether the address or the password
    is wrong, and with others once too many tries failed.
    """
    address = email.strip().lower()[:255]
    with services.db.read() as tx:
        row = staff.signing_in(tx, address)
    _hold_back(services, address, place)
    if not password_is(row.password_hash if row else "", password[:512]) or row is None or not row.active:
        _failed(services, row, address, place)
        raise NotAllowed("That address and password do not belong together.")
    token = secrets.token_urlsafe(32)
    now = services.real_now()
    with services.db.write() as tx:
        sessions.forget_failures(tx, subject=_fingerprint(services, "address", address))
        sessions.forget_failures(tx, before=now - 4 * FAILURES_WITHIN)
        session = StaffSession(
            id=new_id(),
            clinic_id=row.clinic_id,
            staff_id=row.id,
            token_hash=_fingerprint(services, "session", token),
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            seen_at=now,
        )
        sessions.add(tx, session)
        _record(tx, services, row, "sign_in")
    return token


def _hold_back(services: Services, address: str, place: str) -> None:
    """Raise NotAllowed when guessing goes on: counted in the database, so that every web process counts together."""
    since = services.real_now() - FAILURES_WITHIN
    with services.db.read() as tx:
        of_address = sessions.failures(tx, _fingerprint(services, "address", address), since)
        of_place = sessions.failures(tx, _fingerprint(services, "place", place), since)
    if of_address >= FAILURES_OF_ONE_ADDRESS or of_place >= FAILURES_FROM_ONE_PLACE:
        raise NotAllowed("Too many tries. Wait 15 minutes, or ask your administrator for a new link.")


def _failed(services: Services, row: Staff | None, address: str, place: str) -> None:
    now = services.real_now()
    with services.db.write() as tx:
        sessions.add_failure(tx, _fingerprint(services, "address", address), now)
        sessions.add_failure(tx, _fingerprint(services, "place", place), now)
        if row is not None:
            _record(tx, services, row, "sign_in_failed")


def who(services: Services, token: str, *, active: bool = True) -> SignedIn | None:
    """Who holds a token; None when nobody does any more.

    `active` says that a person did something: it keeps the screen open. A screen that was idle for too long is locked
    by this very look, whatever the browser says of itself.
    """
    now = services.real_now()
    with services.db.read() as tx:
        found = sessions.by_token(tx, _fingerprint(services, "session", token))
        if found is None or now - found[0].created_at > SESSION_LASTS:
            return None
        session, row = found
        clinic = clinics.by_id(tx, session.clinic_id)
    if clinic is None:
        return None
    idle = _idle_minutes(clinic.settings)
    locked = session.locked_at is not None
    if not locked and now - session.seen_at > timedelta(minutes=idle):
        locked = True
        lock(services, session.clinic_id, session.id)
    elif not locked and active and now - session.seen_at > _SEEN_EVERY:
        with services.db.write() as tx:
            sessions.seen(tx, session.clinic_id, session.id, now)
    return SignedIn(
        session_id=session.id,
        clinic_id=session.clinic_id,
        clinic_name=clinic.name,
        zone=clinic.zone,
        staff_id=row.id,
        name=row.name,
        email=row.email,
        role=row.role,
        csrf=session.csrf,
        locked=locked,
        idle_minutes=idle,
        preferences=dict(row.preferences),
    )


def _idle_minutes(settings: dict[str, Any]) -> int:
    try:
        return min(max(int(settings.get("idle_minutes", IDLE_MINUTES)), 1), 120)
    except (TypeError, ValueError):
        return IDLE_MINUTES


def lock(services: Services, clinic_id: UUID, session_id: UUID) -> None:
    """Lock a screen; it keeps its session and its drafts, and shows nothing of patients."""
    with services.db.write() as tx:
        sessions.lock(tx, clinic_id, session_id, services.real_now())


def unlock(services: Services, signed_in: SignedIn, password: str, place: str) -> str:
    """Open a locked screen by its owner's password; returns the new token. Raises NotAllowed."""
    _hold_back(services, signed_in.email, place)
    with services.db.read() as tx:
        row = staff.by_id(tx, signed_in.clinic_id, signed_in.staff_id)
    if row is None or not password_is(row.password_hash, password[:512]):
        _failed(services, row, signed_in.email, place)
        raise NotAllowed("That is not your password.")
    token = secrets.token_urlsafe(32)
    with services.db.write() as tx:
        sessions.replace_token(
            tx,
            signed_in.clinic_id,
            signed_in.session_id,
            token_hash=_fingerprint(services, "session", token),
            csrf=secrets.token_urlsafe(24),
            at=services.real_now(),
        )
        _record(tx, services, row, "unlock")
    return token


def sign_out(services: Services, signed_in: SignedIn) -> None:
    """End a session."""
    with services.db.write() as tx:
        sessions.end(tx, signed_in.clinic_id, signed_in.session_id, services.real_now())
        row = staff.by_id(tx, signed_in.clinic_id, signed_in.staff_id)
        if row is not None:
            _record(tx, services, row, "sign_out")


def _record(tx: Tx, services: Services, row: Staff, action: str) -> None:
    at: datetime = services.now()
    audit.record(
        tx, clinic_id=row.clinic_id, at=at, actor=staff_actor(row.id), action=action, object_kind="staff",
        object_id=row.id,
    )  # fmt: skip
