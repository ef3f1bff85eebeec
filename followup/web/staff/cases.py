"""A case's page and everything that can be done on it; each action is a plain form that works without script."""

from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import Conflict, Fault, FollowupError, InvalidInput, NotAllowed
from followup.services import case_view, drafts
from followup.services.cases.acknowledge import acknowledge, take_next
from followup.services.cases.answer import answer
from followup.services.cases.contact import contact
from followup.services.cases.correct import correct
from followup.services.cases.escalate import escalate
from followup.services.cases.hand_over import hand_over
from followup.services.cases.note import note
from followup.services.cases.resolve import reopen, resolve
from followup.web.rendering import page
from followup.web.session import Desk, Looking, Posting, safe_back
from followup.web.staff.phrases import phrases
from followup.web.staff.refused import Refused

router = APIRouter()


def _show(
    request: Request, desk: Desk, case_id: UUID, *, refused: Refused | None = None, status: int = 200
) -> Response:
    found = case_view.case_page(desk.services, desk.clinic_id, case_id, me=desk.who.staff_id, actor=desk.who.actor)
    kept = drafts.of_place(desk.services, desk.clinic_id, desk.who.staff_id, f"case:{case_id}")
    return page(
        request,
        "case.html",
        who=desk.who,
        status=status,
        case=found,
        now=found.now,
        refused=refused,
        kept=kept,
        form_token=token_hex(16),
        phrases=phrases(found),
        place=f"case:{case_id}",
    )


@router.get("/cases/{case_id}")
def case_page(request: Request, desk: Looking, case_id: UUID) -> Response:
    """The whole story of a case."""
    return _show(request, desk, case_id)


@router.get("/cases/{case_id}/live")
def case_live(request: Request, desk: Looking, case_id: UUID) -> Response:
    """The parts that refresh themselves; not a look."""
    found = case_view.case_page(
        desk.services, desk.clinic_id, case_id, me=desk.who.staff_id, actor=desk.who.actor, look=False
    )
    return page(request, "_case_live.html", who=desk.who, case=found, now=found.now)


def do(
    request: Request,
    desk: Desk,
    case_id: UUID,
    form: str,
    act: Callable[[], Any],
    said: str,
    typed: Mapping[str, str],
    then: str = "",
) -> Response:
    """Do it and come back; refused, show the page again with the reason at the form and every word still in it."""
    try:
        act()
    except (InvalidInput, Conflict, NotAllowed) as wrong:
        status = 422 if isinstance(wrong, InvalidInput) else 409 if isinstance(wrong, Conflict) else 403
        return _show(request, desk, case_id, refused=Refused.of(form, wrong, typed), status=status)
    if "text" in typed or "note" in typed or "words" in typed or "reason" in typed:
        drafts.keep(desk.services, desk.clinic_id, desk.who.staff_id, f"case:{case_id}:{form}", "")
    return RedirectResponse(then or f"/cases/{case_id}?said={said}", 303)


@router.post("/cases/{case_id}/acknowledge")
def do_acknowledge(request: Request, desk: Posting, case_id: UUID, back: Annotated[str, Form()] = "") -> Response:
    """Make the case mine."""
    then = f"{safe_back(back)}" if back else ""
    return do(
        request, desk, case_id, "acknowledge",
        lambda: acknowledge(desk.services, desk.clinic_id, case_id, desk.who.actor), "acknowledged", {}, then,
    )  # fmt: skip


@router.post("/cases/{case_id}/answer")
def do_answer(
    request: Request,
    desk: Posting,
    case_id: UUID,
    text: Annotated[str, Form()] = "",
    channel: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form()] = "",
    version: Annotated[int | None, Form()] = None,
) -> Response:
    """Write to the patient."""
    return do(
        request, desk, case_id, "answer",
        lambda: answer(
            desk.services, desk.clinic_id, case_id, desk.who.actor,
            text=text, form_token=form_token or token_hex(16), channel=channel, version=version,
        ),
        "answered", {"text": text, "channel": channel},
    )  # fmt: skip


