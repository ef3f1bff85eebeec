"""Messages beside the steps of a plan: a question repeated once, and an extra check that staff ask for."""

from datetime import datetime
from uuid import UUID

from followup.domain.clinic_rules import clinic_rules
from followup.domain.delivery import PRIORITY_OF, Channel, Kind, Status
from followup.domain.protocol import Protocol, Step
from followup.domain.schedule import PlannedCommunication, PlanStatus
from followup.domain.schedule_extra import place_extra
from followup.services.context import Services
from followup.services.plan_facts import facts_in, texts_in
from followup.store import plan_rows
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Clinic, Patient, Procedure

AGAIN, CHECK = "again", "check"


def again_key(procedure_id: UUID, step: str) -> str:
    """What makes it impossible to repeat a question twice."""
    return f"again:{procedure_id}:{step}"


def check_key(procedure_id: UUID, day: str) -> str:
    """What makes it impossible to ask twice on one day; `day` is an ISO date of the patient."""
    return f"extra:{procedure_id}:{day}"


def ask_in(
    tx: Tx,
    services: Services,
    *,
    clinic: Clinic,
    patient: Patient,
    procedure: Procedure,
    protocol: Protocol,
    step: Step,
    extra: str,
    key: str,
    at: datetime,
    until: datetime,
    now: datetime,
) -> PlannedCommunication:
    """Plan a message that asks `step` between `at` and `until`, where the rules have room; says what came of it.

    Only a planned one is written down: what the caps or quiet hours leave no room for was never promised to anybody.
    The caller holds the patient, because the caps span all plans.
    """
    facts = facts_in(tx, clinic.id, [patient])[patient.id]
    taken = texts_in(tx, clinic.id, [patient.id], earliest=min(now, procedure.performed_at))
    placed = place_extra(
        protocol, step, facts, clinic_rules(clinic.settings), at=at, until=until,
        performed_at=procedure.performed_at, now=now, already=taken.all(patient.id),
    )  # fmt: skip
    if placed.status is PlanStatus.PLANNED:
        plan_rows.add_all(tx, [_row(procedure, patient, placed, extra, key, now)])
    return placed


def _row(
    procedure: Procedure, patient: Patient, placed: PlannedCommunication, extra: str, key: str, now: datetime
) -> dict[str, object]:
    return {
        "id": new_id(),
        "clinic_id": procedure.clinic_id,
        "patient_id": patient.id,
        "procedure_id": procedure.id,
        "kind": Kind.STEP.value,
        "step": placed.step,
        "extra": extra,
        "channel": Channel(placed.channel).value,
        "priority": PRIORITY_OF[Kind.STEP].value,
        "dedupe_key": key,
        "language": patient.language,
        "asks": placed.step,
        "status": Status.PLANNED.value,
        "reason": placed.reason.value if placed.reason else None,
        "due_at": placed.due_at,
        "expires_at": placed.expires_at,
        "created_at": now,
        "updated_at": now,
    }
