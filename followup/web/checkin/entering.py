"""Who may see a page of the check-in, and where everybody else is led."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from followup.services.checkin import answering, door, visit
from followup.services.checkin.answering import Kept
from followup.services.checkin.visit import State, Visit
from followup.web.checkin.showing import HEADERS
from followup.web.checkin.words import LANGUAGES
from followup.web.session import services_of

COOKIE = "followup_check_in"


def language_of(request: Request, otherwise: str) -> str:
    """The language that the address asks for."""
    chosen = request.query_params.get("lang", "")
    return chosen if chosen in LANGUAGES else otherwise


def to(token: str, page: str, language: str, background: BackgroundTask | None = None) -> Response:
    """The way to a page of this check-in."""
    path = f"/c/{token}/{page}" if page else f"/c/{token}"
    return RedirectResponse(f"{path}?lang={language}", 303, HEADERS, background)


def may_enter(request: Request, token: str) -> bool:
    """True where the browser holds this link's pass."""
    return door.may_enter(services_of(request), token, request.cookies.get(COOKIE, ""))


def enter(request: Request, token: str) -> Visit | Response:
    """The visit, or the way to the page that stands in its place."""
    if not may_enter(request, token):
        return to(token, "", language_of(request, ""))
    return visit.visit(services_of(request), token, request.query_params.get("lang", ""))


def elsewhere(token: str, found: Visit) -> Response | None:
    """The way to the end, where there is nothing left to answer."""
    return to(token, "done", found.language) if found.state is not State.OPEN else None


def telling(request: Request, kept: Kept) -> BackgroundTask | None:
    """The page says what to do first; the text that says it again leaves right after."""
    return BackgroundTask(answering.tell_now, services_of(request), kept.tell) if kept.tell else None
