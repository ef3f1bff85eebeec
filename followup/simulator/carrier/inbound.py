"""Carries a person's text to the clinic: block list first, then the log, then the signed webhook and its answer."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from xml.etree import ElementTree

from followup.simulator.carrier.keywords import OptOutType
from followup.simulator.carrier.receipts import deliver
from followup.simulator.carrier.shapes import API_VERSION, account_path
from followup.simulator.carrier.state import Carrier, new_sid
from followup.simulator.carrier.texts import Direction, Media, Text
from followup.simulator.carrier.webhooks import Post
from followup.simulator.faults import Misbehaviour
from followup.simulator.segments import count_segments
from followup.simulator.settings import Keywords

_OVERTAKEN_WITHIN = 5.0  # seconds a held text waits for a next one where the fault does not say
_PLACES = tuple(f"{who}{what}" for who in ("From", "To") for what in ("City", "State", "Zip", "Country"))


def receive(carrier: Carrier, phone: str, to: str, body: str, media: Sequence[tuple[str, bytes]] = ()) -> Text:
    """A person's phone sends a text with files (content type, bytes); it is logged and posted in the background."""
    text, kind = _log(carrier, phone, to, body, media)
    carrier.webhooks.later(_announce(carrier, text, kind))
    return text


async def receive_and_wait(
    carrier: Carrier, phone: str, to: str, body: str, media: Sequence[tuple[str, bytes]] = ()
) -> tuple[Text, Post | None]:
    """As `receive`, but wait for the webhook: its last attempt is returned, None where nothing was posted."""
    text, kind = _log(carrier, phone, to, body, media)
    return text, await _announce(carrier, text, kind)


def _log(
    carrier: Carrier, phone: str, to: str, body: str, media: Sequence[tuple[str, bytes]]
) -> tuple[Text, OptOutType | None]:
    now, shown = carrier.settings.wire_clock(), carrier.settings.clock()
    body = body.encode("utf-8", "replace").decode()  # half an emoji cannot travel
    text = Text(
        sid=new_sid("MM" if media else "SM"),
        direction=Direction.INBOUND,
        from_=phone,
        to=to,
        body=body,
        status="received",
        created=now,
        shown=shown,
        sent=now,
        segments=count_segments(body),
        taken_at=time.monotonic(),
        media=[Media(new_sid("ME"), content_type, now, content) for content_type, content in media],
    )
    carrier.texts.add(text)
    kind, confirmation = carrier.block_list.read(to, phone, body)
    if confirmation:
        carrier.texts.add(_own_text(carrier, to, phone, confirmation))
    carrier.changes.note((f"phone:{phone}",))
    return text, kind


def _own_text(carrier: Carrier, from_: str, to: str, body: str) -> Text:
    """The carrier's own confirmation: the phone shows it, the account's log does not."""
    now = carrier.settings.wire_clock()
    return Text(
        sid=new_sid("SM"),
        direction=Direction.REPLY,
        from_=from_,
        to=to,
        body=body,
        status="delivered",
        created=now,
        sent=now,
        shown=carrier.settings.clock(),
        segments=count_segments(body),
        taken_at=time.monotonic(),
        logged=False,
    )


async def _announce(carrier: Carrier, text: Text, kind: OptOutType | None) -> Post | None:
    number, faults = carrier.numbers.get(text.to), carrier.faults
    if number is None or not number.sms_url or faults.draw(Misbehaviour.INBOUND_LOST, text.from_) is not None:
        return None
    form = inbound_form(carrier, text, kind)
    if delay := faults.delay(Misbehaviour.INBOUND_DELAYED, text.from_):
        await asyncio.sleep(delay)
    if rule := faults.draw(Misbehaviour.INBOUND_REORDERED, text.from_):
        await _be_overtaken(carrier, text.from_, rule.seconds or _OVERTAKEN_WITHIN)
    at_once = 2 if faults.draw(Misbehaviour.INBOUND_AT_ONCE, text.from_) is not None else 1
    post, *_ = await asyncio.gather(*(carrier.webhooks.post(number.sms_url, form) for _ in range(at_once)))
    for held in carrier.held_texts.pop(text.from_, ()):
        held.set()
    if faults.draw(Misbehaviour.INBOUND_REPEATED, text.from_) is not None:
        post = await carrier.webhooks.post(number.sms_url, form)
    if post.trouble and number.sms_fallback_url:
        failed = [("ErrorCode", "11200"), ("ErrorUrl", number.sms_url)]
        post = await carrier.webhooks.post(number.sms_fallback_url, [*form, *failed])
    if not post.trouble:
        for body in _answers(post.answer):
            _send_answer(carrier, text, body)
    return post


async def _be_overtaken(carrier: Carrier, phone: str, seconds: float) -> None:
    held = asyncio.Event()
    carrier.held_texts.setdefault(phone, []).append(held)
    carrier.changes.note(())
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await held.wait()


def inbound_form(carrier: Carrier, text: Text, kind: OptOutType | None) -> list[tuple[str, str]]:
    """The fields of an inbound webhook; what the carrier does not know is there and blank, and signed all the same."""
    service = next((sid for sid, numbers in carrier.settings.services.items() if text.to in numbers), "")
    form = [(name, "") for name in _PLACES]
    form += [
        ("ApiVersion", API_VERSION),
        ("AccountSid", carrier.settings.account_sid),
        ("MessageSid", text.sid),
        ("SmsSid", text.sid),
        ("SmsMessageSid", text.sid),
        ("SmsStatus", "received"),
        ("From", text.from_),
        ("To", text.to),
        ("Body", text.body),
        ("NumSegments", str(text.segments)),
        ("NumMedia", str(len(text.media))),
    ]
    if service:
        form.append(("MessagingServiceSid", service))
    if kind is not None and carrier.settings.keywords is Keywords.ADVANCED:
        form.append(("OptOutType", kind.value))
    media_base = f"{carrier.base_url}{account_path(carrier.settings.account_sid)}/Messages/{text.sid}/Media"
    for index, medium in enumerate(text.media):
        form += [(f"MediaUrl{index}", f"{media_base}/{medium.sid}"), (f"MediaContentType{index}", medium.content_type)]
    return form


def _answers(xml: str) -> list[str]:
    """The bodies of the <Message> elements in a webhook's answer; none where it holds none or is no XML."""
    if "<Message" not in xml:
        return []
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - the service's own answer, on this machine
    except ElementTree.ParseError:
        return []
    bodies = []
    for message in root.iter("Message"):
        inner = message.find("Body")
        bodies.append("".join((message if inner is None else inner).itertext()))
    return [body.strip() for body in bodies if body.strip()]


def _send_answer(carrier: Carrier, text: Text, body: str) -> None:
    if carrier.block_list.blocks(text.to, text.from_):
        return
    answer = _own_text(carrier, text.to, text.from_, body)
    answer.status, answer.sent, answer.logged = "queued", None, True
    carrier.texts.add(answer)
    carrier.changes.note((f"phone:{text.from_}",))
    carrier.webhooks.later(deliver(carrier, answer))
