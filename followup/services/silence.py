"""Patients who do not answer a check: asked once more where the protocol says so, then put on the nurses' call list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind, CaseStatus
from followup.domain.consent import Unreachable
from followup.domain.delivery import Status
from followup.domain.protocol import Protocol, Step
from followup.domain.schedule import PlanStatus
from followup.domain.silence import Asked, Awaited, Next, Signs, decide, reasons, risk, worst
from followup.services import extras
from followup.services.cases import intake
from followup.services.context import Services
from followup.services.plan_facts import facts_in
from followup.services.recovery import protocol_of
from followup.store import cases, checks, clinics, communications, corrections, patients, procedures, protocols
from followup.store.database import Tx
from followup.store.models import Case, Check, Clinic, Communication, Patient, Procedure, Reply

log = structlog.get_logger(__name__)
_AT_ONCE = 200
_ARRIVED = (Status.SENT, Status.DELIVERED)
BEWARE, ANSWERED_SINCE = "silent", "answered_since"


def look_for_silence(services: Services) -> int:
    """Look at every question whose time has come, each in a transaction of its own; returns how many gave a case."""
    with services.db.read() as tx:
        waiting = checks.due(tx, services.now(), _AT_ONCE)
    opened = 0
    for check_id in waiting:
        try:
            with services.db.write() as tx:
                case = _look_in(tx, services, check_id)
        except Exception as error:  # one that cannot be looked at must not hide the others behind it
            log.error("check_not_looked_at", check=str(check_id), error=type(error).__name__)
            continue
        if case is not None:
            opened += 1
            services.queue.announce(case.clinic_id, "queue")
            services.queue.announce(case.clinic_id, f"case:{case.id}")
    return opened


def _look_in(tx: Tx, services: Services, check_id: UUID) -> Case | None:
    """One question.

    1. Its row is held, if no other process has it. 2. What happened since it was asked decides. 3. Whatever comes of it
    is written with one conditional update of that row, so that a second look finds nothing to do.
    """
    now = services.now()
    check = checks.take(tx, check_id, now)
    if check is None:
        return None
    clinic = clinics.by_id(tx, check.clinic_id)
    procedure = procedures.by_id(tx, check.clinic_id, check.procedure_id)
    patient = patients.by_id(tx, check.clinic_id, check.patient_id)
    if clinic is None or procedure is None or patient is None:
        checks.settle(tx, check, checks.NEEDLESS, now)
        return None
    protocol = protocol_of(services, protocols.by_id(tx, clinic.id, procedure.protocol_version_id))
    step = protocol.step(check.step) if protocol else None
    messages = checks.questions(tx, check)
    facts = _facts(tx, clinic, procedure, patient, check, messages, step)
    decision = decide(facts, now)
    if decision.next is Next.ASK_AGAIN and protocol is not None and step is not None and decision.look_at is not None:
        _ask_again(tx, services, clinic, procedure, patient, protocol, step, until=decision.look_at, now=now)
        checks.look_again(tx, check, decision.look_at, now)
    elif decision.look_at is not None:
        checks.look_again(tx, check, decision.look_at, now)
    elif decision.next is not Next.SILENT:
        checks.settle(tx, check, checks.ANSWERED if decision.next is Next.ANSWERED else checks.NEEDLESS, now)
    elif checks.settle(tx, check, checks.SILENT, now):
        return _put_on_list(tx, services, clinic, procedure, patient, protocol, check, messages, facts, now)
    return None


def _facts(
    tx: Tx,
    clinic: Clinic,
    procedure: Procedure,
    patient: Patient,
    check: Check,
    messages: Sequence[Communication],
    step: Step | None,
) -> Awaited:
    asked = min([row.sent_at for row in messages if row.sent_at is not None], default=check.asked_at)
    known = cases.of_patient(tx, clinic.id, patient.id)
    said = [reply for reply in checks.said_since(tx, clinic.id, patient.id, asked) if not _of_a_machine(reply)]
    reached = any(case.contacted_at is not None and case.contacted_at >= asked for case in known)
    gone = patient.deceased_at is not None or patient.withdrawn_at is not None
    over = procedure.status != "active" or procedure.stopped_at is not None
    again = extras.again_key(procedure.id, check.step)
    return Awaited(
        asked_at=check.asked_at,
        silent_after=step.silent_after if step else timedelta(hours=24),
        ask_again=step.ask_again if step and check.name == check.step else None,
        messages=tuple(Asked(Status(row.status), row.sent_at or row.due_at, row.reason) for row in messages),
        answered=bool(said) or reached,
        needless=gone or over or _called_already(tx, clinic, patient, known, asked),
        repeated=communications.by_key(tx, clinic.id, again) is not None,
    )


def _called_already(tx: Tx, clinic: Clinic, patient: Patient, known: Sequence[Case], asked: datetime) -> bool:
    """True where nobody was promised a message, or a nurse was told before that this patient must be called."""
    facts = facts_in(tx, clinic.id, [patient])[patient.id]
    agreed = [channel for channel, consent in facts.consents.items() if consent.given]
    if not agreed:
        return True
    stopped = all(facts.unreachable(channel) is not None for channel in agreed) and any(
        facts.unreachable(channel) is Unreachable.OPTED_OUT for channel in agreed
    )
    if stopped and any(case.kind == CaseKind.CALL_INSTEAD or "call_instead" in case.beware for case in known):
        return True
    return any(
        case.kind == CaseKind.UNREACHABLE and case.resolved_at is not None and case.resolved_at >= asked
        for case in known
    )


def _of_a_machine(reply: Reply) -> bool:
    return bool((reply.assessment or {}).get("automatic")) or reply.automatic


def _ask_again(
    tx: Tx,
    services: Services,
    clinic: Clinic,
    procedure: Procedure,
    patient: Patient,
    protocol: Protocol,
    step: Step,
    *,
    until: datetime,
    now: datetime,
) -> None:
    """One gentle repeat where the caps have room; where they have none, silence is waited for without one."""
    held = patients.lock(tx, clinic.id, patient.id)
    if held is None:
        return
    placed = extras.ask_in(
        tx, services, clinic=clinic, patient=held, procedure=procedure, protocol=protocol, step=step,
        extra=extras.AGAIN, key=extras.again_key(procedure.id, step.slug), at=now, until=until, now=now,
    )  # fmt: skip
    log.info("asked_again", procedure=str(procedure.id), planned=placed.status is PlanStatus.PLANNED)


def _put_on_list(
    tx: Tx,
    services: Services,
    clinic: Clinic,
    procedure: Procedure,
    patient: Patient,
    protocol: Protocol | None,
    check: Check,
    messages: Sequence[Communication],
    asked: Awaited,
    now: datetime,
) -> Case:
    """The patient's case of this kind: a new one, or a line on the one that is open."""
    site = protocol.body_site(procedure.body_site) if protocol and procedure.body_site else None
    facts = facts_in(tx, clinic.id, [patient])[patient.id]
    agreed = [channel for channel, consent in facts.consents.items() if consent.given]
    before = checks.said_since(tx, clinic.id, patient.id, procedure.performed_at)
    signs = Signs(
        reported=worst([corrections.standing(tx, reply) for reply in before if reply.acuity]),
        arrived=any(Status(row.status) in _ARRIVED for row in messages),
        reachable=any(facts.unreachable(channel) is None for channel in agreed),
        since_procedure=max(now - procedure.performed_at, timedelta(0)),
        near_lung=site is None or site.over_lung,
    )
    hours = int((now - min((row.sent_at for row in messages if row.sent_at), default=check.asked_at)).total_seconds())
    why = reasons(signs)
    sentence = f"No answer to the {check.step.replace('-', ' ')} for {hours // 3600} hours: call."
    case = intake.open_or_join_in(
        tx,
        services,
        clinic_id=clinic.id,
        kind=CaseKind.SILENT,
        acuity=Acuity.ROUTINE,
        patient_id=patient.id,
        procedure_id=procedure.id,
        subject_key=intake.subject_of_patient(patient.id),
        reason=sentence + (f" Sooner than others: {', '.join(why)}." if why else ""),
        beware=[BEWARE, *([] if signs.arrived else ["undelivered"])],
        now=now,
    )
    checks.tie(tx, check, case.id)
    case.risk = max(case.risk, risk(signs))
    tx.flush()
    log.info("patient_silent", case_id=str(case.id), procedure=str(procedure.id), risk=case.risk)
    return case


def late_answer_in(tx: Tx, clinic_id: UUID, patient_id: UUID) -> bool:
    """True when a patient who now wrote stands on the call list for not having answered."""
    open_now = cases.unresolved_of_subject(tx, clinic_id, intake.subject_of_patient(patient_id))
    return (
        open_now is not None and open_now.status != CaseStatus.RESOLVED
        and open_now.kind == CaseKind.SILENT
    )  # fmt: skip
