"""Staff accounts: who may come in, as what, and how they choose a password."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from followup.domain.actor import OPERATOR, Actor, ActorKind
from followup.domain.errors import Conflict, Fault, InvalidInput, NotFound
from followup.domain.password import check_password
from followup.domain.patient import parse_email
from followup.services.audited import record_change
from followup.services.context import Services
from followup.store import clinics, sessions, staff
from followup.store.database import Tx
from followup.store.models import Staff

LINK_LASTS = timedelta(hours=72)
# The preference that says that a password was made up by us and has to be changed.
MUST_CHANGE = "change_password"
# argon2id with the library's defaults, which follow RFC 9106's second recommended option.
_HASHER = PasswordHasher()


class Role(StrEnum):
    """What a member of staff may do: an admin also cares for accounts, settings and the audit trail."""

    NURSE = "nurse"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Added:
    """A new account. Where no password was given, `password` is one to begin with, and `link` chooses another."""

    person: Staff
    password: str | None
    link: str


@dataclass(frozen=True, slots=True)
class Invited:
    """Whose password a link sets."""

    clinic_id: UUID
    staff_id: UUID
    email: str
    name: str


def hash_password(password: str) -> str:
    """A password as it is stored."""
    return _HASHER.hash(password)


# Verified against when there is no such account, so that the time an answer takes says nothing.
@cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe())


def password_is(stored: str, password: str) -> bool:
    """True when a password is the stored one; as slow for an account that is not there or has none."""
    try:
        _HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def add(
    services: Services,
    clinic_id: UUID,
    email: str,
    name: str,
    role: str,
    password: str | None = None,
    *,
    actor: Actor = OPERATOR,
) -> Added:
    """Let somebody in. Without a password one is made up, which must be changed at the first sign-in.

    Raises InvalidInput with every fault, Conflict when the address is taken.
    """
    address, title = _checked(email, name, role)
    if password is not None:
        check_password(password, email=address, name=title)
    first = "-".join(secrets.token_hex(3) for _ in range(3)) if password is None else None
    hashed = hash_password(password or first or "")
    now = services.now()
    with services.db.write() as tx:
        row = staff.add(tx, clinic_id=clinic_id, email=address, name=title, role=role, password_hash=hashed, now=now)
        if row is None:
            raise Conflict("Somebody already signs in with this mail address.", [Fault("email", "is taken")])
        if first is not None:
            staff.set_preferences(tx, row, {MUST_CHANGE: True})
        record_change(tx, services, clinic_id, actor, "add", "staff", row.id, ["email", "name", "role"])
    return Added(row, first, set_password_link(services, row))


def _checked(email: str, name: str, role: str) -> tuple[str, str]:
    faults: list[Fault] = []
    address, title = "", " ".join(name.split())
    try:
        address = parse_email(email).lower()
    except InvalidInput as wrong:
        faults += wrong.faults
    if not title or len(title) > 200:
        faults.append(Fault("name", "Give the name that colleagues know."))
    if role not in set(Role):
        faults.append(Fault("role", f"{role!r} is not one of {', '.join(Role)}"))
    if faults:
        raise InvalidInput(faults)
    return address, title


def set_password_link(services: Services, row: Staff) -> str:
    """A link by which a member of staff chooses a password: for three days, and only until they have."""
    expires = int((services.real_now() + LINK_LASTS).timestamp())
    said = f"{row.clinic_id.hex}.{row.id.hex}.{expires}"
    sign = _sign(services, said, row.password_hash)
    return f"{services.public_url}/set-password/{urlsafe_b64encode(f'{said}.{sign}'.encode()).decode().rstrip('=')}"


def _sign(services: Services, said: str, password_hash: str) -> str:
    # The present hash is part of it: once a password is set, the link has lost its worth.
    words = f"set-password|{said}|{password_hash}".encode()
    return hmac.new(services.secret, words, hashlib.sha256).hexdigest()[:40]


def new_link(services: Services, clinic_id: UUID, staff_id: UUID, *, actor: Actor) -> str:
    """A fresh link for somebody who lost a password; every browser of theirs is signed out. Raises NotFound."""
    with services.db.write() as tx:
        row = _found(tx, clinic_id, staff_id)
        row.password_hash = ""
        sessions.end_all(tx, clinic_id, staff_id, services.real_now())
        record_change(tx, services, clinic_id, actor, "reset_password", "staff", staff_id, ["password"])
        tx.flush()
        return set_password_link(services, row)


def read_link(services: Services, token: str) -> Invited:
    """Whose password a link sets. Raises NotFound when it is not ours, too old, or was used."""
    try:
        text = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        said, sign = text.rsplit(".", 1)
        clinic_hex, staff_hex, expires = said.split(".")
        clinic_id, staff_id, until = UUID(clinic_hex), UUID(staff_hex), int(expires)
    except ValueError:
        raise NotFound("This link is not complete. Copy it again, or ask for a new one.") from None
    with services.db.read() as tx:
        row = staff.by_id(tx, clinic_id, staff_id)
    if row is None or not row.active or not hmac.compare_digest(sign, _sign(services, said, row.password_hash)):
        raise NotFound("This link was used already, or is not ours. Ask your administrator for a new one.")
    if services.real_now().timestamp() > until:
        raise NotFound("This link has expired. Ask your administrator for a new one.")
    return Invited(clinic_id, staff_id, row.email, row.name)


def choose_password(services: Services, token: str, password: str) -> Invited:
    """Set the first password by a link. Raises NotFound, InvalidInput."""
    invited = read_link(services, token)
    check_password(password, email=invited.email, name=invited.name)
    _set(services, invited.clinic_id, invited.staff_id, password, keep=None)
    return invited


def change_password(
    services: Services, clinic_id: UUID, staff_id: UUID, *, old: str, new: str, keep: UUID | None = None
) -> None:
    """Change one's own password; every other browser is signed out. Raises InvalidInput."""
    with services.db.read() as tx:
        row = _found(tx, clinic_id, staff_id)
    if not password_is(row.password_hash, old):
        raise InvalidInput(Fault("old", "That is not your present password."))
    check_password(new, email=row.email, name=row.name)
    _set(services, clinic_id, staff_id, new, keep)


