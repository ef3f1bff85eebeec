"""Lets a text travel to a phone, and tells the service of each step through its status callback."""

import asyncio
from datetime import UTC, datetime

from followup.simulator.carrier.shapes import API_VERSION
from followup.simulator.carrier.state import Carrier
from followup.simulator.carrier.texts import Text
from followup.simulator.faults import Misbehaviour

_FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "received"})


async def deliver(carrier: Carrier, text: Text) -> None:
    """The way of one text: (accepted, queued,) sent, then delivered, undelivered or nothing more.

    The first status is the answer to the send and has no callback. A cancelled text goes nowhere.
    """
    settings, faults = carrier.settings, carrier.faults
    outcome = faults.draw(Misbehaviour.OUTCOME, text.to)
    if text.status == "accepted":
        _advance(carrier, text, "queued")
    await asyncio.sleep(settings.sent_after)
    if text.status in _FINAL:
        return
    if outcome is not None and outcome.status == "failed":
        _advance(carrier, text, "failed", outcome.code)
        return
    text.sent = settings.wire_clock()
    _advance(carrier, text, "sent")
    if outcome is None and faults.draw(Misbehaviour.NO_RECEIPT, text.to) is not None:
        return
    await asyncio.sleep(settings.delivered_after)
    if outcome is not None:
        _advance(carrier, text, "undelivered", outcome.code)
    else:
        _advance(carrier, text, "delivered")


def _advance(carrier: Carrier, text: Text, status: str, error_code: int | None = None) -> None:
    text.status, text.error_code = status, error_code
    text.updated = carrier.settings.wire_clock()
    carrier.changes.note((f"phone:{text.phone}",))
    if text.status_callback:
        _call_back(carrier, text, status, error_code)


def _call_back(carrier: Carrier, text: Text, status: str, error_code: int | None) -> None:
    """Post one receipt with the status as it is now, unless a fault loses, repeats or delays it."""
    faults = carrier.faults
    if faults.draw(Misbehaviour.CALLBACK_LOST, text.to) is not None:
        return
    form = _receipt(carrier, text, status, error_code)
    if status not in _FINAL and faults.draw(Misbehaviour.CALLBACK_REORDERED, text.to) is not None:
        text.held_receipts.append(form)
        return
    delay = faults.delay(Misbehaviour.CALLBACK_DELAYED, text.to)
    times = 2 if faults.draw(Misbehaviour.CALLBACK_REPEATED, text.to) is not None else 1
    for _ in range(times):
        carrier.webhooks.later(_post(carrier, text, form, delay))


async def _post(carrier: Carrier, text: Text, form: list[tuple[str, str]], delay: float) -> None:
    if delay:
        await asyncio.sleep(delay)
    await carrier.webhooks.post(text.status_callback, form, receipt=True)
    while text.held_receipts:
        await carrier.webhooks.post(text.status_callback, text.held_receipts.pop(0), receipt=True)


def _receipt(carrier: Carrier, text: Text, status: str, error_code: int | None) -> list[tuple[str, str]]:
    form = [
        ("ApiVersion", API_VERSION),
        ("AccountSid", carrier.settings.account_sid),
        ("SmsSid", text.sid),
        ("SmsStatus", status),
        ("MessageSid", text.sid),
        ("MessageStatus", status),
        ("From", text.from_),
        ("To", text.to),
    ]
    if text.service_sid:
        form.append(("MessagingServiceSid", text.service_sid))
    if error_code is not None:
        form.append(("ErrorCode", str(error_code)))
    if status in ("delivered", "undelivered"):
        # Ten digits of a carrier's local time without its zone: good for showing, useless for reckoning.
        form.append(("RawDlrDoneDate", datetime.now(UTC).strftime("%y%m%d%H%M")))
    return form
