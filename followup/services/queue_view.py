"""The queue as staff see it: rows that can be read at arm's length, in the order in which they should be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind, CaseStatus
from followup.domain.checkin import Answered, pressing
from followup.domain.hours import local_day, wall
from followup.domain.marking import Piece, excerpt, pieces
from followup.domain.queue_order import NOT_UNDERSTOOD, Band, Standing, band, due_by
from followup.domain.trend import Trend
from followup.services.context import Services
from followup.services.queue_beside import Beside, beside_in
from followup.services.recovery import Recovery, recoveries_in
from followup.store import case_queue, case_replies, clinics, patients, reviews, staff
from followup.store.case_queue import Counts, Tab
from followup.store.database import Tx
from followup.store.models import Attachment, Case, Communication, Patient, Reply, Staff

PAGE = 50
_WORDS = 320

__all__ = ["PAGE", "Counts", "Queue", "QueueRow", "Tab", "counts", "queue"]


@dataclass(frozen=True, slots=True)
class Person:
    """Who a case is about, with what tells them from others of the same name; a sender nobody knows has a contact."""

    id: UUID | None
    name: str
    birth_date: str
    mrn: str
    phone: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case in the queue."""

    id: UUID
    version: int
    kind: CaseKind
    status: CaseStatus
    acuity: Acuity
    band: Band
    opened_at: datetime
    waiting_since: datetime | None
    due_at: datetime
    overdue: bool
    person: Person
    recovery: Recovery | None
    words: tuple[Piece, ...]
    said_at: datetime | None
    channel: str
    more: int
    question: str
    reason: str
    beware: tuple[str, ...]
    photos: int
    tries: int
    tried: str  # "no answer ×2", what came of the last tries
    tried_at: datetime | None
    today: int  # how often the patient wrote or was reached today, this time too
    trend: Trend | None
    looked: str  # who else opened it a moment ago
    looked_at: datetime | None
    owner_id: UUID | None
    owner: str
    mine: bool
    unseen: bool
    disposition: str | None
    resolved_at: datetime | None

    @property
    def free(self) -> bool:
        """True when anybody (or the one it was handed to) can acknowledge it."""
        return self.status is CaseStatus.OPEN and (self.owner_id is None or self.mine)

    @property
    def taken(self) -> bool:
        """True when somebody has acknowledged it."""
        return self.status is CaseStatus.ACKNOWLEDGED


@dataclass(frozen=True, slots=True)
class Queue:
    """One screen of the queue. `pinned` are emergencies that the tab itself would not show."""

    tab: Tab
    rows: tuple[QueueRow, ...]
    pinned: tuple[QueueRow, ...]
    counts: Counts
    checked_at: datetime
    page: int
    more: bool
    reviews: int = 0


def queue(services: Services, clinic_id: UUID, *, tab: Tab, me: UUID | None, page: int = 1) -> Queue:
    """One screen of a tab for one member of staff; emergencies are in it whatever the tab.

    Not audited: a live refresh is not a look.
    """
    now = services.now()
    with services.db.read() as tx:
        clinic = clinics.by_id(tx, clinic_id)
        zone = clinic.zone if clinic else "UTC"
        day_began = wall(local_day(now, zone), time(0), zone)
        found = case_queue.page(
            tx, clinic_id, tab=tab, now=now, me=me, day_began=day_began, limit=PAGE + 1, offset=(page - 1) * PAGE
        )
        rows = rows_in(tx, services, clinic_id, found[:PAGE], me=me, zone=zone, now=now)
        pinned: tuple[QueueRow, ...] = ()
        if tab is Tab.RESOLVED:
            pinned = rows_in(
                tx, services, clinic_id, case_queue.emergencies(tx, clinic_id, now), me=me, zone=zone, now=now
            )
        elif tab is Tab.MINE:
            pinned = tuple(row for row in rows if not row.mine)
            rows = tuple(row for row in rows if row.mine)
        return Queue(
            tab=tab,
            rows=rows,
            pinned=pinned,
            counts=case_queue.counts(tx, clinic_id, now=now, me=me, day_began=day_began),
            checked_at=now,
            page=page,
            more=len(found) > PAGE,
            reviews=reviews.count_waiting(tx, clinic_id),
        )


def counts(services: Services, clinic_id: UUID, me: UUID | None) -> Counts:
    """How many cases each tab holds; no patient data, so a locked screen may ask."""
    now = services.now()
    with services.db.read() as tx:
        clinic = clinics.by_id(tx, clinic_id)
        zone = clinic.zone if clinic else "UTC"
        return case_queue.counts(tx, clinic_id, now=now, me=me, day_began=wall(local_day(now, zone), time(0), zone))


