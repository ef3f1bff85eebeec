"""What can be done from a case beyond the case itself: changing the plan, and marking what is expected."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from followup.services.cases.expect import end_expectation, expect
from followup.services.plan_changes import change_plan
from followup.web.session import Posting
from followup.web.staff.cases import do, id_of

router = APIRouter()


@router.post("/cases/{case_id}/plan")
def do_plan(
    request: Request,
    desk: Posting,
    case_id: UUID,
    procedure: Annotated[str, Form()] = "",
    move: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Pause the plan, stop it, let it go on, or have the patient asked once more tomorrow."""

    def act() -> None:
        change_plan(
            desk.services, desk.clinic_id, id_of(procedure), desk.who.actor,
            move=move, until=until, reason=reason, case_id=case_id,
        )  # fmt: skip

    return do(request, desk, case_id, "plan", act, "plan", {"until": until, "reason": reason})


@router.post("/cases/{case_id}/expect")
def do_expect(
    request: Request,
    desk: Posting,
    case_id: UUID,
    topic: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Mark something as expected for this patient."""
    return do(
        request, desk, case_id, "expect",
        lambda: expect(
            desk.services, desk.clinic_id, case_id, desk.who.actor, topic=topic, until=until, note=note
        ),
        "expected", {"topic": topic, "until": until, "note": note},
    )  # fmt: skip


@router.post("/cases/{case_id}/expect/end")
def do_end_expectation(
    request: Request, desk: Posting, case_id: UUID, expectation: Annotated[str, Form()] = ""
) -> Response:
    """It is not expected any more."""
    return do(
        request, desk, case_id, "expect",
        lambda: end_expectation(
            desk.services, desk.clinic_id, case_id, desk.who.actor, expectation_id=id_of(expectation)
        ),
        "expect_ended", {},
    )  # fmt: skip
