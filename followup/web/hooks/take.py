"""The link in a page: it asks before it takes, because mail scanners open every link."""

from html import escape
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from followup.domain.errors import NotFound
from followup.services.context import Services
from followup.services.escalation.acknowledge import Acknowledged
from followup.services.escalation.links import Taken, look_at_link, take_by_link

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>{title}</title><link rel="stylesheet" href="/static/public.css"></head>
<body><main><p>{clinic}</p><h1>{title}</h1>{body}</main></body></html>"""
_WORDS = {
    "en": {
        "waits": "{initials} needs you",
        "waits_body": "You were paged, {name}. Taking it tells your colleagues that you call this patient.",
        "drill": "This is a drill",
        "drill_body": "No patient is waiting, {name}. Show that the page reached you.",
        "take": "I take it",
        "reached": "It reached me",
        "taken": "You have {initials} now",
        "taken_body": "Call, then record the contact on the case: paging goes on until it is recorded.",
        "other": "{owner} has {initials}",
        "other_body": "They were first. Your answer was kept.",
        "over": "Nothing is left to do",
        "over_body": "The patient was reached, or the case is resolved.",
        "thanks": "Thank you",
        "thanks_body": "The drill knows that this page reached you.",
        "open": "Open the case",
        "gone": "This link does not work",
        "gone_body": "It is not complete, or more than a day old. Sign in to see what waits.",
    },
    "es": {
        "waits": "{initials} le necesita",
        "waits_body": "Recibió un aviso, {name}. Al tomarlo, su equipo sabe que usted llama a este paciente.",
        "drill": "Esto es un simulacro",
        "drill_body": "No espera ningún paciente, {name}. Muestre que el aviso le llegó.",
        "take": "Lo tomo",
        "reached": "Me llegó",
        "taken": "Ahora {initials} es suyo",
        "taken_body": "Llame y anote el contacto en el caso: los avisos siguen hasta entonces.",
        "other": "{owner} tiene a {initials}",
        "other_body": "Respondió antes. Guardamos su respuesta.",
        "over": "No queda nada por hacer",
        "over_body": "Ya se habló con el paciente, o el caso está resuelto.",
        "thanks": "Gracias",
        "thanks_body": "Ya consta que este aviso le llegó.",
        "open": "Abrir el caso",
        "gone": "Este enlace no funciona",
        "gone_body": "No está completo, o tiene más de un día. Entre para ver qué espera.",
    },
}


@router.get("/page/{token}")
def ask(request: Request, token: str) -> HTMLResponse:
    """Say who waits, and ask. Looking changes nothing."""
    services: Services = request.app.state.services
    try:
        found = look_at_link(services, token)
    except NotFound:
        return _gone()
    page = found.page
    if not page.first or page.over:
        return _answered(found)
    what, button = ("drill", "reached") if page.case_id is None else ("waits", "take")
    return _said(found, what, f'<form method="post"><button>{_WORDS[found.language][button]}</button></form>')


@router.post("/page/{token}")
def take(request: Request, token: str) -> HTMLResponse:
    """Take it. The link is the right to: whoever has it was paged."""
    services: Services = request.app.state.services
    try:
        return _answered(take_by_link(services, token))
    except NotFound:
        return _gone()


def _answered(found: Taken) -> HTMLResponse:
    page = found.page
    return _said(found, _what(page), _case(page.case_id, found.language) if page.case_id is not None else "")


def _what(page: Acknowledged) -> str:
    if page.case_id is None:
        return "thanks"
    if page.over:
        return "over"
    return "taken" if page.mine else "other"


def _case(case_id: UUID, language: str) -> str:
    return f'<p><a href="/cases/{case_id}">{_WORDS[language]["open"]}</a></p>'


def _said(found: Taken, what: str, more: str) -> HTMLResponse:
    words = _WORDS[found.language]
    values = {
        "initials": escape(found.initials),
        "name": escape(found.name),
        "owner": escape(found.page.owner),
    }
    body = f"<p>{words[f'{what}_body'].format(**values)}</p>{more}"
    return _html(found.language, found.clinic, words[what].format(**values), body)


def _gone() -> HTMLResponse:
    body = "".join(f'<p lang="{language}">{words["gone_body"]}</p>' for language, words in _WORDS.items())
    return _html("en", "", _WORDS["en"]["gone"], f'{body}<p><a href="/queue">Followup</a></p>', 404)


def _html(language: str, clinic: str, title: str, body: str, status: int = 200) -> HTMLResponse:
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(_PAGE.format(language=language, clinic=escape(clinic), title=title, body=body), status, headers)
