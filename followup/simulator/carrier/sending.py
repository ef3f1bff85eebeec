"""Decides whether the carrier takes a message that the service asks it to send, and takes it."""

import re
import time
from collections.abc import Mapping, Sequence

from followup.simulator.carrier.receipts import deliver
from followup.simulator.carrier.refusals import Refusal
from followup.simulator.carrier.state import Carrier, new_sid
from followup.simulator.carrier.texts import Accepted, Direction, Media, Text
from followup.simulator.segments import count_segments

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NORTH_AMERICAN = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
_DECORATION = re.compile(r"[\s().\-]")
_CALLBACK = re.compile(r"https?://[^/\s_?#]+(?:[/?#]\S*)?")
# Twilio's published test numbers: they always answer with their error.
_TEST_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
_TEST_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
_MAX_BODY, _MAX_MEDIA, _MAX_VALIDITY, _MAX_CALLBACK = 1600, 10, 36_000, 4_000

Form = Mapping[str, Sequence[str]]


def normal_number(raw: str) -> str | None:
    """`+13125550101` from what was typed, or None where it is no phone number."""
    number = _DECORATION.sub("", raw)
    if re.fullmatch(r"[2-9]\d{9}", number):
        number = "+1" + number
    fits = _NORTH_AMERICAN if number.startswith("+1") else _E164
    return number if fits.fullmatch(number) or number in _TEST_TO or number in _TEST_FROM else None


def take(carrier: Carrier, form: Form) -> Text:
    """Check a send as the carrier does, keep the message and let it travel.

    Raises Refusal with Twilio's code where the carrier would not take it.
    """

    def given(name: str) -> str:
        return (form.get(name) or ("",))[0]

    to = _checked_to(given("To"))
    sender, service_sid = _checked_sender(carrier, given("From"), given("MessagingServiceSid"))
    body, media_urls = given("Body"), [url for url in form.get("MediaUrl", ()) if url]
    if not body and not media_urls:
        raise Refusal(21602)
    if len(body) > _MAX_BODY:
        raise Refusal(21617)
    if len(media_urls) > _MAX_MEDIA:
        raise Refusal(21623)
    if any(not url.startswith(("http://", "https://")) for url in media_urls):
        raise Refusal(21620)
    callback = given("StatusCallback")
    if callback and (len(callback) > _MAX_CALLBACK or not _CALLBACK.fullmatch(callback)):
        raise Refusal(21609, f"The 'StatusCallback' URL {callback} is not a valid URL")
    validity = given("ValidityPeriod")
    if validity and not (validity.isdigit() and 1 <= int(validity) <= _MAX_VALIDITY):
        raise Refusal(20001, f"ValidityPeriod must be between 1 and {_MAX_VALIDITY} seconds")
    if given("ScheduleType"):
        raise Refusal(35118, "Scheduling is not simulated: the service keeps its own plan")
    if carrier.block_list.blocks(service_sid or sender, to):
        raise Refusal(21610)

    now, settings = carrier.settings.wire_clock(), carrier.settings
    text = Text(
        sid=new_sid("MM" if media_urls else "SM"),
        direction=Direction.API,
        from_=sender,
        to=to,
        body=body,
        status="accepted" if service_sid else "queued",
        created=now,
        shown=settings.clock(),
        segments=count_segments(body),
        taken_at=time.monotonic(),
        service_sid=service_sid,
        status_callback=callback,
        media=[Media(new_sid("ME"), "image/jpeg", now, url=url) for url in media_urls],
    )
    carrier.texts.add(text)
    carrier.texts.accepted.append(Accepted(text.sid, sender, to, body, callback, text.taken_at))
    carrier.changes.note((f"phone:{to}",))
    carrier.webhooks.later(deliver(carrier, text))
    return text


def _checked_to(raw: str) -> str:
    if not raw:
        raise Refusal(21604)
    to = normal_number(raw)
    if to is None:
        raise Refusal(21211, f"Invalid 'To' Phone Number: {raw}")
    if to in _TEST_TO:
        raise Refusal(_TEST_TO[to])
    return to


def _checked_sender(carrier: Carrier, raw: str, service_sid: str) -> tuple[str, str]:
    """The number that will send, and the Messaging Service it was chosen by ("": none)."""
    if service_sid:
        members = carrier.settings.services.get(service_sid)
        if members is None:
            raise Refusal(21701, f"The Messaging Service {service_sid} does not exist")
        if not members:
            raise Refusal(21703)
        return (raw if raw in members else members[0]), service_sid
    if not raw:
        raise Refusal(21603)
    sender = normal_number(raw)
    if sender is None:
        raise Refusal(21212, f"The 'From' number {raw} is not a valid phone number, shortcode or sender ID")
    if sender in _TEST_FROM:
        raise Refusal(_TEST_FROM[sender])
    if sender not in carrier.numbers:
        raise Refusal(21606, f"The 'From' phone number {raw} is not an SMS-capable number of this account")
    return sender, ""
