"""What staff see when something is refused or goes wrong: plain words, and a way on."""

import traceback
from pathlib import Path
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from followup.domain.errors import FollowupError
from followup.web import errors
from followup.web.rendering import page
from followup.web.session import PasswordNeeded, ScreenLocked, SignInNeeded, lock_url

log = structlog.get_logger(__name__)

# What a database that is away, busy or full raises; named, because this room does not know the database's library.
_AWAY = frozenset({"OperationalError", "InterfaceError", "TimeoutError", "DisconnectionError"})
_WORDS = {
    400: ("That did not make sense", "Go back and try again."),
    403: ("You may not do that", "Ask an administrator of your clinic."),
    404: ("There is no such page here", "It may have moved, or belong to another clinic."),
    405: ("That cannot be done here", "Go back and use the buttons on the page."),
    409: ("Someone else was first", "Look again, then decide."),
    413: ("That is too large", "Send something smaller."),
    422: ("Something is not right", "Go back and check what you typed."),
    500: ("Something went wrong on our side", "It was nothing you did. Try again; or tell your administrator."),
    503: ("Not available just now", "Nothing was changed. Try again in a moment."),
}


async def answer(request: Request, error: Exception) -> Response:
    """Any failure on a path for people, as a page or as the way to the page that is needed first."""
    live = request.headers.get("x-live") == "1"
    if isinstance(error, SignInNeeded):
        if live:
            return Response("Signed out.", 401)
        back = "" if error.back in ("/", "/queue") else f"?next={quote(error.back, safe='/')}"
        return RedirectResponse(f"/{back}", 303)
    if isinstance(error, ScreenLocked):
        return Response("Locked.", 423) if live else RedirectResponse(lock_url(error.back), 303)
    if isinstance(error, PasswordNeeded):
        return Response("Choose a password first.", 423) if live else RedirectResponse("/account", 303)
    if isinstance(error, FollowupError):
        status = int(errors.status_of(error))
        if status >= 500:
            log.error("page_failed", route=_route(request), error=type(error).__name__)
        return error_page(request, status, error.message if status < 500 else "")
    if isinstance(error, RequestValidationError):
        # A path that is not an id is a page that is not there; anything else is a form that we did not make.
        in_path = any(each["loc"][:1] == ("path",) for each in error.errors())
        return error_page(request, 404 if in_path else 422)
    if isinstance(error, HTTPException):
        return error_page(request, error.status_code)
    # The error's own words may hold what a patient wrote: only where it happened is logged.
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    log.error("page_broken", route=_route(request), error=type(error).__name__, where=where)
    return error_page(request, 503 if type(error).__name__ in _AWAY else 500)


def error_page(request: Request, status: int, why: str = "") -> Response:
    """A page that says what went wrong."""
    title, words = _WORDS.get(status, _WORDS[500])
    return page(request, "error.html", status=status, title=title, why=why or words, code=status)


def _route(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path", ""))
