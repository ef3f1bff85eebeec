"""How a plan is kept: made for a new procedure, made anew when something changed, stopped, and led past a dead end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.domain.clinic_rules import clinic_rules
from followup.domain.consent import Unreachable
from followup.domain.delivery import PRIORITY_OF, Channel, Kind, Status
from followup.domain.patient import PatientFacts
from followup.domain.protocol import Protocol
from followup.domain.protocol_files import ProtocolFiles
from followup.domain.provider_outcomes import SendReason
from followup.domain.schedule import (
    ClinicRules,
    Hold,
    PlannedCommunication,
    PlanReason,
    PlanStatus,
    Settled,
    plan,
    unreached,
)
from followup.domain.schedule_changes import Stored, replan
from followup.services.awaiting import awaited, keep_in
from followup.services.cases.intake import open_or_join_in, subject_of_patient
from followup.services.context import Services
from followup.services.plan_facts import Texts, facts_in, texts_in
from followup.store import clinics, patients, plan_rows, procedures, protocols
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.lookup import address_index
from followup.store.models import Case, Communication, Patient, Procedure, ProtocolVersion

SETTLED = {
    Status.SENDING: Settled.SENT,
    Status.UNKNOWN: Settled.SENT,
    Status.SENT: Settled.SENT,
    Status.DELIVERED: Settled.SENT,
    Status.UNDELIVERED: Settled.FAILED,
    Status.FAILED: Settled.FAILED,
}
REPLACED = "taken back: it goes another way now"


@dataclass(frozen=True, slots=True)
class Replanned:
    """What became of a plan: the steps that nothing reaches, and the case that tells a nurse to call, if one."""

    unreached: tuple[str, ...] = ()
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class New:
    """A plan that was just made: its communications and questions as values by column, the steps nothing reaches."""

    communications: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    unreached: tuple[str, ...]


def reason_words(reason: str | None) -> str | None:
    """A stored reason in words a nurse understands; planning and sending store a word of theirs, people sentences."""
    for kind in (PlanReason, SendReason):
        for known in kind:
            if known.value == reason:
                return known.words
    return reason


def protocol_of(services: Services, version: ProtocolVersion) -> Protocol:
    """What a stored version says."""
    return services.protocols.read(ProtocolFiles(version.slug, version.files))


def new_rows(
    procedure: Procedure,
    patient: Patient,
    protocol: Protocol,
    rules: ClinicRules,
    facts: PatientFacts,
    texts: Texts,
    now: datetime,
) -> New:
    """The communications of a procedure that has none yet, and what they ask."""
    taken = texts.beside(patient.id, procedure.id)
    planned = plan(protocol, procedure.performed_at, facts, rules, now=now, already=taken)
    for row in planned:
        if row.status is PlanStatus.PLANNED and row.channel is Channel.SMS:
            texts.planned(patient.id, procedure.id, row.due_at)
    return New(
        [_row(procedure, patient, protocol, row, now) for row in planned],
        awaited(procedure, protocol, planned, now),
        unreached(planned),
    )


def replan_in(
    tx: Tx, services: Services, procedure: Procedure, now: datetime, *, open_case: bool = True
) -> Replanned:  # fmt: skip
    """Make a procedure's plan anew and change what is unsent; what was sent stays. Nothing for a cancelled one.

    Where a step loses its last channel although the patient had agreed to be written to, a case tells a nurse to call
    (unless `open_case` is False, because the caller tells one). The caller announces "queue" after the commit.
    """
    patient = patients.lock(tx, procedure.clinic_id, procedure.patient_id)
    version = protocols.by_id(tx, procedure.clinic_id, procedure.protocol_version_id)
    clinic = clinics.by_id(tx, procedure.clinic_id)
    if procedure.status != "active" or patient is None or version is None or clinic is None:
        return Replanned()
    tx.flush()
    protocol = protocol_of(services, version)
    facts = facts_in(tx, clinic.id, [patient])[patient.id]
    rows = [row for row in plan_rows.of_procedure(tx, clinic.id, procedure.id) if row.extra is None]
    earliest = min(now, procedure.performed_at)
    taken = texts_in(tx, clinic.id, [patient.id], earliest=earliest).beside(patient.id, procedure.id)
    settled = _settled(rows)
    planned = plan(
        protocol,
        procedure.performed_at,
        facts,
        clinic_rules(clinic.settings),
        now=now,
        already=taken,
        settled=settled,
        hold=Hold(procedure.paused_until, procedure.stopped_at is not None),
    )
    stored = {row.id: row for row in (_stored(row) for row in rows if Status(row.status) not in SETTLED)}
    changes = replan(stored.values(), [row for row in planned if row.key not in settled])
    for row_id, becomes in changes.update:
        _apply(tx, clinic.id, stored[row_id], becomes, now)
    for row_id in changes.cancel:
        values = {"status": Status.CANCELLED.value, "reason": REPLACED, "settled_at": now}
        plan_rows.change(tx, clinic.id, UUID(row_id), values, now)
    plan_rows.add_all(tx, [_row(procedure, patient, protocol, row, now) for row in changes.add])
    tx.flush()
    keep_in(tx, awaited(procedure, protocol, (row for row in planned if row.key not in settled), now))
    plan_rows.set_language(tx, clinic.id, procedure.id, patient.language, now)
    lost = unreached(planned, settled)
    newly = {row.step for row in stored.values() if row.step in lost and row.status is PlanStatus.PLANNED}
    case = call_instead_in(tx, services, procedure, patient, facts, now) if open_case and newly else None
    return Replanned(lost, case)


def call_instead_in(
    tx: Tx, services: Services, procedure: Procedure, patient: Patient, facts: PatientFacts, now: datetime
) -> Case | None:
    """Tell a nurse to call where no channel is left for someone who had agreed to be written to; else None.

    Someone who never agreed, has died or has withdrawn is not called for it: nobody promised them messages.
    """
    agreed = [channel for channel, consent in facts.consents.items() if consent.given]
    why = [facts.unreachable(channel) for channel in agreed]
    if not agreed or None in why or facts.deceased or facts.withdrawn:
        return None
    stopped = Unreachable.OPTED_OUT in why
    words = "; ".join(sorted({f"{reason.words}" for reason in why if reason is not None}))
    return open_or_join_in(
        tx,
        services,
        clinic_id=procedure.clinic_id,
        kind=CaseKind.CALL_INSTEAD if stopped else CaseKind.UNREACHABLE,
        acuity=Acuity.ROUTINE,
        patient_id=patient.id,
        procedure_id=procedure.id,
        subject_key=subject_of_patient(patient.id),
        reason=f"No message of the plan reaches this patient ({words}): call instead.",
        beware=["call_instead", "opted_out"] if stopped else ["call_instead"],
        now=now,
    )


def replan_patient_in(
    tx: Tx, services: Services, patient: Patient, now: datetime, *, open_case: bool = True
) -> Replanned:  # fmt: skip
    """Make every plan of a patient anew that has something useful left, oldest first."""
    found = [
        replan_in(tx, services, procedure, now, open_case=open_case)
        for procedure in plan_rows.replannable(tx, patient.clinic_id, patient.id, now)
    ]
    case = next((one.case for one in found if one.case is not None), None)
    return Replanned(tuple(step for one in found for step in one.unreached), case)


def stop_procedure_in(tx: Tx, services: Services, procedure: Procedure, reason: str, now: datetime) -> int:
    """Take back what is unsent of one plan; returns how many. `reason` is a sentence for a nurse."""
    return plan_rows.cancel_unsent(tx, procedure.clinic_id, procedure_id=procedure.id, reason=reason, now=now)


def stop_patient_in(tx: Tx, services: Services, patient: Patient, reason: str, now: datetime) -> int:
    """Take back everything unsent to a patient, whatever it is; returns how many."""
    return plan_rows.cancel_unsent(tx, patient.clinic_id, patient_id=patient.id, reason=reason, now=now)


def stop_address_in(
    tx: Tx, services: Services, clinic_id: UUID, channel: Channel, address: str, reason: str, now: datetime
) -> list[Patient]:
    """Take back what is unsent to a number or address, for every plan; returns its patients whose plan was running.

    Call it once the stop stands: each plan is made anew and finds the channel closed, so that a step goes by mail
    where the patient agreed to mail. Confirmations of the stop and emergency answers are left to the sender.
    """
    people = patients.with_address(tx, clinic_id, channel, address)
    cut = [patient for patient in people if procedures.running(tx, clinic_id, patient.id)]
    index = address_index(tx, channel, address)
    plan_rows.cancel_unsent(tx, clinic_id, to_index=(channel, index), reason=reason, now=now)
    for patient in people:
        replan_patient_in(tx, services, patient, now, open_case=False)
    return cut


def _settled(rows: Iterable[Communication]) -> Mapping[tuple[str, Channel], Settled]:
    return {
        (row.step, Channel(row.channel)): SETTLED[Status(row.status)]
        for row in rows
        if row.step is not None and Status(row.status) in SETTLED
    }


def _stored(row: Communication) -> Stored:
    """A row as the rules compare it. One that an earlier plan took back may come again, so it counts as skipped."""
    planned = Status(row.status).unsent
    reason = row.reason if row.reason in PlanReason.__members__.values() else None
    return Stored(
        str(row.id),
        row.step or "",
        Channel(row.channel),
        row.due_at,
        row.expires_at or row.due_at,
        PlanStatus.PLANNED if planned else PlanStatus.SKIPPED,
        PlanReason(reason) if reason else None,
    )


def _apply(tx: Tx, clinic_id: UUID, before: Stored, row: PlannedCommunication, now: datetime) -> None:
    """Write a changed plan onto its row, but leave alone what history says of a step whose time is over."""
    reason = row.reason
    if reason is PlanReason.ENTERED_LATE and row.expires_at == before.expires_at:
        if before.status is PlanStatus.SKIPPED:
            return
        reason = PlanReason.HELD_PAST_USE  # it was entered in time, and could not leave
    planned = row.status is PlanStatus.PLANNED
    values = {
        "status": Status.PLANNED.value if planned else Status.SKIPPED.value,
        "reason": reason.value if reason else None,
        "due_at": row.due_at,
        "expires_at": row.expires_at,
        "settled_at": None if planned else now,
    }
    plan_rows.change(tx, clinic_id, UUID(before.id), values, now)


def _row(
    procedure: Procedure, patient: Patient, protocol: Protocol, row: PlannedCommunication, now: datetime
) -> dict[str, Any]:
    planned = row.status is PlanStatus.PLANNED
    step = protocol.step(row.step)
    return {
        "id": new_id(),
        "clinic_id": procedure.clinic_id,
        "patient_id": patient.id,
        "procedure_id": procedure.id,
        "kind": Kind.STEP.value,
        "step": row.step,
        "channel": row.channel.value,
        "priority": PRIORITY_OF[Kind.STEP].value,
        "dedupe_key": plan_rows.step_key(procedure.id, row.step, row.channel),
        "language": patient.language,
        "asks": row.step if step is not None and step.asks is not None else None,
        "status": Status.PLANNED.value if planned else Status.SKIPPED.value,
        "reason": row.reason.value if row.reason else None,
        "due_at": row.due_at,
        "expires_at": row.expires_at,
        "settled_at": None if planned else now,
        "created_at": now,
        "updated_at": now,
    }
