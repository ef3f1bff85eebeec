"""Administration: people, senders, how delivery goes, and the audit trail."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Conflict, InvalidInput
from followup.services import admin_view, alarms, staff
from followup.services.clinics import change_clinic
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting, admin_only
from followup.web.staff.refused import Refused

router = APIRouter(prefix="/admin")


def _show(
    request: Request, desk: Desk, *, refused: Refused | None = None, link: str = "", name: str = "", status: int = 200
) -> Response:
    found = admin_view.admin_page(desk.services, desk.clinic_id)
    return page(
        request, "admin.html", who=desk.who, status=status, admin=found, refused=refused, link=link, link_name=name,
        roles=list(staff.Role), now=found.now,
    )  # fmt: skip


@router.get("")
def admin_page(request: Request, desk: Looking) -> Response:
    """How the clinic stands."""
    return _show(request, admin_only(desk))


@router.get("/alarms")
def alarms_page(request: Request, desk: Looking) -> Response:
    """What is wrong with the service, since when, and what to do."""
    admin_only(desk)
    found = alarms.open_for(desk.services, desk.clinic_id)
    return page(request, "alarms.html", who=desk.who, alarms=found, now=desk.services.real_now())


@router.post("/staff")
def add_staff(
    request: Request,
    desk: Posting,
    email: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
) -> Response:
    """Let somebody in; their link to choose a password is shown once."""
    admin_only(desk)
    try:
        made = staff.add(desk.services, desk.clinic_id, email, name, role, actor=desk.who.actor)
    except (InvalidInput, Conflict) as wrong:
        typed = {"email": email, "name": name, "role": role}
        return _show(request, desk, refused=Refused.of("staff", wrong, typed), status=422)
    return _show(request, desk, link=made.link, name=made.person.name)


@router.post("/staff/{staff_id}/link")
def new_link(request: Request, desk: Posting, staff_id: UUID) -> Response:
    """A new link for somebody who lost their password."""
    admin_only(desk)
    return _show(
        request, desk, name="them", link=staff.new_link(desk.services, desk.clinic_id, staff_id, actor=desk.who.actor)
    )


@router.post("/staff/{staff_id}/active")
def set_active(desk: Posting, staff_id: UUID, active: Annotated[str, Form()] = "") -> Response:
    """Let somebody in again, or no longer."""
    admin_only(desk)
    staff.set_active(desk.services, desk.clinic_id, staff_id, active == "yes", actor=desk.who.actor)
    return RedirectResponse("/admin?said=saved", 303)


@router.post("/check-in")
def set_check_in(desk: Posting, by_text: Annotated[str, Form()] = "") -> Response:
    """Whether texts carry the link to the check-in page, too."""
    admin_only(desk)
    change_clinic(desk.services, desk.clinic_id, {"settings": {"check_in_by_text": by_text == "on"}}, desk.who.actor)
    return RedirectResponse("/admin?said=saved", 303)


@router.post("/daily-summary")
def set_daily_summary(desk: Posting, wanted: Annotated[str, Form()] = "") -> Response:
    """Whether administrators hear each morning how yesterday went."""
    admin_only(desk)
    change_clinic(desk.services, desk.clinic_id, {"settings": {"daily_summary": wanted == "on"}}, desk.who.actor)
    return RedirectResponse("/admin?said=saved", 303)


@router.get("/audit")
def audit_page(request: Request, desk: Looking, who: str = "", object: str = "", action: str = "") -> Response:
    """Who did or looked at what."""
    admin_only(desk)
    try:
        object_id = UUID(object) if object else None
    except ValueError:
        object_id = UUID(int=0)
    found = admin_view.trail(
        desk.services, desk.clinic_id, actor=desk.who.actor, who=who, object_id=object_id, action=action
    )
    people = staff.everyone(desk.services, desk.clinic_id)
    return page(
        request, "audit.html", who=desk.who, entries=found, people=people, chosen=who, object=object, action=action
    )