def _set(services: Services, clinic_id: UUID, staff_id: UUID, password: str, keep: UUID | None) -> None:
    hashed = hash_password(password)
    with services.db.write() as tx:
        row = _found(tx, clinic_id, staff_id)
        row.password_hash = hashed
        staff.set_preferences(tx, row, {MUST_CHANGE: False})
        sessions.end_all(tx, clinic_id, staff_id, services.real_now(), keep)
        record_change(tx, services, clinic_id, staff_actor(staff_id), "set_password", "staff", staff_id, ["password"])


def set_active(services: Services, clinic_id: UUID, staff_id: UUID, active: bool, *, actor: Actor) -> None:
    """Let somebody in again, or no longer (and sign them out everywhere). Raises NotFound, Conflict for oneself."""
    if actor.id == staff_id and not active:
        raise Conflict("You cannot close your own account; another administrator can.")
    with services.db.write() as tx:
        row = _found(tx, clinic_id, staff_id)
        row.active = active
        if not active:
            sessions.end_all(tx, clinic_id, staff_id, services.real_now())
        action = "activate" if active else "deactivate"
        record_change(tx, services, clinic_id, actor, action, "staff", staff_id, ["active"])


def set_preferences(services: Services, clinic_id: UUID, staff_id: UUID, preferences: dict[str, bool | str]) -> None:
    """Change how one's own screens behave."""
    with services.db.write() as tx:
        staff.set_preferences(tx, _found(tx, clinic_id, staff_id), dict(preferences))


def everyone(services: Services, clinic_id: UUID, *, active_only: bool = False) -> list[Staff]:
    """Everyone of a clinic, by name. Raises NotFound when there is no such clinic."""
    with services.db.read() as tx:
        if clinics.by_id(tx, clinic_id) is None:
            raise NotFound
        return list(staff.of_clinic(tx, clinic_id, active_only=active_only))


def staff_actor(staff_id: UUID) -> Actor:
    """A member of staff as the record writes them."""
    return Actor(ActorKind.STAFF, staff_id)


def _found(tx: Tx, clinic_id: UUID, staff_id: UUID) -> Staff:
    row = staff.by_id(tx, clinic_id, staff_id)
    if row is None:
        raise NotFound("There is no such member of staff here.")
    return row
