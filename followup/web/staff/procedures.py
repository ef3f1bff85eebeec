"""Recording a procedure by hand, and a procedure's page: its plan, a new time, cancelling."""

from collections.abc import Mapping
from datetime import date, time
from secrets import token_hex
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Conflict, FollowupError, InvalidInput
from followup.domain.hours import local, wall
from followup.domain.patient import LANGUAGES
from followup.services import procedures
from followup.services.plan_changes import change_plan
from followup.services.procedure_view import procedure_page
from followup.services.protocols import list_protocols
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting, safe_back
from followup.web.staff.refused import Refused

router = APIRouter()

_SOURCE = "form"
_PATIENT = ("mrn", "given_name", "family_name", "birth_date", "phone", "email", "language", "timezone")


def _form(
    request: Request, desk: Desk, typed: Mapping[str, str], refused: Refused | None, status: int = 200
) -> Response:
    return page(
        request, "procedure_new.html", who=desk.who, status=status, typed=typed, refused=refused,
        protocols=list_protocols(desk.services), languages=LANGUAGES,
    )  # fmt: skip


@router.get("/procedures/new")
def new_page(request: Request, desk: Looking) -> Response:
    """The form, with the present moment filled in; its token makes a double press record once."""
    here = local(desk.services.now(), desk.who.zone)
    typed = {
        "external_id": f"form-{token_hex(8)}",
        "date": here.date().isoformat(),
        "time": f"{here:%H:%M}",
        "language": "en",
    }
    return _form(request, desk, typed, None)


@router.post("/procedures/new")
async def record(request: Request, desk: Posting) -> Response:
    """Record it; refused, every fault stands at its field and nothing typed is lost."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form()
    typed = {name: value.strip() for name, value in form.items() if isinstance(value, str) and name != "csrf"}
    return await run_in_threadpool(_record, request, desk, typed)


def _record(request: Request, desk: Desk, typed: dict[str, str]) -> Response:
    try:
        recorded = procedures.record_procedure(
            desk.services, desk.clinic_id, _request(typed, desk.who.zone), desk.who.actor, how="form",
            privacy_warning=typed.get("privacy_warning") == "on", textual=True,
        )  # fmt: skip
    except (InvalidInput, Conflict) as wrong:
        status = 422 if isinstance(wrong, InvalidInput) else 409
        return _form(request, desk, typed, _at_fields(Refused.of("new", wrong, typed), wrong), status)
    return RedirectResponse(f"/procedures/{recorded.procedure.id}", 303)


def _at_fields(refused: Refused, wrong: FollowupError) -> Refused:
    """The same, with the names that the form's fields have."""
    fields = dict(refused.fields)
    if isinstance(wrong, Conflict):
        fields |= {fault.field: fault.message for fault in wrong.faults}
    names = {name.removeprefix("patient."): why for name, why in fields.items()}
    if "performed_at" in names:
        names["date"] = names.pop("performed_at")
    return Refused(refused.form, refused.message, names, refused.typed)


def _request(typed: Mapping[str, str], zone: str) -> dict[str, Any]:
    """The form in the shape that every way of recording uses; the clinic's wall time becomes an instant."""
    patient: dict[str, Any] = {name: typed.get(name, "") for name in _PATIENT}
    patient["consent"] = {channel: "true" for channel in ("sms", "email") if typed.get(f"consent_{channel}") == "on"}
    return {
        "source": _SOURCE,
        "external_id": typed.get("external_id") or f"form-{token_hex(8)}",
        "protocol": typed.get("protocol", ""),
        "performed_at": _instant(typed.get("date", ""), typed.get("time", ""), zone),
        "body_site": typed.get("body_site", ""),
        "office": typed.get("office", ""),
        "patient": patient,
    }


def _instant(day: str, clock: str, zone: str) -> str:
    """A date and a time of the clinic as ISO text with its offset; what cannot be read is left for the fault."""
    try:
        return wall(date.fromisoformat(day), time.fromisoformat(clock), zone).isoformat()
    except (ValueError, OverflowError):
        return " ".join(part for part in (day, clock) if part)


def _show(
    request: Request, desk: Desk, procedure_id: UUID, refused: Refused | None = None, status: int = 200
) -> Response:
    found = procedure_page(desk.services, desk.clinic_id, procedure_id, actor=desk.who.actor)
    return page(request, "procedure.html", who=desk.who, status=status, procedure=found, refused=refused, now=found.now)


@router.get("/procedures/{procedure_id}")
def show(request: Request, desk: Looking, procedure_id: UUID) -> Response:
    """A procedure and its plan."""
    return _show(request, desk, procedure_id)


@router.post("/procedures/{procedure_id}/change")
def change(
    request: Request,
    desk: Posting,
    procedure_id: UUID,
    date: Annotated[str, Form()] = "",
    time: Annotated[str, Form()] = "",
    body_site: Annotated[str, Form()] = "",
    office: Annotated[str, Form()] = "",
) -> Response:
    """Change when and where it was done; unsent messages are planned anew."""
    typed = {"date": date, "time": time, "body_site": body_site, "office": office}
    changes = {
        "performed_at": _instant(date, time, desk.who.zone),
        "body_site": body_site or None,
        "office": office or None,
    }
    try:
        procedures.change_procedure(desk.services, desk.clinic_id, procedure_id, changes, desk.who.actor)
    except (InvalidInput, Conflict) as wrong:
        status = 422 if isinstance(wrong, InvalidInput) else 409
        return _show(request, desk, procedure_id, _at_fields(Refused.of("change", wrong, typed), wrong), status)
    return RedirectResponse(f"/procedures/{procedure_id}?said=replanned", 303)


@router.post("/procedures/{procedure_id}/plan")
def change_plan_here(
    request: Request,
    desk: Posting,
    procedure_id: UUID,
    move: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Pause the plan, stop it, let it go on, or ask once more tomorrow."""
    try:
        change_plan(desk.services, desk.clinic_id, procedure_id, desk.who.actor, move=move, until=until, reason=reason)
    except (InvalidInput, Conflict) as wrong:
        status = 422 if isinstance(wrong, InvalidInput) else 409
        typed = {"until": until, "reason": reason}
        return _show(request, desk, procedure_id, Refused.of("plan", wrong, typed), status)
    there = safe_back(back) if back else f"/procedures/{procedure_id}"
    return RedirectResponse(f"{there}?said=plan", 303)


@router.post("/procedures/{procedure_id}/cancel")
def cancel(
    request: Request,
    desk: Posting,
    procedure_id: UUID,
    reason: Annotated[str, Form()] = "",
    entered_in_error: Annotated[str, Form()] = "",
) -> Response:
    """Cancel it: nothing more is sent."""
    try:
        procedures.cancel_procedure(
            desk.services, desk.clinic_id, procedure_id, reason, desk.who.actor,
            entered_in_error=entered_in_error == "on",
        )  # fmt: skip
    except InvalidInput as wrong:
        return _show(request, desk, procedure_id, Refused.of("cancel", wrong, {"reason": reason}), 422)
    return RedirectResponse(f"/procedures/{procedure_id}?said=cancelled", 303)
