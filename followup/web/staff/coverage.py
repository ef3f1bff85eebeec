"""Coverage: who is on call, which hours have nobody, and going live."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Conflict, InvalidInput
from followup.services.escalation import contact_points
from followup.services.escalation.coverage import coverage, go_live
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting, admin_only
from followup.web.staff.refused import Refused

router = APIRouter(prefix="/admin/coverage")


def _show(request: Request, desk: Desk, refused: Refused | None = None, status: int = 200) -> Response:
    return page(
        request, "coverage.html", who=desk.who, status=status, refused=refused, tab="coverage",
        coverage=coverage(desk.services, desk.clinic_id),
        people=contact_points.list_contact_points(desk.services, desk.clinic_id),
    )  # fmt: skip


@router.get("")
def coverage_page(request: Request, desk: Looking) -> Response:
    """Which hours of the next days have nobody."""
    return _show(request, admin_only(desk))


@router.post("/live")
def live(request: Request, desk: Posting) -> Response:
    """Go live: refused with every uncovered hour."""
    admin_only(desk)
    try:
        go_live(desk.services, desk.clinic_id, desk.who.actor)
    except InvalidInput as wrong:
        return _show(request, desk, Refused.of("live", wrong, {}), 422)
    except Conflict as wrong:
        return _show(request, desk, Refused.of("live", wrong, {}), 409)
    return RedirectResponse("/admin/coverage?said=live", 303)
