"""Procedures over the API: recorded, looked at, changed, cancelled."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from followup.services import plan_changes, procedures
from followup.services.api_keys import Scope
from followup.services.plans import reason_words
from followup.services.recording import Recorded
from followup.web.api.answers import problems
from followup.web.api.body import Body, Words, documented
from followup.web.api.keys import Caller, caller
from followup.web.api.shapes import CancelIn, Code, PlanMoveIn, PlannedOut, ProcedureChange, ProcedureIn, ProcedureOut

router = APIRouter(prefix="/procedures", tags=["Procedures"])
Reader = Annotated[Caller, Depends(caller(Scope.PROCEDURES_READ))]
Writer = Annotated[Caller, Depends(caller(Scope.PROCEDURES_WRITE))]

_EXAMPLE = {
    "source": "ehr",
    "external_id": "visit-20260303-17",
    "protocol": "trigger-point-injection",
    "performed_at": "2026-03-03T09:30:00-06:00",
    "body_site": "neck",
    "patient": {
        "mrn": "00012345",
        "given_name": "Rosa",
        "family_name": "Delgado",
        "birth_date": "1961-05-17",
        "phone": "312-555-0101",
        "email": "rosa@example.com",
        "language": "es",
        "timezone": "America/Chicago",
        "consent": {"sms": True, "email": False},
    },
}


@router.post(
    "",
    status_code=201,
    response_model_exclude_none=True,
    responses={
        **problems(400, 409, 413, 415, 422),
        200: {"model": ProcedureOut, "description": "Recorded before; nothing was changed."},
    },
    openapi_extra=documented(ProcedureIn, _EXAMPLE),
)
def record(response: Response, by: Writer, body: Body) -> ProcedureOut:
    """Record a procedure and plan its messages; nothing is sent in the request.

    Safe to repeat: the same `(source, external_id)` answers 200 with what was recorded. A repeat that differs answers
    409, names each field, and changes nothing. So does an MRN whose patient has another birth date or name. A known
    patient's newer phone, email, language and timezone are taken over with the patient's latest procedure.
    """
    recorded = procedures.record_procedure(by.services, by.clinic_id, body, by.actor)
    response.status_code = 201 if recorded.new else 200
    response.headers["Location"] = f"/api/v1/procedures/{recorded.procedure.id}"
    return shown(recorded)


@router.get("/{procedure_id}", response_model_exclude_none=True, responses=problems(404))
def look(by: Reader, procedure_id: UUID) -> ProcedureOut:
    """A procedure with every message of its plan: what was sent, what is planned and what was skipped, and why."""
    return shown(procedures.look_at(by.services, by.clinic_id, procedure_id))


@router.patch(
    "/{procedure_id}",
    response_model_exclude_none=True,
    responses=problems(400, 404, 409, 413, 415, 422),
    openapi_extra=documented(ProcedureChange, {"performed_at": "2026-03-03T10:15:00-06:00"}),
)
def change(by: Writer, procedure_id: UUID, body: Body) -> ProcedureOut:
    """Change the time, body site or office; unsent messages are planned anew, sent ones stay."""
    return shown(procedures.change_procedure(by.services, by.clinic_id, procedure_id, body, by.actor))


@router.post(
    "/{procedure_id}/cancel",
    response_model_exclude_none=True,
    responses=problems(400, 404, 413, 415, 422),
    openapi_extra=documented(CancelIn, {"reason": "entered in error"}),
)
def cancel(by: Writer, procedure_id: UUID, body: Body) -> ProcedureOut:
    """Cancel a procedure: nothing more of its plan is sent. Cancelling again changes nothing."""
    words = Words(body, "reason", "entered_in_error")
    reason, in_error = words.text("reason", required=True), words.flag("entered_in_error")
    words.done()
    return shown(
        procedures.cancel_procedure(
            by.services, by.clinic_id, procedure_id, reason, by.actor, entered_in_error=in_error
        )
    )


@router.post(
    "/{procedure_id}/plan",
    response_model_exclude_none=True,
    responses=problems(400, 404, 409, 413, 415, 422),
    openapi_extra=documented(PlanMoveIn, {"move": "pause", "until": "2026-03-06", "reason": "in hospital"}),
)
def change_plan(by: Writer, procedure_id: UUID, body: Body) -> ProcedureOut:
    """Pause the messages until a day, stop them, let them go on (resume), or ask once more tomorrow (extra_check).

    What a pause holds is sent when it ends, if it is of use then. An extra check goes within the caps, once a day.
    """
    words = Words(body, "move", "until", "reason")
    move, until = words.text("move", required=True), words.text("until")
    reason = words.text("reason")
    words.done()
    plan_changes.change_plan(by.services, by.clinic_id, procedure_id, by.actor, move=move, until=until, reason=reason)
    return shown(procedures.look_at(by.services, by.clinic_id, procedure_id))


def shown(recorded: Recorded) -> ProcedureOut:
    """A procedure as the API shows it."""
    row = recorded.procedure
    return ProcedureOut(
        id=row.id,
        patient_id=row.patient_id,
        status=row.status,
        source=row.source,
        external_id=row.external_id,
        protocol=recorded.protocol,
        code=Code(system=row.code_system, code=row.code) if row.code_system and row.code else None,
        performed_at=row.performed_at,
        body_site=row.body_site,
        office=row.office,
        cancel_reason=row.cancel_reason,
        paused_until=row.paused_until,
        stopped_at=row.stopped_at,
        communications=[
            PlannedOut(
                id=each.id,
                step=each.step or "",
                channel=each.channel,
                due_at=each.due_at,
                status=each.status,
                reason=reason_words(each.reason),
            )
            for each in recorded.communications
        ],
    )
