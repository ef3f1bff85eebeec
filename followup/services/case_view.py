"""A case as staff see it: who it is about, how they can be answered, and all that happened, in one line of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel
from followup.domain.errors import NotFound
from followup.domain.marking import Piece, pieces, within
from followup.services.cases.answer import Routes, routes_in
from followup.services.cases.expect import Expected, standing_in
from followup.services.context import Services
from followup.services.messages_view import Message, message
from followup.services.names import names_in
from followup.services.plan_changes import PlanChanged, changes_in
from followup.services.queue_view import Person, QueueRow, person_of, rows_in
from followup.services.recovery import Recovery, recoveries_in
from followup.store import (
    audit,
    case_events,
    case_replies,
    cases,
    clinics,
    corrections,
    patients,
    procedures,
    staff,
)
from followup.store.database import Tx
from followup.store.models import Attachment, Case, CaseEvent, Patient, Reply


@dataclass(frozen=True, slots=True)
class File:
    """A photo or file that came with a reply; `ready` once it is stored here."""

    id: UUID
    content_type: str
    ready: bool
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """One question of the check-in page as it was asked, with its answer cut where the evidence lies."""

    asked: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One reply: the exact words, cut where the evidence lies, and how they were read."""

    id: UUID
    at: datetime
    channel: str
    pieces: tuple[Piece, ...]
    subject: str
    acuity: str
    reasons: tuple[str, ...]
    opt_out: bool
    understood: bool
    proxy: bool
    to_nurse: bool
    language: str
    question: str
    written_down_by: str
    files: tuple[File, ...]
    this_case: bool
    expected: str  # what a nurse had marked, where that kept it from the queue
    whole: str  # a mail with its quotes and signature, where that says more
    corrected: str = ""
    answers: tuple[QuestionAnswered, ...] = ()  # of a check-in, in its order


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that staff or the service did to the case."""

    at: datetime
    kind: str
    who: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timeline: exactly one of the three is there."""

    at: datetime
    said: Said | None = None
    sent: Message | None = None
    sent_by: str = ""
    happened: Happened | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient who could have written, on a number that several share."""

    person: Person


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything on one case's screen."""

    row: QueueRow
    person: Person
    email: str
    zone: str
    timezone: str
    deceased: bool
    withdrawn: bool
    recovery: Recovery | None
    others: tuple[Recovery, ...]
    timeline: tuple[Entry, ...]
    plan: tuple[Message, ...]
    changes: tuple[PlanChanged, ...]
    expected: tuple[Expected, ...]
    routes: Routes
    candidates: tuple[Candidate, ...]
    colleagues: tuple[tuple[UUID, str], ...]
    clinic_phone: str
    now: datetime


def case_page(
    services: Services, clinic_id: UUID, case_id: UUID, *, me: UUID | None, actor: Actor, look: bool = True
) -> CasePage:
    """A case with its whole story. Raises NotFound.

    `look` is True where a person opens it: it is audited, and a look by the owner means that nothing is unseen; a live
    refresh is neither.
    """
    now = services.now()
    if look:
        with services.db.write() as tx:
            _found(tx, clinic_id, case_id)
            audit.record(
                tx, clinic_id=clinic_id, at=now, actor=actor, action="view", object_kind="case", object_id=case_id
            )
            if me is not None:
                cases.mark_seen(tx, clinic_id, case_id, me)
    with services.db.read() as tx:
        case = _found(tx, clinic_id, case_id)
        clinic = clinics.by_id(tx, clinic_id)
        if clinic is None:
            raise NotFound
        patient = patients.by_id(tx, clinic_id, case.patient_id) if case.patient_id else None
        mine = rows_in(tx, services, clinic_id, [case], me=me, zone=clinic.zone, now=now)[0]
        replies = _replies(tx, case, patient)
        sent = [message(row) for row in case_replies.messages_of_case(tx, clinic_id, case.id, case.patient_id)]
        events = case_events.of_case(tx, clinic_id, case.id)
        done = procedures.of_patient(tx, clinic_id, patient.id) if patient else []
        where = recoveries_in(tx, services, clinic_id, {row.id for row in done}, clinic.zone, now)
        return CasePage(
            row=mine,
            person=person_of(patient, replies[-1] if replies else None),
            email=(patient.email or "") if patient else "",
            zone=clinic.zone,
            timezone=patient.timezone if patient else clinic.zone,
            deceased=patient is not None and patient.deceased_at is not None,
            withdrawn=patient is not None and patient.withdrawn_at is not None,
            recovery=mine.recovery or next(iter(where.values()), None),
            others=tuple(
                each for each in where.values() if not mine.recovery or each.procedure_id != mine.recovery.procedure_id
            ),
            timeline=_timeline(tx, case, replies, sent, events),
            plan=tuple(each for each in sorted(sent, key=lambda each: each.due_at) if each.procedure_id and each.step),
            expected=standing_in(tx, clinic_id, case.procedure_id, now),
            changes=changes_in(tx, clinic_id, {row.id for row in done}),
            routes=routes_in(tx, services, case, patient, clinic, me),
            candidates=_candidates(tx, clinic_id, replies),
            colleagues=tuple((row.id, row.name) for row in staff.of_clinic(tx, clinic_id, active_only=True)),
            clinic_phone=clinic.phone,
            now=now,
        )


