"""The unsubscribe link of a mail: a page that asks, and RFC 8058's one-click post that does not."""

from html import escape

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from followup.domain.errors import NotFound
from followup.services import opt_outs
from followup.services.context import Services

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title><link rel="stylesheet" href="/static/public.css"></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""
_ASK = """<p>{clinic} sends you recovery emails. If you stop them, no one will write to this address.</p>
<p>You can still call the clinic{phone}. <strong>In an emergency, call 911.</strong></p>
<form method="post"><button>Stop these emails</button></form>
<p lang="es">{clinic} le envía correos sobre su recuperación. Si los detiene, no le escribiremos a esta dirección.
<strong>En una emergencia, llame al 911.</strong></p>"""
_DONE = """<p>You will get no more emails from {clinic}. You can still call the clinic{phone}.</p>
<p><strong>In an emergency, call 911.</strong></p>
<p lang="es">Ya no recibirá correos de {clinic}. <strong>En una emergencia, llame al 911.</strong></p>"""
_GONE = """<p>This link does not work. To stop emails, reply with the word STOP or call the clinic.</p>
<p lang="es">Este enlace no funciona. Para dejar de recibir correos, responda con la palabra ALTO o llame a la clínica.
</p>"""


def _page(title: str, body: str, words: dict[str, str] | None = None, status: int = 200) -> HTMLResponse:
    safe = {name: escape(value) for name, value in (words or {}).items()}
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(_PAGE.format(title=title, body=body.format(**safe)), status, headers)


def _words(link: opt_outs.UnsubscribeLink) -> dict[str, str]:
    return {"clinic": link.clinic_name, "phone": f" at {link.clinic_phone}" if link.clinic_phone else ""}


@router.get("/u/{token}")
def ask(request: Request, token: str) -> HTMLResponse:
    """Ask first: mail scanners open every link, so looking at it must change nothing."""
    services: Services = request.app.state.services
    try:
        return _page("Stop emails?", _ASK, _words(opt_outs.look_at_link(services, token)))
    except NotFound:
        return _page("Link not found", _GONE, status=404)


@router.post("/u/{token}")
def stop(request: Request, token: str, one_click: str = Form("", alias="List-Unsubscribe")) -> HTMLResponse:
    """Stop, whether a person pressed the button or a mail program posted "List-Unsubscribe=One-Click"."""
    services: Services = request.app.state.services
    try:
        return _page("Emails stopped", _DONE, _words(opt_outs.unsubscribe(services, token)))
    except NotFound:
        return _page("Link not found", _GONE, status=404)
