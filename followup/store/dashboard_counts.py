"""What the dashboard counts of one clinic in a stretch of time: cases, messages, flags; no word about anyone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, select

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.domain.contact import ContactOutcome
from followup.domain.dashboard import CaseTimes, Fate, PageFate, Passage
from followup.domain.delivery import Kind, Status
from followup.store.database import Tx
from followup.store.models import (
    AuditEntry,
    Case,
    CaseEvent,
    Communication,
    Correction,
    Page,
    Procedure,
    ProtocolVersion,
    Reply,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """From `since` until before `before`; an empty `office` or `protocol` means every one."""

    clinic_id: UUID
    since: datetime
    before: datetime
    office: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class Flags:
    """Cases that replies opened about procedures of one protocol and body site, beside how many were performed."""

    protocol: str
    site: str
    procedures: int
    emergency: int
    urgent: int
    routine: int


def _of_procedure(asked: Asked, column: ColumnElement[UUID | None] | ColumnElement[UUID]) -> list[ColumnElement[bool]]:
    """The conditions by which `column` names a procedure of the office and protocol that were asked for."""
    if not asked.office and not asked.protocol:
        return []
    chosen = select(Procedure.id).where(Procedure.clinic_id == asked.clinic_id)
    if asked.office:
        chosen = chosen.where(Procedure.office == asked.office)
    if asked.protocol:
        chosen = chosen.join(ProtocolVersion, ProtocolVersion.id == Procedure.protocol_version_id).where(
            ProtocolVersion.slug == asked.protocol
        )
    return [column.in_(chosen)]


def _opened(asked: Asked) -> ColumnElement[bool]:
    return and_(
        Case.clinic_id == asked.clinic_id,
        Case.opened_at >= asked.since,
        Case.opened_at < asked.before,
        *_of_procedure(asked, Case.procedure_id.expression),
    )


def case_times(tx: Tx, asked: Asked) -> list[CaseTimes]:
    """Every case that was opened in the stretch, with the first time of each passage.

    Read is the first look of a member of staff, or a claim; contact is the first answer or the first time the patient
    was reached.
    """
    opened = _opened(asked)
    first: dict[tuple[UUID, str], datetime] = {}
    for case_id, kind, at in tx.execute(
        select(CaseEvent.case_id, CaseEvent.kind, func.min(CaseEvent.at))
        .join(Case, Case.id == CaseEvent.case_id)
        .where(opened, CaseEvent.kind.in_(["acknowledged", "answer", "resolved"]))
        .group_by(CaseEvent.case_id, CaseEvent.kind)
    ):
        first[case_id, kind] = at
    for seen_id, at in tx.execute(
        select(AuditEntry.object_id, func.min(AuditEntry.at))
        .join(Case, and_(Case.id == AuditEntry.object_id, Case.clinic_id == AuditEntry.clinic_id))
        .where(opened, AuditEntry.object_kind == "case", AuditEntry.action == "view", AuditEntry.actor.like("staff:%"))
        .group_by(AuditEntry.object_id)
    ):
        if seen_id is not None:
            first[seen_id, "view"] = at
    contacts_tried = (
        select(CaseEvent.case_id, CaseEvent.at, CaseEvent.detail)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(opened, CaseEvent.kind == "contact")
        .order_by(CaseEvent.at)
    )
    for case_id, at, detail in tx.execute(contacts_tried):
        if ContactOutcome(detail["outcome"]).reached:
            first.setdefault((case_id, "reached"), at)
    rows = tx.execute(select(Case.id, Case.acuity, Case.opened_at, Case.acknowledged_at).where(opened))
    found: list[CaseTimes] = []
    for case_id, acuity, opened_at, acknowledged_at in rows:
        claims = [at for at in (first.get((case_id, "acknowledged")), acknowledged_at) if at]
        contacts = [at for at in (first.get((case_id, "answer")), first.get((case_id, "reached"))) if at]
        looks = [at for at in (first.get((case_id, "view")), *claims) if at]
        resolved = first.get((case_id, "resolved"))
        reached = {
            passage: min(ways)
            for passage, ways in (
                (Passage.READ, looks),
                (Passage.CLAIM, claims),
                (Passage.CONTACT, contacts),
                (Passage.RESOLVE, [resolved] if resolved else []),
            )
            if ways
        }
        found.append(CaseTimes(Acuity(acuity), opened_at, reached))
    return found


def _due(asked: Asked) -> ColumnElement[bool]:
    return and_(
        Communication.clinic_id == asked.clinic_id,
        Communication.due_at >= asked.since,
        Communication.due_at < asked.before,
        Communication.kind == Kind.STEP,
        *_of_procedure(asked, Communication.procedure_id.expression),
    )


def fates(tx: Tx, asked: Asked, now: datetime) -> list[Fate]:
    """What became of the plans' messages that were due, by step, channel and status; the earliest step first."""
    answered = exists().where(Reply.question_id == Communication.id)
    rows = tx.execute(
        select(
            Communication.step,
            Communication.channel,
            Communication.status,
            Communication.asks.is_not(None),
            func.count(),
            func.sum(case((answered, 1), else_=0)),
        )
        .where(_due(asked), Communication.due_at <= now)
        .group_by(Communication.step, Communication.channel, Communication.status, Communication.asks.is_not(None))
        .order_by(func.min(Communication.due_at), Communication.channel)
    )
    return [Fate(row[0] or "", row[1], row[2], bool(row[3]), row[4], int(row[5] or 0)) for row in rows]


