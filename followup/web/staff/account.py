"""One's own account: password and how the screens behave."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import InvalidInput
from followup.services import staff
from followup.services.staff import MUST_CHANGE
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting

router = APIRouter()


def _show(request: Request, desk: Desk, problems: dict[str, str], status: int = 200) -> Response:
    must = bool(desk.who.preferences.get(MUST_CHANGE))
    return page(request, "account.html", who=desk.who, status=status, problems=problems, must_change=must)


@router.get("/account")
def account_page(request: Request, desk: Looking) -> Response:
    """My account."""
    return _show(request, desk, {})


@router.post("/account/password")
def change_password(
    request: Request,
    desk: Posting,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change my password; every other browser of mine is signed out."""
    if new != again:
        return _show(request, desk, {"again": "The two passwords are not the same."}, 422)
    try:
        staff.change_password(
            desk.services, desk.clinic_id, desk.who.staff_id, old=old, new=new, keep=desk.who.session_id
        )
    except InvalidInput as wrong:
        return _show(request, desk, {fault.field: fault.message for fault in wrong.faults}, 422)
    return RedirectResponse("/account?said=password", 303)


@router.post("/account/preferences")
def preferences(
    desk: Posting,
    sound: Annotated[str, Form()] = "",
    shortcuts: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "auto",
) -> Response:
    """Sound, single-key shortcuts and colours."""
    staff.set_preferences(
        desk.services,
        desk.clinic_id,
        desk.who.staff_id,
        {
            "sound": sound == "on",
            "no_shortcuts": shortcuts != "on",
            "theme": theme if theme in ("auto", "light", "dark") else "auto",
        },
    )
    return RedirectResponse("/account?said=saved", 303)
