"""Staff change a plan as a whole: pause it, let it go on, stop it, or have the patient asked once more tomorrow."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.delivery import Status
from followup.domain.errors import Conflict, Fault, InvalidInput, NotFound
from followup.domain.hours import local_day
from followup.domain.plan_moves import PlanMove, pause_until, tomorrow
from followup.domain.protocol import Protocol
from followup.domain.schedule import PlanStatus
from followup.domain.schedule_extra import asking
from followup.services import extras, plans
from followup.services.cases.words import checked
from followup.services.context import Services
from followup.services.names import names_in
from followup.store import (
    audit,
    case_events,
    cases,
    checks,
    clinics,
    communications,
    patients,
    plan_changes,
    plan_rows,
    procedures,
    protocols,
)
from followup.store.database import Tx
from followup.store.models import Clinic, Patient, Procedure

_LONGEST = 500
_WORD = {
    PlanMove.PAUSE: "paused",
    PlanMove.RESUME: "resumed",
    PlanMove.STOP: "stopped",
    PlanMove.EXTRA_CHECK: "extra_check",
}


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """One change as staff see it; `until` is the end of a pause, or when an extra check goes."""

    procedure_id: UUID
    at: datetime
    kind: str
    who: str
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Held:
    """A plan whose patient this transaction holds, as everybody does who plans."""

    clinic: Clinic
    procedure: Procedure
    patient: Patient
    protocol: Protocol


def change_plan(
    services: Services,
    clinic_id: UUID,
    procedure_id: UUID,
    actor: Actor,
    *,
    move: str,
    until: str = "",
    reason: str = "",
    case_id: UUID | None = None,
) -> Procedure:
    """Make one `PlanMove`; `until` is the day (ISO 8601) on which a paused plan goes on.

    What is held by a pause is sent when it ends, if it is of use then, and skipped otherwise; what was sent stays. Why
    must be said of everything but going on. Raises InvalidInput, NotFound, and Conflict where the plan does not allow
    the move or somebody was first.
    """
    if move not in set(PlanMove):
        raise InvalidInput(Fault("move", f"{move!r} is not one of {', '.join(PlanMove)}"))
    wanted = PlanMove(move)
    words = checked(reason, "reason", required=wanted is not PlanMove.RESUME, longest=_LONGEST)
    now = services.now()
    with services.db.write() as tx:
        held = _held(tx, services, clinic_id, procedure_id)
        case = cases.by_id(tx, clinic_id, case_id) if case_id else None
        if case_id is not None and (case is None or case.patient_id != held.patient.id):
            raise NotFound("There is no such case here.")
        ends = _ACTS[wanted](tx, services, held, until, now)
        held.procedure.version += 1
        held.procedure.updated_at = now
        kind = _WORD[wanted]
        plan_changes.add(
            tx, clinic_id=clinic_id, procedure_id=procedure_id, case_id=case_id, kind=kind, until=ends, reason=words,
            actor=actor, at=now,
        )  # fmt: skip
        if case is not None:
            detail = {"kind": kind, "day": until.strip() if wanted is PlanMove.PAUSE else "", "words": words}
            case_events.add(tx, clinic_id, case.id, "plan_changed", actor, now, detail)
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action=f"procedure.{wanted}", object_kind="procedure",
            object_id=procedure_id, fields=["plan"],
        )  # fmt: skip
        tx.flush()
        procedure = held.procedure
    services.queue.wake("followup.send_due")
    services.queue.announce(clinic_id, "queue")
    if case_id is not None:
        services.queue.announce(clinic_id, f"case:{case_id}")
    return procedure


def changes_in(tx: Tx, clinic_id: UUID, procedure_ids: Collection[UUID]) -> tuple[PlanChanged, ...]:
    """What staff changed of some plans, oldest first."""
    rows = plan_changes.of_procedures(tx, clinic_id, procedure_ids)
    names = names_in(tx, clinic_id, {row.actor for row in rows})
    return tuple(
        PlanChanged(row.procedure_id, row.at, row.kind, names.get(row.actor, row.actor), row.until, row.reason)
        for row in rows
    )


def _held(tx: Tx, services: Services, clinic_id: UUID, procedure_id: UUID) -> _Held:
    found = procedures.by_id(tx, clinic_id, procedure_id)
    clinic = clinics.by_id(tx, clinic_id)
    if found is None or clinic is None:
        raise NotFound("There is no such procedure.")
    patient = patients.lock(tx, clinic_id, found.patient_id)
    procedure = procedures.lock(tx, clinic_id, procedure_id)
    version = protocols.by_id(tx, clinic_id, found.protocol_version_id)
    if patient is None or procedure is None or version is None:
        raise NotFound("There is no such procedure.")
    if procedure.status != "active":
        raise Conflict("This procedure was cancelled; nothing is sent for it.")
    return _Held(clinic, procedure, patient, plans.protocol_of(services, version))


def _pause(tx: Tx, services: Services, held: _Held, until: str, now: datetime) -> datetime | None:
    if held.procedure.stopped_at is not None:
        raise Conflict("This plan was stopped; let it go on first.")
    rows = plan_rows.of_procedure(tx, held.clinic.id, held.procedure.id)
    if not any(Status(row.status).unsent for row in rows):
        raise Conflict("Every message of this plan has gone or was given up; there is nothing to pause.")
    ends = pause_until(until, held.protocol, held.procedure.performed_at, held.patient.timezone, now)
    held.procedure.paused_until = ends
    _take_back_extras(tx, held, "the plan was paused", now)
    _anew(tx, services, held, now)
    return ends


def _resume(tx: Tx, services: Services, held: _Held, _until: str, now: datetime) -> datetime | None:
    paused = held.procedure.paused_until is not None and held.procedure.paused_until > now
    if not paused and held.procedure.stopped_at is None:
        raise Conflict("This plan is neither paused nor stopped.")
    held.procedure.paused_until = held.procedure.stopped_at = None
    _anew(tx, services, held, now)
    return None


def _stop(tx: Tx, services: Services, held: _Held, _until: str, now: datetime) -> datetime | None:
    if held.procedure.stopped_at is not None:
        raise Conflict("This plan was stopped already.")
    held.procedure.stopped_at, held.procedure.paused_until = now, None
    _take_back_extras(tx, held, "the plan was stopped", now)
    _anew(tx, services, held, now)
    return None


def _extra_check(tx: Tx, services: Services, held: _Held, _until: str, now: datetime) -> datetime | None:
    """One more question tomorrow, as the protocol asks it; silence on it is seen like on any other."""
    procedure, patient = held.procedure, held.patient
    step = asking(held.protocol)
    if step is None:
        raise Conflict("This protocol asks nothing that could be asked once more; write to the patient instead.")
    begins, ends, day = tomorrow(patient.timezone, now)
    if procedure.stopped_at is not None or (procedure.paused_until or begins) > begins:
        raise Conflict("This plan is paused or stopped; let it go on first.")
    key = extras.check_key(procedure.id, day.isoformat())
    if communications.by_key(tx, held.clinic.id, key) is not None:
        raise Conflict("An extra check was asked for on that day already.")
    due = [row for row in plan_rows.of_procedure(tx, held.clinic.id, procedure.id) if row.asks and row.extra is None]
    if any(row.status == Status.PLANNED and local_day(row.due_at, patient.timezone) == day for row in due):
        raise Conflict("The plan asks the patient tomorrow anyway.")
    placed = extras.ask_in(
        tx, services, clinic=held.clinic, patient=patient, procedure=procedure, protocol=held.protocol, step=step,
        extra=extras.CHECK, key=key, at=begins, until=ends, now=now,
    )  # fmt: skip
    if placed.status is not PlanStatus.PLANNED:
        why = placed.reason.words if placed.reason else "there is no room"
        raise Conflict(f"No message can go tomorrow ({why.removeprefix('skipped: ')}). Call instead.")
    checks.add_all(
        tx,
        [
            checks.values(
                clinic_id=held.clinic.id, patient_id=patient.id, procedure_id=procedure.id, name=key, step=step.slug,
                asked_at=placed.due_at, look_at=placed.due_at + step.silent_after, now=now,
            )
        ],
    )  # fmt: skip
    return placed.due_at


def _take_back_extras(tx: Tx, held: _Held, why: str, now: datetime) -> None:
    plan_rows.cancel_unsent(
        tx, held.clinic.id, procedure_id=held.procedure.id, reason=why, now=now, extras_only=True
    )  # fmt: skip


def _anew(tx: Tx, services: Services, held: _Held, now: datetime) -> None:
    """This plan, and the patient's others, for which there may be more room under the caps now, or less."""
    tx.flush()
    plans.replan_in(tx, services, held.procedure, now)
    tx.flush()
    plans.replan_patient_in(tx, services, held.patient, now)


_Act = Callable[[Tx, Services, _Held, str, datetime], datetime | None]
_ACTS: Mapping[PlanMove, _Act] = {
    PlanMove.PAUSE: _pause,
    PlanMove.RESUME: _resume,
    PlanMove.STOP: _stop,
    PlanMove.EXTRA_CHECK: _extra_check,
}
