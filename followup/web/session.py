"""Who is at the screen: cookies, the lock, and the token that every form carries."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from followup.domain.errors import NotAllowed
from followup.services import drafts, sessions
from followup.services.context import Services
from followup.services.sessions import SignedIn
from followup.services.staff import MUST_CHANGE

# Fields whose words are kept as a draft when a form comes in from a screen that has locked meanwhile.
_WORDS = ("text", "note", "words", "reason")


class SignInNeeded(Exception):
    """Nobody is signed in; `back` is where they wanted to go."""

    def __init__(self, back: str) -> None:
        self.back = back


class ScreenLocked(Exception):
    """Somebody is signed in, but their screen is locked."""

    def __init__(self, back: str) -> None:
        self.back = back


class PasswordNeeded(Exception):
    """Somebody is signed in with a password that was made for them: they choose their own before anything else."""


class StaleForm(NotAllowed):
    """This page was open for too long, or was opened elsewhere. Load it again; what you typed was kept where it could be."""  # noqa: E501


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of somebody who is signed in and not locked."""

    services: Services
    who: SignedIn

    @property
    def clinic_id(self) -> UUID:
        """The clinic that everything is asked of."""
        return self.who.clinic_id


def services_of(request: Request) -> Services:
    """The services of this process."""
    services: Services = request.app.state.services
    return services


def cookie_name(request: Request) -> str:
    """The cookie's name; the prefix makes browsers refuse it without https or for another path."""
    return "__Host-followup" if services_of(request).public_url.startswith("https://") else "followup"


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(request),
        token,
        httponly=True,
        samesite="lax",
        secure=services_of(request).public_url.startswith("https://"),
        path="/",
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Take it away."""
    response.delete_cookie(
        cookie_name(request), path="/", secure=services_of(request).public_url.startswith("https://"), httponly=True
    )


def here(request: Request) -> str:
    """The page that was asked for, to come back to."""
    path = request.url.path
    return f"{path}?{request.url.query}" if request.url.query else path


def safe_back(back: str | None, otherwise: str = "/queue") -> str:
    """A page of ours to go to, never another site."""
    ours = bool(back) and back is not None and back.startswith("/") and not back.startswith(("//", "/\\"))
    return back if ours and back and "\r" not in back and "\n" not in back else otherwise


def lock_url(back: str) -> str:
    """Where a locked screen goes."""
    return f"/locked?next={quote(back, safe='/')}"


def maybe_signed_in(request: Request) -> SignedIn | None:
    """Who is at the screen, locked or not, without counting this as activity."""
    token = request.cookies.get(cookie_name(request))
    return sessions.who(services_of(request), token, active=False) if token else None


def signed_in(request: Request) -> SignedIn:
    """Who is at the screen, locked or not. Raises SignInNeeded. A live refresh does not count as activity."""
    token = request.cookies.get(cookie_name(request))
    live = request.headers.get("x-live") == "1"
    who = sessions.who(services_of(request), token, active=not live) if token else None
    if who is None:
        raise SignInNeeded(here(request) if request.method == "GET" else "/queue")
    return who


def _looking(request: Request, who: Annotated[SignedIn, Depends(signed_in)]) -> Desk:
    """Somebody who opens a page."""
    if who.locked:
        raise ScreenLocked(here(request))
    _own_password(request, who)
    return Desk(services_of(request), who)


def _own_password(request: Request, who: SignedIn) -> None:
    if who.preferences.get(MUST_CHANGE) and not request.url.path.startswith("/account"):
        raise PasswordNeeded


async def _posting(request: Request, who: Annotated[SignedIn, Depends(signed_in)]) -> Desk:
    """Somebody who sends a form: the token is checked; words sent from a locked screen are kept as a draft."""
    form = await request.form()
    words = {name: value for name, value in form.items() if isinstance(value, str)}
    given = words.get("csrf") or request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), who.csrf.encode()):
        if not who.locked:
            raise StaleForm
    elif who.locked:
        await run_in_threadpool(_keep_words, services_of(request), who, words)
    if who.locked:
        raise ScreenLocked(safe_back(words.get("back")))
    _own_password(request, who)
    return Desk(services_of(request), who)


def _keep_words(services: Services, who: SignedIn, words: Mapping[str, str]) -> None:
    place = words.get("draft") or words.get("place", "")
    text = next((words[name] for name in _WORDS if words.get(name, "").strip()), "")
    if place and text:
        drafts.keep(services, who.clinic_id, who.staff_id, place, text)


def admin_only(desk: Desk) -> Desk:
    """Raise NotAllowed for anyone but an administrator."""
    if not desk.who.admin:
        raise NotAllowed("Only an administrator of the clinic can do that.")
    return desk


Looking = Annotated[Desk, Depends(_looking)]
Posting = Annotated[Desk, Depends(_posting)]
