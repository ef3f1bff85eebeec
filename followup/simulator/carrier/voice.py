"""Carries a phone call: asks the service what to say, lets the person hear it, press keys or be connected."""

import asyncio
from urllib.parse import urljoin
from xml.etree import ElementTree

from followup.simulator.carrier.shapes import API_VERSION
from followup.simulator.carrier.state import Call, Carrier, new_sid
from followup.simulator.faults import Misbehaviour

_MOST_TURNS = 10  # a call that only ever redirects ends some time
_RINGS = 0.02  # seconds


async def ring(carrier: Carrier, call: Call, url: str, twiml: str, status_callback: str) -> None:
    """The clinic calls a person: it rings, and where they answer they hear what `url` or `twiml` says."""
    await asyncio.sleep(_RINGS)
    if carrier.faults.draw(Misbehaviour.NO_ANSWER, call.to) is not None:
        call.status = "no-answer"
    elif carrier.faults.draw(Misbehaviour.BUSY, call.to) is not None:
        call.status = "busy"
    else:
        await _talk(carrier, call, url, twiml)
    call.ended = carrier.settings.wire_clock()
    carrier.changes.note((f"phone:{call.phone}",))
    if status_callback:
        await carrier.webhooks.post(status_callback, _form(carrier, call))


async def call_in(carrier: Carrier, phone: str, to: str) -> Call:
    """A person calls the clinic's number; returns when they hung up or were connected."""
    call = Call(new_sid("CA"), True, phone, to, carrier.settings.wire_clock(), status="ringing")
    carrier.calls[call.sid] = call
    number = carrier.numbers.get(to)
    if number is None or not number.voice_url:
        call.status = "failed"
    else:
        await _talk(carrier, call, number.voice_url, "")
    call.ended = carrier.settings.wire_clock()
    carrier.changes.note((f"phone:{phone}",))
    return call


async def _talk(carrier: Carrier, call: Call, url: str, twiml: str) -> None:
    """Follow the service's TwiML until it ends. Nothing is read aloud: the words are kept as heard."""
    call.status, call.started = "in-progress", carrier.settings.wire_clock()
    extra: list[tuple[str, str]] = []
    for _ in range(_MOST_TURNS):
        if not twiml:
            post = await carrier.webhooks.post(url, [*_form(carrier, call), *extra])
            if post.trouble:
                call.heard.append("An application error has occurred. Goodbye.")
                call.status = "failed"
                return
            twiml = post.answer
        following = _follow(carrier, call, twiml)
        if following is None:
            break
        address, extra = following
        url, twiml = urljoin(url, address), ""
    call.status = "completed"


def _follow(carrier: Carrier, call: Call, twiml: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Do what one document says; where it leads next and with which fields, None at its end."""
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314 - the service's own answer, on this machine
    except ElementTree.ParseError:
        call.heard.append("An application error has occurred. Goodbye.")
        return None
    for element in root:
        if element.tag == "Gather":
            _hear(call, element)
            if presses := carrier.digits.get(call.phone):
                call.pressed.append(presses.pop(0))
                return element.get("action", ""), [("Digits", call.pressed[-1])]
        elif element.tag == "Redirect":
            return (element.text or "").strip(), []
        elif element.tag == "Dial":
            call.connected_to.append("".join(element.itertext()).strip())
            return None
        elif element.tag in ("Hangup", "Reject"):
            return None
        else:
            _hear(call, element)
    return None


def _hear(call: Call, element: ElementTree.Element) -> None:
    for part in element.iter():
        if part.tag in ("Say", "Play") and (words := "".join(part.itertext()).strip()):
            call.heard.append(words)


def _form(carrier: Carrier, call: Call) -> list[tuple[str, str]]:
    return [
        ("ApiVersion", API_VERSION),
        ("AccountSid", carrier.settings.account_sid),
        ("CallSid", call.sid),
        ("CallStatus", call.status),
        ("Direction", "inbound" if call.inbound else "outbound-api"),
        ("From", call.from_),
        ("To", call.to),
        ("Caller", call.from_),
        ("Called", call.to),
        ("FromCity", ""),
        ("FromState", ""),
        ("ToCity", ""),
        ("ToState", ""),
    ]