def _found(tx: Tx, clinic_id: UUID, case_id: UUID) -> Case:
    case = cases.by_id(tx, clinic_id, case_id)
    if case is None:
        raise NotFound("There is no such case here.")
    return case


def _replies(tx: Tx, case: Case, patient: Patient | None) -> list[Reply]:
    """The patient's replies, those outside this case too, oldest first: a nurse needs the whole conversation."""
    mine = case_replies.of_cases(tx, case.clinic_id, [case.id])[case.id]
    known = {row.id for row in mine}
    others = case_replies.of_patient(tx, case.clinic_id, patient.id) if patient else []
    return sorted([*mine, *(row for row in others if row.id not in known)], key=lambda row: row.received_at)


def _candidates(tx: Tx, clinic_id: UUID, replies: Sequence[Reply]) -> tuple[Candidate, ...]:
    ids = {UUID(str(each)) for reply in replies for each in reply.candidates}
    found = patients.by_ids(tx, clinic_id, ids)
    return tuple(Candidate(person_of(row, None)) for row in found.values())


def _timeline(
    tx: Tx, case: Case, replies: Sequence[Reply], sent: Sequence[Message], events: Sequence[CaseEvent]
) -> tuple[Entry, ...]:
    actors = {event.actor for event in events}
    actors |= {f"staff:{each.staff_id}" for each in sent if each.staff_id}
    actors |= {f"staff:{reply.staff_id}" for reply in replies if reply.staff_id}
    actors |= {f"staff:{event.detail['to']}" for event in events if event.kind == "handed_over" and event.detail}
    names = names_in(tx, case.clinic_id, actors)
    asked = case_replies.questions(tx, case.clinic_id, {reply.question_id for reply in replies if reply.question_id})
    files = case_replies.files_of(tx, case.clinic_id, {reply.id for reply in replies})
    corrected = corrections.of_replies(tx, case.clinic_id, {reply.id for reply in replies})
    entries = [
        Entry(
            reply.received_at,
            said=said(
                reply,
                question=(asked[reply.question_id].body or "") if reply.question_id in asked else "",
                files=files.get(reply.id, ()),
                written_down_by=names.get(f"staff:{reply.staff_id}", "") if reply.staff_id else "",
                this_case=reply.case_id == case.id,
                corrected=corrected[reply.id][-1].to_acuity if reply.id in corrected else "",
            ),
        )
        for reply in replies
    ]
    entries += [
        Entry(each.at, sent=each, sent_by=names.get(f"staff:{each.staff_id}", "") if each.staff_id else "")
        for each in sent
        if not (each.ahead or each.never_went)
    ]
    # The words of an answer stand in the timeline as the message itself, and those of a reply as the reply.
    entries += [
        Entry(event.at, happened=_happened(event, names))
        for event in events
        if event.kind != "answer" and not (event.kind in ("opened", "joined") and (event.detail or {}).get("reply_id"))
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _happened(event: CaseEvent, names: dict[str, str]) -> Happened:
    detail = dict(event.detail or {})
    if event.kind == "handed_over":
        detail["to_name"] = names.get(f"staff:{detail.get('to')}", "somebody")
    return Happened(event.at, event.kind, names.get(event.actor, event.actor), detail)


def said(
    reply: Reply,
    *,
    question: str,
    files: Sequence[Attachment],
    written_down_by: str,
    this_case: bool,
    corrected: str = "",
) -> Said:
    """A stored reply as staff see it."""
    reading = reply.assessment or {}
    return Said(
        id=reply.id,
        at=reply.received_at,
        channel=reply.channel,
        pieces=pieces(reply.text, reading.get("evidence", [])),
        subject=reply.subject or "",
        acuity=reply.acuity or (Acuity.ROUTINE if reply.status != "received" else ""),
        reasons=tuple(str(reason) for reason in reading.get("reasons", [])),
        opt_out=reply.opt_out,
        understood=bool(reading.get("understood", reply.status != "unreadable")),
        proxy=bool(reading.get("proxy", False)),
        to_nurse=reply.to_nurse,
        language=reply.language or "",
        question=question,
        written_down_by=written_down_by,
        files=tuple(
            File(file.id, file.content_type, file.status == "stored", file.reason or file.status) for file in files
        ),
        this_case=this_case,
        expected=str((reading.get("expected") or {}).get("topic", "")),
        whole=(reply.whole or "") if reply.channel == Channel.EMAIL else "",
        corrected=corrected,
        answers=tuple(
            QuestionAnswered(
                str(each["asked"]),
                within(reply.text, reading.get("evidence", []), int(each["start"]), int(each["end"])),
            )
            for each in reply.answers or ()
        ),
    )
