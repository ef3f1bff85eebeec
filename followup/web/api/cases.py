"""Cases over the API: the queue in its order, and everything that can be done to a case."""

from secrets import token_hex
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from followup.domain.case import Disposition
from followup.domain.contact import ContactHow, ContactOutcome
from followup.domain.errors import Fault
from followup.services import case_list
from followup.services.api_keys import Scope
from followup.services.case_list import CaseRecord
from followup.services.cases.acknowledge import acknowledge as acknowledge_case
from followup.services.cases.answer import answer
from followup.services.cases.contact import contact as record_contact
from followup.services.cases.correct import correct as correct_reply
from followup.services.cases.escalate import escalate as escalate_case
from followup.services.cases.hand_over import hand_over as hand_case_over
from followup.services.cases.note import note as add_note
from followup.services.cases.resolve import reopen as reopen_case
from followup.services.cases.resolve import resolve as resolve_case
from followup.web.api import cursors
from followup.web.api.answers import problems
from followup.web.api.body import Body, Words, documented
from followup.web.api.case_shapes import (
    AnswerIn,
    CaseOut,
    CasePatient,
    CaseProcedure,
    ContactIn,
    CorrectIn,
    EscalateIn,
    HandOverIn,
    NoteIn,
    ReopenIn,
    ReplyOut,
    ResolveIn,
    StaffOut,
)
from followup.web.api.keys import Caller, caller

router = APIRouter(prefix="/cases", tags=["Cases"])
Reader = Annotated[Caller, Depends(caller(Scope.CASES_READ))]
Writer = Annotated[Caller, Depends(caller(Scope.CASES_WRITE))]
_FAILURES = problems(400, 404, 409, 413, 415, 422)
_DISPOSITIONS = "; ".join(f"`{each.value}` ({each.label})" for each in Disposition)
_HOW = ", ".join(f"`{each.value}`" for each in ContactHow)
_OUTCOMES = ", ".join(f"`{each.value}`" for each in ContactOutcome)


@router.get("", responses=problems(422))
def list_cases(
    by: Reader,
    response: Response,
    status: Annotated[
        str | None, Query(description="open, acknowledged or resolved; without it, all that are not resolved.")
    ] = None,
    limit: Annotated[int, Query(description="How many on a page, 1 to 200.")] = 50,
    cursor: Annotated[str | None, Query(description="The `Next-Cursor` header of the page before.")] = None,
) -> list[CaseOut]:
    """Cases in the queue's order, most pressing first; resolved ones latest first.

    The next page's cursor is in the header `Next-Cursor`, which is missing on the last page.
    """
    offset = cursors.to_offset(cursor)
    found, more = case_list.list_cases(by.services, by.clinic_id, by.actor, status=status, offset=offset, limit=limit)
    if more:
        response.headers["Next-Cursor"] = cursors.of_offset(offset + limit) or ""
    return [shown(record) for record in found]


@router.get("/{case_id}", responses=problems(404))
def look(by: Reader, case_id: UUID) -> CaseOut:
    """One case; the look is written down in the audit trail."""
    return _now(by, case_id)


@router.post("/{case_id}/acknowledge", responses=_FAILURES)
def acknowledge(by: Writer, case_id: UUID) -> CaseOut:
    """Take a case. 409 says who was first."""
    acknowledge_case(by.services, by.clinic_id, case_id, by.actor)
    return _now(by, case_id)


@router.post(
    "/{case_id}/contact",
    responses=_FAILURES,
    openapi_extra=documented(ContactIn, {"how": "call", "outcome": "reached", "note": "Swelling is going down."}),
    description=f"Record a contact with the patient, or a try. `how`: {_HOW}. `outcome`: {_OUTCOMES}. Only being "
    "reached stops the clock.",
)
def contact(by: Writer, case_id: UUID, body: Body) -> CaseOut:
    """Record a contact or a try."""
    words = Words(body, "how", "outcome", "note", "version")
    how, outcome = words.text("how", required=True), words.text("outcome", required=True)
    note, version = words.text("note"), words.number("version")
    words.done()
    record_contact(by.services, by.clinic_id, case_id, by.actor, how=how, outcome=outcome, words=note, version=version)
    return _now(by, case_id)


@router.post(
    "/{case_id}/reply",
    responses=_FAILURES,
    openapi_extra=documented(AnswerIn, {"text": "Please put ice on it and call us at noon.", "key": "answer-1"}),
)
def reply(by: Writer, case_id: UUID, body: Body) -> CaseOut:
    """Write to the patient, by the channel they wrote on unless another is named. The same `key` twice sends once.

    403 says to call instead where the patient asked us to stop or no channel is open.
    """
    words = Words(body, "text", "channel", "key", "version")
    text, channel = words.text("text", required=True), words.text("channel")
    key, version = words.text("key"), words.number("version")
    if len(key) > 100:
        words.faults.append(Fault("key", "is longer than 100 letters"))
    words.done()
    answer(
        by.services,
        by.clinic_id,
        case_id,
        by.actor,
        text=text,
        channel=channel,
        form_token=f"{by.actor}:{key}" if key else token_hex(16),
        version=version,
    )
    return _now(by, case_id)


@router.post("/{case_id}/note", responses=_FAILURES, openapi_extra=documented(NoteIn, {"text": "Sent to Dr. Ames."}))
def note(by: Writer, case_id: UUID, body: Body) -> CaseOut:
    """Add a note for staff."""
    words = Words(body, "text")
    text = words.text("text", required=True)
    words.done()
    add_note(by.services, by.clinic_id, case_id, by.actor, text=text)
    return _now(by, case_id)


