"""Communications over the API: every message to and from patients, with what became of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from followup.services import message_list
from followup.services.api_keys import Scope
from followup.services.message_list import Listed
from followup.services.plans import reason_words
from followup.web.api import cursors
from followup.web.api.answers import problems
from followup.web.api.keys import Caller, caller
from followup.web.api.shapes import CommunicationOut, CommunicationPage

router = APIRouter(prefix="/communications", tags=["Communications"])
Reader = Annotated[Caller, Depends(caller(Scope.COMMUNICATIONS_READ))]


@router.get("", responses=problems(422))
def list_communications(
    by: Reader,
    status: Annotated[
        str | None,
        Query(
            description="Outbound: planned, queued, sending, unknown, sent, delivered, undelivered, failed, skipped, "
            "cancelled; inbound: received, read, unreadable."
        ),
    ] = None,
    direction: Annotated[str | None, Query(description="inbound or outbound")] = None,
    procedure: Annotated[UUID | None, Query(description="A procedure's id.")] = None,
    patient: Annotated[UUID | None, Query(description="A patient's id.")] = None,
    limit: Annotated[int, Query(description="How many on a page, 1 to 200.")] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
) -> CommunicationPage:
    """Messages in both directions, newest first; the look is written down in the audit trail."""
    page = message_list.list_messages(
        by.services,
        by.clinic_id,
        by.actor,
        status=status,
        direction=direction,
        procedure_id=procedure,
        patient_id=patient,
        before=cursors.to_id(cursor),
        limit=limit,
    )
    return CommunicationPage(
        items=[_shown(each) for each in page.items],
        next_cursor=cursors.of_id(page.next_before),
    )


def _shown(each: Listed) -> CommunicationOut:
    """A message as the API shows it; what belongs to the other direction stays null."""
    if each.outbound is not None:
        sent = each.outbound
        return CommunicationOut(
            id=sent.id,
            direction="outbound",
            kind=sent.kind,
            channel=sent.channel,
            status=sent.status,
            reason=reason_words(sent.reason),
            step=sent.step,
            patient_id=sent.patient_id,
            procedure_id=sent.procedure_id,
            case_id=sent.case_id,
            due_at=sent.due_at,
            sent_at=sent.sent_at,
            settled_at=sent.settled_at,
            attempts=sent.attempts,
            provider_id=sent.provider_id or sent.message_id,
            text=sent.body,
        )
    assert each.inbound is not None
    came = each.inbound
    return CommunicationOut(
        id=came.id,
        direction="inbound",
        kind="reply",
        channel=came.channel,
        status=came.status,
        patient_id=came.patient_id,
        procedure_id=came.procedure_id,
        case_id=came.case_id,
        received_at=came.received_at,
        settled_at=came.read_at,
        provider_id=came.provider_id,
        text=came.text,
        acuity=came.acuity,
    )
