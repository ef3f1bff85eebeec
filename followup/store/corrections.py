"""Nurses' corrections of readings: added, and found again by reply or by time."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.store.database import Tx
from followup.store.models import Correction, Reply


def add(
    tx: Tx,
    reply: Reply,
    *,
    case_id: UUID | None,
    opened: bool,
    stood: Acuity,
    to: Acuity,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Correction:
    """Write a correction down; nothing else is changed."""
    row = Correction(
        clinic_id=reply.clinic_id,
        reply_id=reply.id,
        case_id=case_id,
        opened=opened,
        from_acuity=stood,
        to_acuity=to,
        reason=reason,
        actor=str(actor),
        at=at,
        reader_version=reply.assessment_version,
    )
    tx.add(row)
    tx.flush()
    return row


def of_replies(tx: Tx, clinic_id: UUID, reply_ids: Collection[UUID]) -> dict[UUID, list[Correction]]:
    """The corrections of some replies, oldest first (the last one stands), in one statement."""
    found: dict[UUID, list[Correction]] = {}
    if reply_ids:
        rows = tx.scalars(
            select(Correction)
            .where(Correction.clinic_id == clinic_id, Correction.reply_id.in_(reply_ids))
            .order_by(Correction.at, Correction.id)
        )
        for row in rows:
            found.setdefault(row.reply_id, []).append(row)
    return found


def standing(tx: Tx, reply: Reply) -> Acuity:
    """How a reply stands: as it was last corrected, else as it was read; unread words are for a person."""
    rows = of_replies(tx, reply.clinic_id, [reply.id]).get(reply.id, [])
    return Acuity(rows[-1].to_acuity) if rows else Acuity(reply.acuity or Acuity.ROUTINE)