def refusals(tx: Tx, asked: Asked) -> Sequence[tuple[str, str, int]]:
    """Why messages did not arrive: (channel, reason, how many), the most frequent first."""
    return _reasons(tx, _due(asked), Communication.status.in_([Status.UNDELIVERED, Status.FAILED]))


def not_sent(tx: Tx, asked: Asked, now: datetime) -> Sequence[tuple[str, str, int]]:
    """Why messages that were due never left (no consent, stopped, past their use): as in `refusals`."""
    never = Communication.status.in_([Status.SKIPPED, Status.CANCELLED])
    return _reasons(tx, _due(asked), Communication.due_at <= now, never)


def _reasons(tx: Tx, *chosen: ColumnElement[bool]) -> Sequence[tuple[str, str, int]]:
    rows = tx.execute(
        select(Communication.channel, func.coalesce(Communication.reason, ""), func.count())
        .where(*chosen)
        .group_by(Communication.channel, Communication.reason)
        .order_by(func.count().desc(), Communication.channel, Communication.reason)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def flags(tx: Tx, asked: Asked) -> list[Flags]:
    """Cases that replies opened in the stretch, and procedures performed in it, by protocol and body site."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    by = (ProtocolVersion.slug, func.coalesce(Procedure.body_site, ""))
    performed = (
        select(*by, func.count())
        .join(ProtocolVersion, ProtocolVersion.id == Procedure.protocol_version_id)
        .where(
            Procedure.clinic_id == asked.clinic_id,
            Procedure.performed_at >= asked.since,
            Procedure.performed_at < asked.before,
            *_of_procedure(asked, Procedure.id.expression),
        )
        .group_by(*by)
    )
    for slug, site, count in tx.execute(performed):
        counts.setdefault((slug, site), {})["procedures"] = count
    opened = (
        select(*by, Case.acuity, func.count())
        .select_from(Case)
        .join(Procedure, Procedure.id == Case.procedure_id)
        .join(ProtocolVersion, ProtocolVersion.id == Procedure.protocol_version_id)
        .where(_opened(asked), Case.kind == CaseKind.REPLY)
        .group_by(*by, Case.acuity)
    )
    for slug, site, acuity, count in tx.execute(opened):
        counts.setdefault((slug, site), {})[acuity] = count
    return [
        Flags(slug, site, found.get("procedures", 0), found.get(Acuity.EMERGENCY, 0), found.get(Acuity.URGENT, 0),
              found.get(Acuity.ROUTINE, 0))
        for (slug, site), found in sorted(counts.items())
    ]  # fmt: skip


def received(tx: Tx, asked: Asked) -> Sequence[datetime]:
    """When each reply came in."""
    return tx.scalars(
        select(Reply.received_at).where(
            Reply.clinic_id == asked.clinic_id,
            Reply.received_at >= asked.since,
            Reply.received_at < asked.before,
            *_of_procedure(asked, Reply.procedure_id.expression),
        )
    ).all()


def pages(tx: Tx, asked: Asked) -> list[PageFate]:
    """Every page to staff for a case, drills left out."""
    rows = tx.execute(
        select(Page.channel, func.coalesce(Communication.status, Page.status), Page.created_at, Page.acknowledged_at)
        .join(Case, Case.id == Page.case_id)
        .outerjoin(Communication, Communication.id == Page.communication_id)
        .where(
            Page.clinic_id == asked.clinic_id,
            Page.created_at >= asked.since,
            Page.created_at < asked.before,
            *_of_procedure(asked, Case.procedure_id.expression),
        )
    )
    return [PageFate(row[0], row[1], row[3] - row[2] if row[3] else None) for row in rows]


def corrections(tx: Tx, asked: Asked) -> Sequence[tuple[str, str]]:
    """Readings that nurses corrected: (as it was read, as it stands now) for each reply."""
    rows = tx.execute(
        select(Reply.id, Reply.acuity, Correction.to_acuity)
        .join(Reply, Reply.id == Correction.reply_id)
        .where(
            Reply.clinic_id == asked.clinic_id,
            Reply.received_at >= asked.since,
            Reply.received_at < asked.before,
            *_of_procedure(asked, Reply.procedure_id.expression),
        )
        .order_by(Correction.at, Correction.id)
    )
    return list({row[0]: (row[1] or "", row[2]) for row in rows}.values())


def choices(tx: Tx, clinic_id: UUID) -> tuple[Sequence[str], Sequence[str]]:
    """The offices and the protocols that this clinic's procedures name."""
    offices = select(Procedure.office).where(Procedure.clinic_id == clinic_id, Procedure.office.is_not(None)).distinct()
    slugs = select(ProtocolVersion.slug).where(ProtocolVersion.clinic_id == clinic_id).distinct()
    return sorted(name for name in tx.scalars(offices) if name), sorted(tx.scalars(slugs))