def rows_in(
    tx: Tx, services: Services, clinic_id: UUID, found: Sequence[Case], *, me: UUID | None, zone: str, now: datetime
) -> tuple[QueueRow, ...]:
    """Cases as rows, with everything they show, in a fixed number of statements however many they are."""
    ids = [case.id for case in found]
    people = patients.by_ids(tx, clinic_id, {case.patient_id for case in found if case.patient_id})
    owners = staff.by_ids(tx, clinic_id, {case.owner_id for case in found if case.owner_id})
    replies = case_replies.of_cases(tx, clinic_id, ids)
    shown = {case.id: most_pressing(replies[case.id], case.waiting_since) for case in found}
    asked = case_replies.questions(
        tx, clinic_id, {reply.question_id for reply in shown.values() if reply and reply.question_id}
    )
    files = case_replies.files_of(tx, clinic_id, {reply.id for each in replies.values() for reply in each})
    where = recoveries_in(
        tx, services, clinic_id, {case.procedure_id for case in found if case.procedure_id}, zone, now
    )
    beside = beside_in(tx, clinic_id, found, where, me=me, zone=zone, now=now)
    reasons = case_replies.first_reasons(tx, clinic_id, ids)
    return tuple(
        _row(
            case,
            people.get(case.patient_id) if case.patient_id else None,
            owners.get(case.owner_id) if case.owner_id else None,
            replies[case.id],
            shown[case.id],
            asked,
            files,
            where.get(case.procedure_id) if case.procedure_id else None,
            beside[case.id],
            reasons.get(case.id, ""),
            me,
            now,
        )
        for case in found
    )


def most_pressing(replies: Sequence[Reply], since: datetime | None) -> Reply | None:
    """The reply a row should show: of those that wait, the highest acuity, the first where they are level.

    What follows in the same breath may be raised by what went before it; the words that raised it are those to read.
    """
    waiting = [reply for reply in replies if since is None or reply.received_at >= since] or list(replies)
    first = sorted(waiting, key=lambda reply: reply.received_at)
    return max(first, key=lambda reply: Acuity(reply.acuity).rank if reply.acuity else 1, default=None)


def standing(case: Case) -> Standing:
    """A case as the rule of the order sees it."""
    return Standing(
        acuity=Acuity(case.acuity),
        kind=CaseKind(case.kind),
        owned=case.status == CaseStatus.ACKNOWLEDGED and case.owner_id is not None,
        acknowledged_at=case.acknowledged_at,
        waiting_since=case.waiting_since,
        respond_by=case.respond_by,
        unclear=NOT_UNDERSTOOD in case.beware,
        risk=case.risk,
    )


def person_of(patient: Patient | None, reply: Reply | None) -> Person:
    """Who a case is about: the patient, else the contact that wrote."""
    if patient is not None:
        return Person(
            patient.id,
            f"{patient.given_name} {patient.family_name}",
            patient.birth_date,
            patient.mrn,
            patient.phone,
            patient.language,
        )
    return Person(None, (reply.from_address if reply else None) or "Unknown sender", "", "")


def _row(
    case: Case,
    patient: Patient | None,
    owner: Staff | None,
    replies: Sequence[Reply],
    reply: Reply | None,
    asked: dict[UUID, Communication],
    files: dict[UUID, list[Attachment]],
    where: Recovery | None,
    beside: Beside,
    reason: str,
    me: UUID | None,
    now: datetime,
) -> QueueRow:
    rule = standing(case)
    place = band(rule, now)
    question = asked.get(reply.question_id) if reply and reply.question_id else None
    waiting = [other for other in replies if case.waiting_since is None or other.received_at >= case.waiting_since]
    evidence = (reply.assessment or {}).get("evidence", []) if reply else []
    return QueueRow(
        id=case.id,
        version=case.version,
        kind=rule.kind,
        status=CaseStatus(case.status),
        acuity=rule.acuity,
        band=place,
        opened_at=case.opened_at,
        waiting_since=case.waiting_since,
        due_at=due_by(rule),
        overdue=case.waiting_since is not None and due_by(rule) <= now,
        person=person_of(patient, reply),
        recovery=where,
        words=_words(reply, evidence) if reply else (),
        said_at=reply.received_at if reply else None,
        channel=reply.channel if reply else "",
        more=max(len(waiting) - 1, 0) if reply else 0,
        question=_asked(reply, evidence) if reply and reply.answers else (question.body or "") if question else "",
        reason=reason,
        beware=tuple(case.beware),
        photos=sum(len(files.get(other.id, ())) for other in replies),
        tries=beside.tries,
        tried=beside.tried,
        tried_at=beside.tried_at,
        today=beside.today,
        trend=beside.trend,
        looked=beside.looked,
        looked_at=beside.looked_at,
        owner_id=case.owner_id,
        owner=owner.name if owner else "",
        mine=case.owner_id is not None and case.owner_id == me,
        unseen=case.unseen,
        disposition=case.disposition,
        resolved_at=case.resolved_at,
    )


def _words(reply: Reply, evidence: Sequence[Mapping[str, Any]]) -> tuple[Piece, ...]:
    """The words of a row; of a check-in, its answers in one line."""
    cut = excerpt(pieces(reply.text, evidence), _WORDS)
    return tuple(replace(piece, text=piece.text.replace("\n", " · ")) for piece in cut) if reply.answers else cut


def _asked(reply: Reply, evidence: Sequence[Mapping[str, Any]]) -> str:
    """What a check-in asked where its answer matters most."""
    answer = pressing([Answered.from_json(stored) for stored in reply.answers or ()], evidence)
    return answer.asked if answer else ""
