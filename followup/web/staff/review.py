"""The review list, and one reply's page: how it was read, and the form that corrects it."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Conflict, InvalidInput
from followup.services import reviews
from followup.services.cases.correct import correct
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting
from followup.web.staff.refused import Refused

router = APIRouter()


def _list(request: Request, desk: Desk, refused: Refused | None = None, status: int = 200) -> Response:
    found = reviews.review_list(desk.services, desk.clinic_id, desk.who.actor)
    return page(request, "review.html", who=desk.who, status=status, list=found, refused=refused, now=found.now)


def _reply(request: Request, desk: Desk, reply_id: UUID, refused: Refused | None = None, status: int = 200) -> Response:
    found = reviews.reply_page(desk.services, desk.clinic_id, reply_id, desk.who.actor)
    return page(request, "reply.html", who=desk.who, status=status, reply=found, refused=refused, now=found.now)


@router.get("/review")
def review_page(request: Request, desk: Looking) -> Response:
    """What waits to be looked at."""
    return _list(request, desk)


@router.post("/review/{reply_id}/right")
def right(request: Request, desk: Posting, reply_id: UUID) -> Response:
    """It was right to leave this reply alone."""
    try:
        reviews.confirm(desk.services, desk.clinic_id, reply_id, desk.who.actor)
    except Conflict as wrong:
        return _list(request, desk, Refused.of("review", wrong, {"reply": str(reply_id)}), 409)
    return RedirectResponse("/review?said=right", 303)


@router.post("/review/{reply_id}/correct")
def correct_reviewed(
    request: Request,
    desk: Posting,
    reply_id: UUID,
    acuity: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """This reply should have been read otherwise."""

    def again(refused: Refused, status: int) -> Response:
        return _list(request, desk, refused, status)

    return _correct(desk, reply_id, "review", acuity, reason, again, "/review?said=corrected")


@router.get("/replies/{reply_id}")
def reply_page(request: Request, desk: Looking, reply_id: UUID) -> Response:
    """One reply and how it was read."""
    return _reply(request, desk, reply_id)


@router.post("/replies/{reply_id}/correct")
def correct_reply(
    request: Request,
    desk: Posting,
    reply_id: UUID,
    acuity: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """This reply was read wrongly."""

    def again(refused: Refused, status: int) -> Response:
        return _reply(request, desk, reply_id, refused, status)

    return _correct(desk, reply_id, "correct", acuity, reason, again, f"/replies/{reply_id}?said=corrected")


def _correct(
    desk: Desk,
    reply_id: UUID,
    form: str,
    acuity: str,
    reason: str,
    again: Callable[[Refused, int], Response],
    then: str,
) -> Response:
    try:
        correct(desk.services, desk.clinic_id, reply_id, desk.who.actor, acuity=acuity, reason=reason)
    except (InvalidInput, Conflict) as wrong:
        typed = {"reply": str(reply_id), "acuity": acuity, "reason": reason}
        return again(Refused.of(form, wrong, typed), 422 if isinstance(wrong, InvalidInput) else 409)
    return RedirectResponse(then, 303)