@router.post("/cases/{case_id}/contact")
def do_contact(
    request: Request,
    desk: Posting,
    case_id: UUID,
    how: Annotated[str, Form()] = "",
    outcome: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:
    """Record a call or another contact."""
    return do(
        request, desk, case_id, "contact",
        lambda: contact(
            desk.services, desk.clinic_id, case_id, desk.who.actor, how=how, outcome=outcome, words=words
        ),
        "contacted", {"how": how, "outcome": outcome, "words": words},
    )  # fmt: skip


@router.post("/cases/{case_id}/note")
def do_note(request: Request, desk: Posting, case_id: UUID, text: Annotated[str, Form()] = "") -> Response:
    """Write a note."""
    return do(
        request, desk, case_id, "note",
        lambda: note(desk.services, desk.clinic_id, case_id, desk.who.actor, text=text), "noted", {"text": text},
    )  # fmt: skip


@router.post("/cases/{case_id}/hand-over")
def do_hand_over(
    request: Request,
    desk: Posting,
    case_id: UUID,
    to: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    version: Annotated[int | None, Form()] = None,
) -> Response:
    """Give the case to somebody, or take it over."""

    def act() -> None:
        hand_over(desk.services, desk.clinic_id, case_id, desk.who.actor, to=id_of(to), note=note, version=version)

    return do(request, desk, case_id, "hand-over", act, "handed", {"to": to, "note": note})


def id_of(text: str) -> UUID:
    """The id that a form names; one that nothing has where it names none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@router.post("/cases/{case_id}/escalate")
def do_escalate(
    request: Request,
    desk: Posting,
    case_id: UUID,
    acuity: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    version: Annotated[int | None, Form()] = None,
) -> Response:
    """Raise the case."""
    return do(
        request, desk, case_id, "escalate",
        lambda: escalate(
            desk.services, desk.clinic_id, case_id, desk.who.actor, reason=reason, acuity=acuity, version=version
        ),
        "escalated", {"acuity": acuity, "reason": reason},
    )  # fmt: skip


@router.post("/cases/{case_id}/correct")
def do_correct(
    request: Request,
    desk: Posting,
    case_id: UUID,
    reply: Annotated[str, Form()] = "",
    acuity: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    lower_case: Annotated[str, Form()] = "",
    version: Annotated[int | None, Form()] = None,
) -> Response:
    """Say that a reply was read wrongly."""

    def act() -> None:
        lower = lower_case == "on"
        correct(
            desk.services, desk.clinic_id, _reply_id(reply), desk.who.actor, acuity=acuity, reason=reason,
            lower_case=lower, version=version if lower else None,
        )  # fmt: skip

    typed = {"reply": reply, "acuity": acuity, "reason": reason, "lower_case": lower_case}
    return do(request, desk, case_id, "correct", act, "corrected", typed)


def _reply_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(Fault("reply", "Choose the reply that was read wrongly.")) from None


@router.post("/cases/{case_id}/resolve")
def do_resolve(
    request: Request,
    desk: Posting,
    case_id: UUID,
    disposition: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    version: Annotated[int | None, Form()] = None,
    then: Annotated[str, Form()] = "",
) -> Response:
    """Close the case, and go on with the next where that was asked for."""
    answered = do(
        request, desk, case_id, "resolve",
        lambda: resolve(
            desk.services, desk.clinic_id, case_id, desk.who.actor,
            disposition=disposition, note=note, version=version,
        ),
        "resolved", {"disposition": disposition, "note": note}, "/queue?said=resolved",
    )  # fmt: skip
    if then == "next" and answered.status_code == 303:
        try:
            case = take_next(desk.services, desk.clinic_id, desk.who.actor)
        except FollowupError:
            return answered
        if case is not None:
            return RedirectResponse(f"/cases/{case.id}?said=acknowledged", 303)
    return answered


@router.post("/cases/{case_id}/reopen")
def do_reopen(request: Request, desk: Posting, case_id: UUID, reason: Annotated[str, Form()] = "") -> Response:
    """Put the case back into the queue."""
    return do(
        request, desk, case_id, "reopen",
        lambda: reopen(desk.services, desk.clinic_id, case_id, desk.who.actor, reason=reason), "reopened",
        {"reason": reason},
    )  # fmt: skip


@router.post("/drafts")
def keep_draft(desk: Posting, place: Annotated[str, Form()] = "", text: Annotated[str, Form()] = "") -> Response:
    """Keep what is being typed, so that a lock, a lost line or another desk loses none of it."""
    if place.startswith("case:"):
        drafts.keep(desk.services, desk.clinic_id, desk.who.staff_id, place, text)
    return Response(status_code=204)
