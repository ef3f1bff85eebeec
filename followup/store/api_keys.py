"""The machines that may come in, known by a fingerprint of their key."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from followup.store.database import Tx
from followup.store.models import ApiKey


def add(tx: Tx, *, clinic_id: UUID, name: str, key_hash: str, scopes: Sequence[str], now: datetime) -> ApiKey:
    """Keep a new key's fingerprint."""
    row = ApiKey(clinic_id=clinic_id, name=name, key_hash=key_hash, scopes=list(scopes), created_at=now)
    tx.add(row)
    tx.flush()
    return row


def by_hash(tx: Tx, key_hash: str) -> ApiKey | None:
    """The key with that fingerprint that was not revoked, of whichever clinic: the key names its clinic."""
    return tx.scalar(select(ApiKey).where(ApiKey.key_hash == key_hash, ApiKey.revoked_at.is_(None)))


def by_name(tx: Tx, clinic_id: UUID, name: str) -> ApiKey | None:
    """The clinic's working key of that name, or None."""
    return tx.scalar(
        select(ApiKey).where(ApiKey.clinic_id == clinic_id, ApiKey.name == name, ApiKey.revoked_at.is_(None))
    )


def of_clinic(tx: Tx, clinic_id: UUID) -> Sequence[ApiKey]:
    """Every key that a clinic ever made, newest first."""
    return tx.scalars(select(ApiKey).where(ApiKey.clinic_id == clinic_id).order_by(ApiKey.id.desc())).all()


def touch(tx: Tx, key_id: UUID, now: datetime, *, every: timedelta) -> None:
    """Note that a key was used, at most once in `every`, so that reading with a key does not mean writing."""
    tx.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, or_(ApiKey.used_at.is_(None), ApiKey.used_at < now - every))
        .values(used_at=now)
    )


def revoke(tx: Tx, clinic_id: UUID, key_id: UUID, now: datetime) -> bool:
    """Take a key back; False when it is not this clinic's or was taken back already."""
    revoked = tx.execute(
        update(ApiKey)
        .where(ApiKey.clinic_id == clinic_id, ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiKey.id)
    )
    return revoked.first() is not None
