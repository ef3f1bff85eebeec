"""The replies, files and messages that belong to cases: read for rows of the queue and for a case's timeline."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from followup.domain.delivery import Channel, Kind
from followup.store.database import Tx
from followup.store.models import Attachment, CaseEvent, Communication, Reply


def newest_written(tx: Tx, clinic_id: UUID, case_id: UUID) -> Reply | None:
    """The last reply of a case that came by text or mail, and so names an address to answer to."""
    return tx.scalar(
        select(Reply)
        .where(
            Reply.clinic_id == clinic_id,
            Reply.case_id == case_id,
            Reply.channel.in_([Channel.SMS, Channel.EMAIL]),
            Reply.from_address.is_not(None),
        )
        .order_by(Reply.received_at.desc())
        .limit(1)
    )


def of_cases(tx: Tx, clinic_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, list[Reply]]:
    """The replies of some cases, oldest first, in one statement."""
    found: dict[UUID, list[Reply]] = {case_id: [] for case_id in case_ids}
    if case_ids:
        rows = tx.scalars(
            select(Reply).where(Reply.clinic_id == clinic_id, Reply.case_id.in_(case_ids)).order_by(Reply.received_at)
        )
        for row in rows:
            if row.case_id is not None:
                found[row.case_id].append(row)
    return found


def of_patient(tx: Tx, clinic_id: UUID, patient_id: UUID, limit: int = 500) -> Sequence[Reply]:
    """What a patient wrote or said, newest first."""
    return tx.scalars(
        select(Reply)
        .where(Reply.clinic_id == clinic_id, Reply.patient_id == patient_id)
        .order_by(Reply.received_at.desc())
        .limit(limit)
    ).all()


def files_of(tx: Tx, clinic_id: UUID, reply_ids: Collection[UUID]) -> dict[UUID, list[Attachment]]:
    """What came with some replies, in order and without the content, in one statement."""
    found: dict[UUID, list[Attachment]] = {}
    if reply_ids:
        rows = tx.scalars(
            select(Attachment)
            .where(Attachment.clinic_id == clinic_id, Attachment.reply_id.in_(reply_ids))
            .order_by(Attachment.position)
        )
        for row in rows:
            found.setdefault(row.reply_id, []).append(row)
    return found


def file(tx: Tx, clinic_id: UUID, attachment_id: UUID) -> Attachment | None:
    """One file of this clinic."""
    return tx.scalar(select(Attachment).where(Attachment.clinic_id == clinic_id, Attachment.id == attachment_id))


def questions(tx: Tx, clinic_id: UUID, communication_ids: Collection[UUID]) -> dict[UUID, Communication]:
    """The messages that replies answer, by id, in one statement."""
    if not communication_ids:
        return {}
    rows = tx.scalars(
        select(Communication).where(Communication.clinic_id == clinic_id, Communication.id.in_(communication_ids))
    )
    return {row.id: row for row in rows}


def messages_of_case(
    tx: Tx, clinic_id: UUID, case_id: UUID, patient_id: UUID | None, limit: int = 500
) -> Sequence[Communication]:
    """What went to the patient of a case and what was written on it, oldest first, without pages to staff."""
    mine = Communication.case_id == case_id
    if patient_id is not None:
        mine = or_(mine, Communication.patient_id == patient_id)
    rows = tx.scalars(
        select(Communication)
        .where(Communication.clinic_id == clinic_id, mine, Communication.kind != Kind.PAGE)
        .order_by(Communication.due_at.desc())
        .limit(limit)
    ).all()
    return sorted(rows, key=lambda row: row.sent_at or row.due_at)


def contacts(tx: Tx, clinic_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, list[CaseEvent]]:
    """The contacts and tries recorded on some cases, oldest first, in one statement."""
    found: dict[UUID, list[CaseEvent]] = {}
    if case_ids:
        rows = tx.scalars(
            select(CaseEvent)
            .where(CaseEvent.clinic_id == clinic_id, CaseEvent.case_id.in_(case_ids), CaseEvent.kind == "contact")
            .order_by(CaseEvent.at, CaseEvent.id)
        )
        for row in rows:
            found.setdefault(row.case_id, []).append(row)
    return found


def readings(
    tx: Tx, clinic_id: UUID, patient_ids: Collection[UUID], since: datetime
) -> dict[UUID, list[tuple[datetime, dict[str, Any]]]]:
    """When some patients wrote or spoke since a moment, and how it was read, by patient, oldest first: no words."""
    found: dict[UUID, list[tuple[datetime, dict[str, Any]]]] = {}
    if patient_ids:
        rows = tx.execute(
            select(Reply.patient_id, Reply.received_at, Reply.assessment)
            .where(Reply.clinic_id == clinic_id, Reply.patient_id.in_(patient_ids), Reply.received_at >= since)
            .order_by(Reply.received_at, Reply.id)
        )
        for patient_id, at, reading in rows:
            if patient_id is not None:
                found.setdefault(patient_id, []).append((at, reading or {}))
    return found


def first_reasons(tx: Tx, clinic_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Why each of some cases was opened, in the words of whatever opened it."""
    if not case_ids:
        return {}
    rows = tx.scalars(
        select(CaseEvent)
        .where(CaseEvent.clinic_id == clinic_id, CaseEvent.case_id.in_(case_ids), CaseEvent.kind == "opened")
        .order_by(CaseEvent.at)
    )
    return {row.case_id: str((row.detail or {}).get("reason", "")) for row in rows}
