"""One's own account: password and how the screens behave."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.domain.paging import ContactKind
from followup.services import staff
from followup.services.escalation import contact_points, own_page
from followup.services.staff import MUST_CHANGE
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting
from followup.web.staff.refused import Refused

router = APIRouter()


def _show(
    request: Request, desk: Desk, problems: dict[str, str], status: int = 200, refused: Refused | None = None
) -> Response:
    must = bool(desk.who.preferences.get(MUST_CHANGE))
    reach = contact_points.reach_of(desk.services, desk.clinic_id, desk.who.staff_id)
    return page(
        request, "account.html", who=desk.who, status=status, problems=problems, must_change=must, refused=refused,
        reach=reach,
    )  # fmt: skip


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


@router.post("/account/pages")
def keep_point(
    request: Request,
    desk: Posting,
    kind: Annotated[str, Form()] = "",
    address: Annotated[str, Form()] = "",
    agree: Annotated[str, Form()] = "",
) -> Response:
    """Where I am paged, and that I agree to it."""
    try:
        contact_points.set_contact_point(
            desk.services, desk.clinic_id, desk.who.staff_id, _kind(kind), address, pages=agree == "on",
            actor=desk.who.actor,
        )  # fmt: skip
    except InvalidInput as wrong:
        typed = {"kind": kind, "address": address}
        return _show(request, desk, {}, 422, Refused.of("pages", wrong, typed))
    return RedirectResponse("/account?said=saved#pages", 303)


@router.post("/account/pages/remove")
def remove_point(desk: Posting, kind: Annotated[str, Form()] = "") -> Response:
    """Page me there no more."""
    contact_points.remove_contact_point(
        desk.services, desk.clinic_id, desk.who.staff_id, _kind(kind), actor=desk.who.actor
    )
    return RedirectResponse("/account?said=saved#pages", 303)


@router.post("/account/pages/test")
def test_page(request: Request, desk: Posting) -> Response:
    """Page me, to see that it reaches me."""
    try:
        own_page.page_myself(desk.services, desk.clinic_id, desk.who.staff_id, desk.who.actor)
    except (InvalidInput, Conflict) as wrong:
        status = 422 if isinstance(wrong, InvalidInput) else 409
        return _show(request, desk, {}, status, Refused.of("pages", wrong, {"kind": "", "address": ""}))
    return RedirectResponse("/account?said=tested#pages", 303)


def _kind(kind: str) -> ContactKind:
    if kind not in set(ContactKind):
        raise NotFound("There is no such way to be paged.")
    return ContactKind(kind)
