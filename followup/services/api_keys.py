"""The machines that may come in: how a key is made, shown once, known again, and taken back."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from followup.domain.actor import Actor, ActorKind
from followup.domain.errors import Conflict, Fault, InvalidInput, NotFound
from followup.services.context import Services
from followup.store import api_keys, audit, clinics
from followup.store.models import ApiKey

_PREFIX = "fup_"
_NOTE_USE_EVERY = timedelta(hours=1)


class Scope(StrEnum):
    """What a key may do."""

    PROCEDURES_READ = "procedures:read"
    PROCEDURES_WRITE = "procedures:write"
    PATIENTS_READ = "patients:read"
    PATIENTS_WRITE = "patients:write"
    COMMUNICATIONS_READ = "communications:read"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it was made; `secret` is shown now and never again."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """The machine behind a request."""

    clinic_id: UUID
    key_id: UUID
    name: str
    scopes: frozenset[Scope]

    @property
    def actor(self) -> Actor:
        """The machine as the record names it."""
        return Actor(ActorKind.API, self.key_id)


def create(services: Services, clinic_id: UUID, name: str, scopes: Sequence[str], actor: Actor) -> NewKey:
    """A new key for a machine of a clinic. Raises InvalidInput with every fault, NotFound, Conflict on the name."""
    faults: list[Fault] = []
    clean = " ".join(name.split())
    if not clean or len(clean) > 255:
        faults.append(Fault("name", "is empty or longer than 255 letters; say which machine it is for"))
    if not scopes:
        faults.append(Fault("scopes", f"none is given; choose from {', '.join(Scope)}"))
    known = [scope.value for scope in Scope]
    faults += [
        Fault("scopes", f"{scope!r} is not a scope; choose from {', '.join(known)}")
        for scope in scopes
        if scope not in known
    ]
    if faults:
        raise InvalidInput(faults)
    secret = _PREFIX + secrets.token_urlsafe(32)
    now = services.now()
    with services.db.write() as tx:
        if clinics.by_id(tx, clinic_id) is None:
            raise NotFound("There is no such clinic.")
        if api_keys.by_name(tx, clinic_id, clean) is not None:
            raise Conflict(f"There is a working key {clean!r} already.", [Fault("name", "is taken")])
        key = api_keys.add(
            tx, clinic_id=clinic_id, name=clean, key_hash=_hash(secret), scopes=sorted(set(scopes)), now=now
        )
        audit.record(
            tx,
            clinic_id=clinic_id,
            at=now,
            actor=actor,
            action="api_key.add",
            object_kind="api_key",
            object_id=key.id,
            fields=["name", "scopes"],
        )
    return NewKey(key, secret)


def list_keys(services: Services, clinic_id: UUID) -> Sequence[ApiKey]:
    """Every key a clinic ever made, newest first."""
    with services.db.read() as tx:
        return api_keys.of_clinic(tx, clinic_id)


def revoke(services: Services, clinic_id: UUID, key_id: UUID, actor: Actor) -> None:
    """Take a key back at once. Raises NotFound where it is not this clinic's, or was taken back before."""
    now = services.now()
    with services.db.write() as tx:
        if not api_keys.revoke(tx, clinic_id, key_id, now):
            raise NotFound("There is no such working key.")
        audit.record(
            tx,
            clinic_id=clinic_id,
            at=now,
            actor=actor,
            action="api_key.revoke",
            object_kind="api_key",
            object_id=key_id,
        )


def come_in(services: Services, secret: str) -> KeyHolder | None:
    """Who holds this key, or None. That it was used is noted once an hour."""
    if not secret.startswith(_PREFIX):
        return None
    now = services.now()
    with services.db.read() as tx:
        key = api_keys.by_hash(tx, _hash(secret))
    if key is None:
        return None
    if key.used_at is None or key.used_at < now - _NOTE_USE_EVERY:
        with services.db.write() as tx:
            api_keys.touch(tx, key.id, now, every=_NOTE_USE_EVERY)
    known = [scope.value for scope in Scope]
    return KeyHolder(key.clinic_id, key.id, key.name, frozenset(Scope(s) for s in key.scopes if s in known))


def _hash(secret: str) -> str:
    """A plain fingerprint is enough: the secret holds 256 random bits, which nobody can guess their way to."""
    return hashlib.sha256(secret.encode()).hexdigest()
