"""Protocols: the list, and each text as a patient's phone would show it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from followup.domain.errors import InvalidInput, NotFound
from followup.services.protocol_pages import protocol_page
from followup.services.protocols import list_protocols
from followup.web.rendering import page
from followup.web.session import Looking
from followup.web.staff.procedures import _instant

router = APIRouter()


@router.get("/protocols")
def protocols_page(request: Request, desk: Looking) -> Response:
    """Every protocol of today."""
    return page(request, "protocols.html", who=desk.who, protocols=list_protocols(desk.services))


@router.get("/protocols/{slug}")
def preview_page(
    request: Request, desk: Looking, slug: str, lang: str = "", date: str = "", time: str = ""
) -> Response:
    """What a patient would get, and when."""
    try:
        found = protocol_page(
            desk.services, desk.clinic_id, slug, language=lang, performed_at=_instant(date, time, desk.who.zone)
        )
    except InvalidInput:
        raise NotFound("There is no such protocol here.") from None
    return page(request, "protocol.html", who=desk.who, protocol=found)
