"""A patient as staff see them: contact, consent, stops, procedures, and every message with its reason."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import NotFound
from followup.services.case_view import Said, said
from followup.services.context import Services
from followup.services.messages_view import Message, messages
from followup.services.names import names_in
from followup.services.plan_changes import PlanChanged, changes_in
from followup.services.queue_view import QueueRow, rows_in
from followup.services.recovery import Recovery, recoveries_in
from followup.store import (
    audit,
    case_replies,
    cases,
    clinics,
    consents,
    corrections,
    patient_history,
    patients,
    procedures,
)
from followup.store.models import Patient


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """What the patient said about one channel, once."""

    channel: str
    given: bool
    at: datetime
    who: str
    how: str
    privacy_warning: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop on a number or address of the patient. It stands while `lifted_at` is None."""

    channel: str
    address: str
    reason: str
    source: str
    since: datetime
    lifted_at: datetime | None
    lifted_by: str


@dataclass(frozen=True, slots=True)
class ProcedurePlan:
    """A procedure and the messages of its plan."""

    recovery: Recovery
    status: str
    cancel_reason: str
    office: str
    plan: tuple[Message, ...]
    changes: tuple[PlanChanged, ...]


@dataclass(frozen=True, slots=True)
class PatientPage:
    """Everything on one patient's screen."""

    patient: Patient
    name: str
    zone: str
    consents: tuple[ConsentGiven, ...]
    standing: dict[str, ConsentGiven]
    stops: tuple[Stop, ...]
    procedures: tuple[ProcedurePlan, ...]
    other_messages: tuple[tuple[Message, str], ...]
    replies: tuple[Said, ...]
    cases: tuple[QueueRow, ...]
    sharing: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """One patient that a search found."""

    id: UUID
    name: str
    birth_date: str
    mrn: str
    phone: str
    email: str


def search(services: Services, clinic_id: UUID, query: str, *, actor: Actor) -> list[Found]:
    """Patients by MRN, phone, mail address, birth date or exact surname. The search is audited, not its words."""
    with services.db.write() as tx:
        rows = patients.search(tx, clinic_id, query)
        audit.record(
            tx, clinic_id=clinic_id, at=services.now(), actor=actor, action="search", object_kind="patient",
            object_id=None, fields=[f"found:{len(rows)}"],
        )  # fmt: skip
        return [
            Found(
                row.id, f"{row.given_name} {row.family_name}", row.birth_date, row.mrn, row.phone or "", row.email or ""
            )
            for row in rows
        ]


def patient_page(
    services: Services, clinic_id: UUID, patient_id: UUID, *, me: UUID | None, actor: Actor
) -> PatientPage:
    """A patient's page; opening it is audited. Raises NotFound."""
    now = services.now()
    with services.db.write() as tx:
        patient = patients.by_id(tx, clinic_id, patient_id)
        clinic = clinics.by_id(tx, clinic_id)
        if patient is None or clinic is None:
            raise NotFound("There is no such patient here.")
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="view", object_kind="patient", object_id=patient_id
        )
    with services.db.read() as tx:
        said_of = consents.history(tx, clinic_id, patient_id)
        addresses = [
            (channel, index)
            for channel, index in (("sms", patient.phone_index), ("email", patient.email_index))
            if index
        ]
        stopped = patient_history.stops(tx, clinic_id, addresses)
        sent = patient_history.messages(tx, clinic_id, patient_id)
        done = procedures.of_patient(tx, clinic_id, patient_id)
        where = recoveries_in(tx, services, clinic_id, {row.id for row in done}, clinic.zone, now)
        changed = changes_in(tx, clinic_id, {row.id for row in done})
        replies = case_replies.of_patient(tx, clinic_id, patient_id)
        files = case_replies.files_of(tx, clinic_id, {reply.id for reply in replies})
        corrected = corrections.of_replies(tx, clinic_id, {reply.id for reply in replies})
        asked = case_replies.questions(tx, clinic_id, {reply.question_id for reply in replies if reply.question_id})
        actors = {row.recorded_by for row in said_of} | {row.lifted_by for row in stopped if row.lifted_by}

        names = names_in(tx, clinic_id, actors)
        given = tuple(
            ConsentGiven(
                row.channel,
                row.given,
                row.at,
                names.get(row.recorded_by, row.recorded_by),
                row.how,
                row.privacy_warning,
            )
            for row in said_of
        )
        return PatientPage(
            patient=patient,
            name=f"{patient.given_name} {patient.family_name}",
            zone=clinic.zone,
            consents=given,
            standing={each.channel: each for each in reversed(given)},
            stops=tuple(
                Stop(
                    row.channel, row.address, row.reason, row.source, row.since, row.lifted_at,
                    names.get(row.lifted_by, row.lifted_by) if row.lifted_by else "",
                )
                for row in stopped
            ),
            procedures=tuple(
                ProcedurePlan(
                    where[row.id], row.status, row.cancel_reason or "", row.office or "",
                    messages(sorted(
                        (each for each in sent if each.procedure_id == row.id and each.step),
                        key=lambda each: each.due_at,
                    )),
                    tuple(each for each in changed if each.procedure_id == row.id),
                )
                for row in done
            ),
            other_messages=tuple(
                (each, names.get(f"staff:{each.staff_id}", "") if each.staff_id else "")
                for each in messages(row for row in sent if not row.step)
            ),
            replies=tuple(
                said(
                    reply,
                    question=(asked[reply.question_id].body or "") if reply.question_id in asked else "",
                    files=files.get(reply.id, ()),
                    written_down_by=names.get(f"staff:{reply.staff_id}", "") if reply.staff_id else "",
                    this_case=False,
                    corrected=corrected[reply.id][-1].to_acuity if reply.id in corrected else "",
                )
                for reply in replies
            ),
            cases=rows_in(
                tx, services, clinic_id, cases.of_patient(tx, clinic_id, patient_id), me=me, zone=clinic.zone, now=now
            ),
            sharing=len(patients.with_address(tx, clinic_id, "sms", patient.phone)) if patient.phone else 0,
            now=now,
        )  # fmt: skip
