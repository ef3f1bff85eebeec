"""The audit trail: written with each change, sealed into a chain a clinic shortly after, and checked."""

import hashlib
import hmac
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from followup.domain.actor import Actor
from followup.store.database import Database, Tx
from followup.store.models import AuditEntry
from followup.store.types import vault_of

_START = "0" * 64


def record(
    tx: Tx,
    *,
    clinic_id: UUID,
    at: datetime,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: UUID | None,
    fields: Sequence[str] = (),
) -> None:
    """Write down who did or looked at what, in the transaction of the change itself. Names of fields, never values."""
    tx.add(
        AuditEntry(
            clinic_id=clinic_id,
            at=at,
            actor=str(actor),
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            fields=list(fields),
        )
    )


def last_looks(
    tx: Tx, clinic_id: UUID, object_kind: str, object_ids: Collection[UUID], since: datetime
) -> Sequence[tuple[UUID, str, datetime]]:
    """Who opened some things since a moment: (thing, actor, when they last did), latest first, in one statement."""
    if not object_ids:
        return []
    last = func.max(AuditEntry.at)
    rows = tx.execute(
        select(AuditEntry.object_id, AuditEntry.actor, last)
        .where(
            AuditEntry.clinic_id == clinic_id,
            AuditEntry.object_kind == object_kind,
            AuditEntry.object_id.in_(object_ids),
            AuditEntry.action == "view",
            AuditEntry.at >= since,
        )
        .group_by(AuditEntry.object_id, AuditEntry.actor)
        .order_by(last.desc())
    )
    return [(thing, actor, at) for thing, actor, at in rows if thing is not None]


def _seal(key: bytes, previous: str, sequence: int, entry: AuditEntry) -> str:
    words = [
        previous,
        sequence,
        str(entry.id),
        str(entry.clinic_id),
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.object_kind,
        str(entry.object_id or ""),
        entry.fields,
    ]
    return hmac.new(key, json.dumps(words).encode(), hashlib.sha256).hexdigest()


def seal_waiting(database: Database, *, limit: int = 1000) -> int:
    """Chain the entries that are not sealed yet, clinic by clinic; returns how many were sealed.

    1. The clinics with unsealed entries are read without a lock.
    2. For each, the newest link and the waiting entries are read and written in one transaction; on PostgreSQL an
       advisory lock makes a second sealer of the same clinic wait, on SQLite the write transaction does.
    3. A writer never waits for any of this, because it only adds rows that have no sequence.
    """
    with database.read() as tx:
        clinics = list(tx.scalars(select(AuditEntry.clinic_id).distinct().where(AuditEntry.sequence.is_(None))))
    sealed = 0
    for clinic_id in clinics:
        with database.write() as tx:
            if not database.sqlite:
                tx.execute(select(func.pg_advisory_xact_lock(clinic_id.int >> 65)))
            key = _key(tx)
            newest = tx.execute(
                select(AuditEntry.sequence, AuditEntry.seal)
                .where(AuditEntry.clinic_id == clinic_id, AuditEntry.sequence.is_not(None))
                .order_by(AuditEntry.sequence.desc())
                .limit(1)
            ).one_or_none()
            sequence, previous = (newest[0] or 0, newest[1] or _START) if newest else (0, _START)
            waiting = tx.scalars(
                select(AuditEntry)
                .where(AuditEntry.clinic_id == clinic_id, AuditEntry.sequence.is_(None))
                .order_by(AuditEntry.id)
                .limit(limit)
            )
            for entry in waiting:
                sequence += 1
                seal = _seal(key, previous, sequence, entry)
                tx.execute(
                    update(AuditEntry)
                    .where(AuditEntry.id == entry.id)
                    .values(sequence=sequence, previous=previous, seal=seal)
                )
                previous = seal
                sealed += 1
    return sealed


def first_broken_link(database: Database, clinic_id: UUID) -> int | None:
    """The sequence number at which a clinic's chain does not hold; None when it holds throughout."""
    previous, expected = _START, 0
    with database.read() as tx:
        key = _key(tx)
        while True:
            links = tx.scalars(
                select(AuditEntry)
                .where(AuditEntry.clinic_id == clinic_id, AuditEntry.sequence > expected)
                .order_by(AuditEntry.sequence)
                .limit(1000)
            ).all()
            if not links:
                return None
            for entry in links:
                expected += 1
                if entry.sequence != expected or entry.previous != previous:
                    return expected
                if entry.seal != _seal(key, previous, expected, entry):
                    return expected
                previous = entry.seal
            tx.expunge_all()


def _key(tx: Tx) -> bytes:
    """The chain's key: known to the service, not to someone who can only write to the database."""
    vault = vault_of(tx.connection().dialect)
    return bytes.fromhex(vault.blind("audit", "chain"))
