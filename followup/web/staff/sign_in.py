"""Coming in and leaving: sign-in, the locked screen, the first password."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from followup.domain.errors import FollowupError, InvalidInput, NotAllowed
from followup.services import queue_view, sessions, staff
from followup.services.sessions import SignedIn
from followup.services.staff import MUST_CHANGE
from followup.web.rendering import page
from followup.web.security import place_of
from followup.web.session import (
    Posting,
    StaleForm,
    drop_cookie,
    maybe_signed_in,
    safe_back,
    services_of,
    set_cookie,
    signed_in,
)

router = APIRouter()


def same_site(request: Request) -> None:
    """Before there is a session there is no token: a form must come from our own pages. Raises StaleForm."""
    origin = request.headers.get("origin", "")
    ours = {request.headers.get("host", ""), urlsplit(services_of(request).public_url).netloc}
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise StaleForm
    if origin and origin != "null" and urlsplit(origin).netloc not in ours:
        raise StaleForm


@router.get("/")
def sign_in_page(request: Request, next: str = "") -> Response:
    """Sign in; whoever is signed in already goes on."""
    who = maybe_signed_in(request)
    if who is not None:
        return RedirectResponse(safe_back(next), 303)
    return page(request, "sign_in.html", back=safe_back(next), email="", problem="")


@router.post("/sign-in")
def sign_in(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Check the password; the cookie is a new one every time."""
    same_site(request)
    services = services_of(request)
    try:
        token = sessions.sign_in(services, email, password, place_of(request.client))
    except NotAllowed as refused:
        return page(request, "sign_in.html", status=403, back=safe_back(next), email=email, problem=refused.message)
    who = sessions.who(services, token)
    must_change = who is not None and who.preferences.get(MUST_CHANGE)
    answer = RedirectResponse("/account" if must_change else safe_back(next), 303)
    set_cookie(request, answer, token)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, who: Annotated[SignedIn, Depends(signed_in)]) -> Response:
    """Leave; a locked screen may be left too, so only the cookie and our own page are asked for."""
    same_site(request)
    sessions.sign_out(services_of(request), who)
    answer = RedirectResponse("/?said=signed_out", 303)
    drop_cookie(request, answer)
    return answer


@router.get("/locked")
def locked_page(request: Request, who: Annotated[SignedIn, Depends(signed_in)], next: str = "") -> Response:
    """A locked screen: no patient data, but counts and the alarm go on."""
    if not who.locked:
        sessions.lock(services_of(request), who.clinic_id, who.session_id)
    return _locked(request, who, safe_back(next))


def _locked(request: Request, who: SignedIn, back: str, problem: str = "", status: int = 200) -> Response:
    counts = queue_view.counts(services_of(request), who.clinic_id, who.staff_id)
    return page(
        request, "locked.html", status=status, back=back, name=who.name, counts=counts, problem=problem,
        sound=bool(who.preferences.get("sound")),
    )  # fmt: skip


@router.post("/unlock")
def unlock(
    request: Request,
    who: Annotated[SignedIn, Depends(signed_in)],
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Open the screen again, where it was, under a new cookie."""
    same_site(request)
    try:
        token = sessions.unlock(services_of(request), who, password, place_of(request.client))
    except NotAllowed as refused:
        return _locked(request, who, safe_back(next), refused.message, 403)
    answer = RedirectResponse(safe_back(next), 303)
    set_cookie(request, answer, token)
    return answer


@router.post("/session/alive")
def alive(desk: Posting) -> Response:
    """Somebody is moving the mouse or typing: the lock waits. (Looking up the session has noted it.)"""
    return Response(status_code=204)


@router.get("/set-password/{token}")
def first_password_page(request: Request, token: str) -> Response:
    """Choose the first password."""
    invited = staff.read_link(services_of(request), token)
    return page(request, "set_password.html", invited=invited, problem="")


@router.post("/set-password/{token}")
def first_password(
    request: Request, token: str, password: Annotated[str, Form()] = "", again: Annotated[str, Form()] = ""
) -> Response:
    """Keep the first password and sign in with it."""
    same_site(request)
    services = services_of(request)
    invited = staff.read_link(services, token)
    try:
        if password != again:
            raise NotAllowed("The two passwords are not the same.")
        staff.choose_password(services, token, password)
    except (InvalidInput, NotAllowed) as refused:
        words = "; ".join(fault.message for fault in refused.faults) if isinstance(refused, InvalidInput) else ""
        return page(request, "set_password.html", status=422, invited=invited, problem=words or refused.message)
    answer = RedirectResponse("/queue", 303)
    try:
        set_cookie(request, answer, sessions.sign_in(services, invited.email, password, place_of(request.client)))
    except FollowupError:
        return RedirectResponse("/", 303)  # too many tries before: the password is set all the same
    return answer
