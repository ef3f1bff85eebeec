"""The addresses of the check-in page: the door, one question each, check and send, and the end."""

import contextlib
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from followup.domain.errors import Conflict, InvalidInput, NotFound
from followup.services.checkin import answering, door, visit
from followup.services.checkin.answering import Closed, Kept
from followup.services.checkin.visit import State, Visit
from followup.web.checkin.entering import COOKIE, elsewhere, enter, language_of, may_enter, telling, to
from followup.web.checkin.showing import show
from followup.web.checkin.words import WORDS, preferred
from followup.web.security import place_of
from followup.web.session import services_of
from followup.web.staff.sign_in import same_site

router = APIRouter(prefix="/c", include_in_schema=False)


def _door(
    request: Request, token: str, *, status: int = 200, problem: str = "", number: str = "", answer: str = ""
) -> Response:
    front = door.front(services_of(request), token)
    language = language_of(request, preferred(request.headers.get("accept-language", ""), front.language))
    page = "locked" if problem == "locked" else "door"
    return show(
        request, page, language, status=status, clinic_name=front.clinic_name, phone=front.phone,
        problem=WORDS[language].get(problem, ""), number=number, answer=answer, here=f"/c/{token}",
    )  # fmt: skip


@router.get("/{token}")
def door_page(request: Request, token: str) -> Response:
    """The door: the same for every link. Whoever has come in already goes on where they were."""
    if not may_enter(request, token):
        return _door(request, token)
    found = visit.visit(services_of(request), token, request.query_params.get("lang", ""))
    return elsewhere(token, found) or to(token, _next(found), found.language)


@router.post("/{token}")
def knock(
    request: Request,
    token: str,
    month: Annotated[str, Form()] = "",
    day: Annotated[str, Form()] = "",
    year: Annotated[str, Form()] = "",
    number: Annotated[str, Form()] = "",
    answer: Annotated[str, Form()] = "",
) -> Response:
    """Check the birth date. An answer that came in after the pass had run out is carried along and kept then."""
    same_site(request)
    services = services_of(request)
    born = _date(year, month, day)
    if born is None:
        return _door(request, token, status=422, problem="no_date", number=number, answer=answer)
    try:
        passed = door.knock(services, token, born, place_of(request.client))
    except door.TooManyTries:
        return _door(request, token, status=403, problem="locked")
    except door.WrongBirthDate:
        return _door(request, token, status=403, problem="wrong_date", number=number, answer=answer)
    found = visit.visit(services, token, request.query_params.get("lang", ""))
    goes = elsewhere(token, found) or to(token, _next(found), found.language)
    if number.isdigit() and found.state is State.OPEN and 1 <= int(number) <= len(found.questions):
        with contextlib.suppress(InvalidInput, Conflict):
            slug = found.questions[int(number) - 1].slug
            goes = _after(token, answering.keep_answer(services, token, slug, answer, found.language), request, found,
                          int(number))  # fmt: skip
    goes.set_cookie(
        COOKIE, passed, path=f"/c/{token}", httponly=True, samesite="strict",
        secure=services.public_url.startswith("https://"),
    )  # fmt: skip
    return goes


def _date(year: str, month: str, day: str) -> str | None:
    """A birth date in ISO form; None for what is no date."""
    try:
        if len(year.strip()) != 4:
            return None
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _next(found: Visit) -> str:
    """The first page that has not been seen to: a question without an answer, then photos."""
    for number, question in enumerate(found.questions, start=1):
        if question.slug not in found.answers:
            return str(number)
    return "photos"


@router.get("/{token}/send")
def send_page(request: Request, token: str) -> Response:
    """Everything once more, before it is sent."""
    found = enter(request, token)
    if isinstance(found, Response):
        return found
    if found.state is State.OPEN and found.missing():
        return to(token, _number_of(found, found.missing()), found.language)
    steps = len(found.questions) + 2
    return elsewhere(token, found) or show(
        request, "send", found.language, visit=found, step=steps, steps=steps, clinic_name=found.clinic_name,
        phone=found.phone, hours=found.hours,
    )  # fmt: skip


@router.post("/{token}/send")
def send(request: Request, token: str, stop: Annotated[str, Form()] = "") -> Response:
    """Send it, once."""
    same_site(request)
    found = enter(request, token)
    if isinstance(found, Response):
        return found
    label = WORDS[found.language][f"stop_{found.stops}"] if stop and found.stops else ""
    try:
        kept = answering.send(services_of(request), token, found.language, label)
    except Closed:
        return to(token, "done", found.language)
    except Conflict:
        return to(token, "send", found.language)
    return to(token, "done", found.language, telling(request, kept))


@router.get("/{token}/done")
def end_page(request: Request, token: str) -> Response:
    """What happens next and when; or what to do now, or instead."""
    found = enter(request, token)
    if isinstance(found, Response):
        return found
    if found.state is State.OPEN and not found.emergency:
        return to(token, _next(found), found.language)
    page = "alarm" if found.emergency else "over" if found.state is State.OVER else "done"
    return show(
        request, page, found.language, visit=found, outcome=found.outcome, clinic_name=found.clinic_name,
        phone=found.phone, hours=found.hours, onward=_next(found),
    )  # fmt: skip


@router.get("/{token}/{number}")
def question_page(request: Request, token: str, number: int) -> Response:
    """One question."""
    found = enter(request, token)
    if isinstance(found, Response):
        return found
    return elsewhere(token, found) or _question(request, found, number)


def _question(
    request: Request, found: Visit, number: int, problem: str = "", typed: str | None = None, status: int = 200
) -> Response:
    if not 1 <= number <= len(found.questions):
        raise NotFound
    question = found.questions[number - 1]
    return show(
        request, "question", found.language, status=status, visit=found, question=question, number=number, step=number,
        steps=len(found.questions) + 2, problem=problem,
        value=found.answers.get(question.slug, "") if typed is None else typed, clinic_name=found.clinic_name,
        phone=found.phone, hours=found.hours,
    )  # fmt: skip


@router.post("/{token}/{number}")
def answer_question(
    request: Request, token: str, number: int, answer: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """Keep one answer and go on; where the pass has run out meanwhile, the door keeps hold of the answer."""
    same_site(request)
    if not may_enter(request, token):
        return _door(request, token, number=str(number), answer=answer[:5000])
    found = enter(request, token)
    if isinstance(found, Response):
        return found
    if not 1 <= number <= len(found.questions):
        raise NotFound
    question = found.questions[number - 1]
    try:
        kept = answering.keep_answer(services_of(request), token, question.slug, answer, found.language)
    except InvalidInput as refused:
        return _question(request, found, number, WORDS[found.language][refused.faults[0].message], answer[:5000], 422)
    except Closed:
        return to(token, "done", found.language)
    return _after(token, kept, request, found, number)


def _after(token: str, kept: Kept, request: Request, found: Visit, number: int) -> Response:
    """Where an answer leads: to the emergency words, else to the next page."""
    if kept.alarm:
        return to(token, "done", found.language, telling(request, kept))
    following = str(number + 1) if number < len(found.questions) else "photos"
    return to(token, following, found.language)


def _number_of(found: Visit, slug: str) -> str:
    return str(next(n for n, each in enumerate(found.questions, start=1) if each.slug == slug))
