"""Finding a patient, and a patient's page: contact, consent, spoken words, death and withdrawal."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Conflict, InvalidInput
from followup.services import patient_view, patients
from followup.services.replies.receive import record_spoken
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting
from followup.web.staff.refused import Refused

router = APIRouter()


@router.get("/patients")
def search_page(request: Request, desk: Looking) -> Response:
    """Look for a patient. The words are posted, so that they stand in no address bar and no log."""
    return page(request, "patients.html", who=desk.who, query="", found=None)


@router.post("/patients")
def search(request: Request, desk: Posting, q: Annotated[str, Form()] = "") -> Response:
    """Who was found; one exact match opens at once."""
    found = patient_view.search(desk.services, desk.clinic_id, q, actor=desk.who.actor)
    if len(found) == 1:
        return RedirectResponse(f"/patients/{found[0].id}", 303)
    return page(request, "patients.html", who=desk.who, query=q, found=found)


def _show(
    request: Request, desk: Desk, patient_id: UUID, refused: Refused | None = None, status: int = 200
) -> Response:
    found = patient_view.patient_page(
        desk.services, desk.clinic_id, patient_id, me=desk.who.staff_id, actor=desk.who.actor
    )
    return page(
        request, "patient.html", who=desk.who, status=status, patient=found, refused=refused, now=found.now,
        ways=patients.CONSENT_WAYS,
    )  # fmt: skip


@router.get("/patients/{patient_id}")
def patient_page(request: Request, desk: Looking, patient_id: UUID) -> Response:
    """Everything about a patient."""
    return _show(request, desk, patient_id)


def _change(
    request: Request, desk: Desk, patient_id: UUID, form: str, changes: dict[str, Any], typed: dict[str, str]
) -> Response:
    try:
        patients.change_patient(desk.services, desk.clinic_id, patient_id, changes, desk.who.actor)
    except (InvalidInput, Conflict) as wrong:
        status = 422 if isinstance(wrong, InvalidInput) else 409
        return _show(request, desk, patient_id, Refused.of(form, wrong, typed), status)
    return RedirectResponse(f"/patients/{patient_id}?said=saved", 303)


@router.post("/patients/{patient_id}/contact")
def change_contact(
    request: Request,
    desk: Posting,
    patient_id: UUID,
    phone: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    timezone: Annotated[str, Form()] = "",
) -> Response:
    """Change number, address, language or zone; what is unsent is planned anew."""
    typed = {"phone": phone, "email": email, "language": language, "timezone": timezone}
    changes = {"phone": phone.strip() or None, "email": email.strip() or None}
    changes |= {name: value for name, value in (("language", language), ("timezone", timezone)) if value}
    return _change(request, desk, patient_id, "contact", changes, typed)


@router.post("/patients/{patient_id}/consent")
def change_consent(
    request: Request,
    desk: Posting,
    patient_id: UUID,
    channel: Annotated[str, Form()] = "",
    given: Annotated[str, Form()] = "",
    how: Annotated[str, Form()] = "",
    privacy_warning: Annotated[str, Form()] = "",
    lift_opt_out: Annotated[str, Form()] = "",
) -> Response:
    """Record what the patient said about one channel; only here does staff lift a stop."""
    said = {
        "given": given == "yes",
        "how": how,
        "privacy_warning": privacy_warning == "on",
        "lift_opt_out": lift_opt_out == "on" and given == "yes",
    }
    typed = {"channel": channel, "given": given, "how": how}
    return _change(request, desk, patient_id, "consent", {"consent": {channel: said}}, typed)


@router.post("/patients/{patient_id}/standing")
def change_standing(request: Request, desk: Posting, patient_id: UUID, what: Annotated[str, Form()] = "") -> Response:
    """The patient died or left the follow-up, or that was a mistake."""
    changes = {
        "deceased": {"deceased": True},
        "not_deceased": {"deceased": False},
        "withdrawn": {"withdrawn": True},
        "not_withdrawn": {"withdrawn": False},
    }.get(what, {})
    return _change(request, desk, patient_id, "standing", dict(changes), {"what": what})


@router.post("/patients/{patient_id}/spoken")
def spoken(request: Request, desk: Posting, patient_id: UUID, text: Annotated[str, Form()] = "") -> Response:
    """Record what the patient said by phone as a reply like any other."""
    try:
        record_spoken(desk.services, desk.clinic_id, patient_id, text, desk.who.actor)
    except InvalidInput as wrong:
        return _show(request, desk, patient_id, Refused.of("spoken", wrong, {"text": text}), 422)
    return RedirectResponse(f"/patients/{patient_id}?said=recorded", 303)
