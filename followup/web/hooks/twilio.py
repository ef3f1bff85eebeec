"""Twilio's posts: a text came in, a message moved on, a patient calls the number, staff are called."""

from typing import Annotated
from urllib.parse import parse_qsl
from uuid import UUID
from xml.sax.saxutils import escape

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request, Response

from followup.domain.errors import FollowupError, NotFound
from followup.services import voice
from followup.services.context import Services
from followup.services.delivery import receipts
from followup.services.escalation import call as page_call
from followup.services.replies.inbound import take_text
from followup.services.replies.receive import InboundText

router = APIRouter(prefix="/hooks/twilio", tags=["hooks"], include_in_schema=False)
log = structlog.get_logger(__name__)
LARGEST_POST = 256 * 1024
MOST_MEDIA = 10
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

Fields = dict[str, list[str]]


async def signed_fields(request: Request) -> Fields:
    """The form fields of a post that Twilio signed; 403 for any other.

    The signature is over our configured public address, never over what a proxy says, and over every field with blank
    ones kept: dropping a blank field would refuse real messages.
    """
    services: Services = request.app.state.services
    if services.sms is None:
        raise HTTPException(503, "No carrier is set up here; set FOLLOWUP_TWILIO_ACCOUNT_SID and its token")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_POST:
            raise HTTPException(413, f"A webhook post may hold at most {LARGEST_POST} bytes")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=False, max_num_fields=500)
    except ValueError as error:
        raise HTTPException(400, "The post is not a form in UTF-8") from error
    fields: Fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    url = services.public_url + request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if not services.sms.signed(url, fields, request.headers.get("X-Twilio-Signature", "")):
        # No content is logged: whoever posted this is unknown, and so is what it holds.
        log.warning("webhook_refused", path=request.url.path, reason="signature")
        raise HTTPException(403, "The signature does not fit; check FOLLOWUP_PUBLIC_URL and the auth token")
    return fields


Signed = Annotated[Fields, Depends(signed_fields)]


def _one(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]


def _xml(text: str) -> Response:
    return Response(text, media_type="text/xml")


@router.post("/inbound")
def inbound(request: Request, fields: Signed) -> Response:
    """Keep a text that came in. The answer is empty: what the patient gets is sent as a message of its own."""
    services: Services = request.app.state.services
    count = _one(fields, "NumMedia")
    media = [
        (_one(fields, f"MediaUrl{n}"), _one(fields, f"MediaContentType{n}"))
        for n in range(min(int(count) if count.isdigit() else 0, MOST_MEDIA))
    ]
    post = InboundText(
        provider_id=_one(fields, "MessageSid") or _one(fields, "SmsSid"),
        sender=_one(fields, "From"),
        to=_one(fields, "To"),
        body=_one(fields, "Body"),
        messaging_service=_one(fields, "MessagingServiceSid"),
        media=tuple((url, kind) for url, kind in media if url),
        carrier_keyword=_one(fields, "OptOutType").upper(),
    )
    try:
        take_text(services, post)
    except FollowupError:
        raise
    except Exception:
        request.app.state.missed.set()  # the carrier tries a few times at once and then gives up; its list is asked
        raise
    return _xml(EMPTY)


@router.post("/status/{attempt_id}", status_code=204)
def status(request: Request, attempt_id: UUID, fields: Signed) -> Response:
    """Keep a status callback. One for an attempt nobody here made is answered, so that it is not posted again."""
    services: Services = request.app.state.services
    try:
        receipts.record_receipt(
            services,
            attempt_id,
            status=_one(fields, "MessageStatus") or _one(fields, "SmsStatus"),
            code=_one(fields, "ErrorCode") or None,
            provider_id=_one(fields, "MessageSid") or _one(fields, "SmsSid"),
        )
    except NotFound:
        log.warning("receipt_without_attempt", attempt_id=str(attempt_id))
    return Response(status_code=204)


@router.post("/pages/{page_id}")
def page(request: Request, page_id: UUID, fields: Signed) -> Response:
    """What somebody of the staff hears who picks up a page, and the key that is waited for."""
    services: Services = request.app.state.services
    return _spoken(page_id, page_call.what_is_said(services, page_id, _one(fields, "CallSid")))


@router.post("/pages/{page_id}/key")
def page_key(request: Request, page_id: UUID, fields: Signed) -> Response:
    """A key was pressed."""
    services: Services = request.app.state.services
    return _spoken(page_id, page_call.key_pressed(services, page_id, _one(fields, "Digits")))


@router.post("/pages/{page_id}/nothing")
def page_without_key(request: Request, page_id: UUID, fields: Signed) -> Response:
    """No key was pressed while the page was said twice."""
    services: Services = request.app.state.services
    return _spoken(page_id, page_call.nothing_pressed(services, page_id))


@router.post("/pages/{page_id}/status", status_code=204)
def page_status(request: Request, page_id: UUID, fields: Signed) -> Response:
    """How a call to staff ended."""
    services: Services = request.app.state.services
    page_call.ended(services, page_id, _one(fields, "CallStatus"), _one(fields, "CallSid"))
    return Response(status_code=204)


def _spoken(page_id: UUID, heard: page_call.Heard) -> Response:
    said = f'<Say language="{heard.language}">{escape(heard.words)}</Say>'
    if heard.waits:
        here = f"/hooks/twilio/pages/{page_id}"
        said = (
            f'<Gather input="dtmf" numDigits="1" timeout="6" action="{here}/key" method="POST">'
            f'{said}<Pause length="3"/>{said}</Gather><Redirect method="POST">{here}/nothing</Redirect>'
        )
    else:
        said += "<Hangup/>"
    return _xml(f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>')


@router.post("/voice")
def call(request: Request, fields: Signed) -> Response:
    """What a caller hears: the clinic's name, 911 in an emergency, and then the clinic."""
    services: Services = request.app.state.services
    answer = voice.answer_call(services, _one(fields, "To"))
    said = "".join(f'<Say language="{line.language}">{escape(line.words)}</Say>' for line in answer.lines)
    dial = f"<Dial>{escape(answer.connect_to)}</Dial>" if answer.connect_to else ""
    return _xml(f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}{dial}</Response>')
