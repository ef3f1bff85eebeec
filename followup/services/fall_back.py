"""What becomes of a plan's message that a channel failed for good: it goes over the next one, or a nurse calls."""

from datetime import datetime

from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.domain.delivery import Kind, Status
from followup.domain.schedule import Settled
from followup.services import plans
from followup.services.cases.intake import open_or_join_in, subject_of_patient
from followup.services.context import Services
from followup.services.extras import AGAIN
from followup.store import patients, plan_rows, procedures
from followup.store.database import Tx
from followup.store.models import Communication


def fall_back_in(tx: Tx, services: Services, communication: Communication, now: datetime) -> plans.Replanned:
    """Lead a plan's step past a channel that failed for good: over the next one, or a case tells a nurse to call.

    Call it in the transaction that settles the communication as undelivered or failed, after its status is written.
    """
    if communication.kind != Kind.STEP or communication.procedure_id is None or communication.step is None:
        return plans.Replanned()
    tx.flush()
    procedure = procedures.by_id(tx, communication.clinic_id, communication.procedure_id)
    if procedure is None or procedure.status != "active":
        return plans.Replanned()
    if communication.extra == AGAIN:
        return plans.Replanned()  # the question itself went; silence on it puts the patient on the call list
    done = plans.replan_in(tx, services, procedure, now, open_case=False)
    alive = False
    for row in () if communication.extra else plan_rows.of_procedure(tx, procedure.clinic_id, procedure.id):
        if row.step != communication.step or row.id == communication.id or row.extra is not None:
            continue
        status = Status(row.status)
        alive = alive or status.unsent or plans.SETTLED.get(status) is Settled.SENT
        if status.unsent and row.replaces_id is None:
            row.replaces_id = communication.id
    patient = patients.by_id(tx, procedure.clinic_id, procedure.patient_id)
    if alive or patient is None or patient.deceased_at is not None or patient.withdrawn_at is not None:
        return done
    case = open_or_join_in(
        tx,
        services,
        clinic_id=procedure.clinic_id,
        kind=CaseKind.UNREACHABLE,
        acuity=Acuity.ROUTINE,
        patient_id=patient.id,
        procedure_id=procedure.id,
        subject_key=subject_of_patient(patient.id),
        reason="A message of the plan could not be delivered and no other way is left: call instead.",
        beware=["undelivered", "call_instead"],
        now=now,
    )
    return plans.Replanned(done.unreached, case)
