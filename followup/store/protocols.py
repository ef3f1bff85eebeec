"""The protocol versions that procedures began with."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from followup.store.database import Tx
from followup.store.models import ProtocolVersion
from followup.store.once import insert_once


def by_id(tx: Tx, clinic_id: UUID, version_id: UUID) -> ProtocolVersion | None:
    """The clinic's stored version of that id, or None."""
    return tx.scalar(
        select(ProtocolVersion).where(ProtocolVersion.clinic_id == clinic_id, ProtocolVersion.id == version_id)
    )


def by_ids(tx: Tx, clinic_id: UUID, version_ids: Collection[UUID]) -> dict[UUID, ProtocolVersion]:
    """The clinic's stored versions of these ids, in one statement."""
    if not version_ids:
        return {}
    rows = tx.scalars(
        select(ProtocolVersion).where(ProtocolVersion.clinic_id == clinic_id, ProtocolVersion.id.in_(version_ids))
    )
    return {row.id: row for row in rows}


def slugs(tx: Tx, clinic_id: UUID, version_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of the protocols of these versions, without their files."""
    if not version_ids:
        return {}
    rows = tx.execute(
        select(ProtocolVersion.id, ProtocolVersion.slug).where(
            ProtocolVersion.clinic_id == clinic_id, ProtocolVersion.id.in_(version_ids)
        )
    )
    return {row[0]: row[1] for row in rows}


def keep(
    tx: Tx, *, clinic_id: UUID, slug: str, digest: str, files: Mapping[str, str], now: datetime
) -> ProtocolVersion:  # fmt: skip
    """The clinic's stored version with that digest, kept now where it is new.

    1. Look; 2. else add under a savepoint; 3. where somebody else was first, theirs is taken.
    """
    wanted = select(ProtocolVersion).where(
        ProtocolVersion.clinic_id == clinic_id, ProtocolVersion.slug == slug, ProtocolVersion.digest == digest
    )
    found = tx.scalar(wanted)
    if found is not None:
        return found
    row = ProtocolVersion(clinic_id=clinic_id, slug=slug, digest=digest, files=dict(files), created_at=now)
    return row if insert_once(tx, row) else tx.scalars(wanted).one()