@router.post(
    "/{case_id}/hand-over",
    responses=_FAILURES,
    openapi_extra=documented(
        HandOverIn, {"to": "01890000-0000-7000-8000-000000000000", "note": "Please call her after two."}
    ),
)
def hand_over(by: Writer, case_id: UUID, body: Body) -> CaseOut:
    """Give a case to a member of staff, who has it once they acknowledge it."""
    words = Words(body, "to", "note", "version")
    receiver, said, version = words.text("to", required=True), words.text("note"), words.number("version")
    to: UUID | None = None
    try:
        to = UUID(receiver) if receiver else None
    except ValueError:
        words.faults.append(Fault("to", "is not the id of a member of staff"))
    words.done()
    assert to is not None
    hand_case_over(by.services, by.clinic_id, case_id, by.actor, to=to, note=said, version=version)
    return _now(by, case_id)


@router.post(
    "/{case_id}/escalate",
    responses=_FAILURES,
    openapi_extra=documented(EscalateIn, {"reason": "Fever since this morning.", "acuity": "urgent"}),
)
def escalate(by: Writer, case_id: UUID, body: Body) -> CaseOut:
    """Raise a case (to `acuity`, or one step) and have somebody paged now; it never lowers."""
    words = Words(body, "reason", "acuity", "version")
    reason, acuity = words.text("reason", required=True), words.text("acuity")
    version = words.number("version")
    words.done()
    escalate_case(by.services, by.clinic_id, case_id, by.actor, reason=reason, acuity=acuity, version=version)
    return _now(by, case_id)


@router.post(
    "/{case_id}/correct",
    responses=_FAILURES,
    openapi_extra=documented(
        CorrectIn,
        {"reply_id": "01890000-0000-7000-8000-000000000000", "acuity": "urgent", "reason": "She told us of a fever."},
    ),
)
def correct(by: Writer, case_id: UUID, body: Body) -> CaseOut:
    """Say how a reply of the case should have been read. Upward it raises the case; downward only with `lower_case`."""
    words = Words(body, "reply_id", "acuity", "reason", "lower_case", "version")
    reply, acuity = words.text("reply_id", required=True), words.text("acuity", required=True)
    reason, lower, version = words.text("reason", required=True), words.flag("lower_case"), words.number("version")
    reply_id: UUID | None = None
    try:
        reply_id = UUID(reply) if reply else None
    except ValueError:
        words.faults.append(Fault("reply_id", "is not the id of a reply"))
    words.done()
    assert reply_id is not None
    correct_reply(
        by.services, by.clinic_id, reply_id, by.actor, acuity=acuity, reason=reason, lower_case=lower, version=version,
        case_id=case_id,
    )  # fmt: skip
    return _now(by, case_id)


@router.post(
    "/{case_id}/resolve",
    responses=_FAILURES,
    openapi_extra=documented(ResolveIn, {"disposition": "self_care", "note": "Ice and rest; call if worse."}),
    description=f"Close a case with what was advised. `disposition`: {_DISPOSITIONS}. Something that came in and that "
    "nobody has looked at needs `confirm`.",
)
def resolve(by: Writer, case_id: UUID, body: Body) -> CaseOut:
    """Close a case with a disposition."""
    words = Words(body, "disposition", "note", "version", "confirm")
    disposition, said = words.text("disposition", required=True), words.text("note")
    version, confirm = words.number("version"), words.flag("confirm")
    words.done()
    resolve_case(
        by.services,
        by.clinic_id,
        case_id,
        by.actor,
        disposition=disposition,
        note=said,
        version=version,
        confirm=confirm,
    )
    return _now(by, case_id)


@router.post(
    "/{case_id}/reopen",
    responses=_FAILURES,
    openapi_extra=documented(ReopenIn, {"reason": "She called again."}, required=False),
)
def reopen(by: Writer, case_id: UUID, body: Body) -> CaseOut:
    """Put a resolved case back into the queue, where anyone may take it."""
    words = Words(body, "reason", "version")
    reason, version = words.text("reason"), words.number("version")
    words.done()
    reopen_case(by.services, by.clinic_id, case_id, by.actor, reason=reason, version=version)
    return _now(by, case_id)


def _now(by: Caller, case_id: UUID) -> CaseOut:
    return shown(case_list.look_at(by.services, by.clinic_id, case_id, by.actor))


def shown(record: CaseRecord) -> CaseOut:
    """A case as the API shows it."""
    row, patient, procedure = record.case, record.patient, record.procedure
    return CaseOut(
        id=row.id,
        kind=row.kind,
        status=row.status,
        acuity=row.acuity,
        opened_at=row.opened_at,
        respond_by=row.respond_by,
        waiting_since=row.waiting_since,
        acknowledged_at=row.acknowledged_at,
        contacted_at=row.contacted_at,
        resolved_at=row.resolved_at,
        disposition=row.disposition,
        beware=[str(word) for word in row.beware],
        version=row.version,
        owner=StaffOut(id=record.owner.id, name=record.owner.name) if record.owner else None,
        patient=None
        if patient is None
        else CasePatient.model_validate(
            {name: getattr(patient, name) for name in CasePatient.model_fields}, extra="ignore"
        ),
        procedure=None
        if procedure is None
        else CaseProcedure(
            id=procedure.id,
            protocol=record.protocol,
            performed_at=procedure.performed_at,
            body_site=procedure.body_site,
            status=procedure.status,
        ),
        replies=[
            ReplyOut(
                id=each.id,
                channel=each.channel,
                text=each.text,
                received_at=each.received_at,
                acuity=each.acuity,
                opt_out=each.opt_out,
                evidence=list((each.assessment or {}).get("evidence", [])),
                answers=[{"question": one["asked"], "answer": one["said"]} for one in each.answers or ()],
            )
            for each in record.replies
        ],
    )
