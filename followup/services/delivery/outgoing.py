"""One message on its way out: what is handed to a gateway, and which rows tell the story of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from followup.domain import links
from followup.domain.delivery import Channel, Kind, Status
from followup.gateways.email import OutboundMail
from followup.gateways.sms import OutboundText, SenderKind
from followup.services.context import Services
from followup.store.models import Clinic, Communication, Sender

REPLY_PURPOSE, UNSUBSCRIBE_PURPOSE, CHECK_IN_PURPOSE = "reply", "unsubscribe", "check-in"
# How long a carrier may keep trying what has no end of its own. The carrier's own limits are 1 s and 10 h.
_PATIENCE = timedelta(hours=4)
_SHORTEST, _LONGEST = 60, 36_000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message whose attempt is written down; exactly one of `text` and `mail` is set."""

    communication_id: UUID
    attempt_id: UUID
    clinic_id: UUID
    sender_id: UUID
    channel: Channel
    priority: int
    text: OutboundText | None = None
    mail: OutboundMail | None = None


def as_text(
    row: Communication, attempt_id: UUID, sender: Sender, until: datetime | None, now: datetime
) -> OutboundText:  # fmt: skip
    """A text as the carrier gets it. The carrier drops it by itself at `until`, so that no text of an evening's queue
    arrives at night and none outlives its use."""
    seconds = int(((until - now) if until is not None else _PATIENCE).total_seconds())
    return OutboundText(
        attempt_id=attempt_id,
        sender_kind=SenderKind(sender.kind),
        sender=sender.address,
        to=row.to_address or "",
        body=row.body or "",
        validity_seconds=max(_SHORTEST, min(seconds, _LONGEST)),
    )


def as_mail(services: Services, row: Communication, sender: Sender, clinic: Clinic) -> OutboundMail:
    """A mail as the server gets it; its Message-ID and reply token stay the same however often it is tried."""
    token = row.reply_token or links.sign(services.secret, REPLY_PURPOSE, row.id)
    domain = sender.address.rpartition("@")[2]
    message_id = row.message_id or f"<{row.id.hex}@{domain}>"
    row.reply_token, row.message_id = token, message_id
    staff = row.kind == Kind.PAGE
    return OutboundMail(
        message_id=message_id,
        sender_name=clinic.sender_name,
        sender=sender.address,
        to=row.to_address or "",
        reply_to=sender.address if staff else reply_address(sender.address, token),
        subject=row.subject or clinic.sender_name,
        text=row.body or "",
        html=row.html,
        unsubscribe_url=None if staff else unsubscribe_url(services, row.id),
        automatic=row.kind != Kind.ANSWER,
    )


def reply_address(sender: str, token: str) -> str:
    """Where a patient's answer to one mail goes: the sender's own mailbox, with the token behind a plus."""
    local, _, domain = sender.rpartition("@")
    return f"{local.partition('+')[0]}+r-{token}@{domain}"


def unsubscribe_url(services: Services, communication_id: UUID) -> str:
    """The link that stops mails to where this one went."""
    return f"{services.public_url}/u/{links.sign(services.secret, UNSUBSCRIBE_PURPOSE, communication_id)}"


def check_in_url(services: Services, row: Communication) -> str:
    """The link to the check-in page for one message; the row keeps what is needed to know the link again."""
    token = links.short(services.secret, CHECK_IN_PURPOSE, row.clinic_id, row.id)
    row.check_in_fingerprint = links.fingerprint(token)
    return f"{services.public_url}/c/{token}"


def back_to_planned(row: Communication, reason: str | None = None, due_at: datetime | None = None) -> None:
    """Let a row wait again, until `due_at` where that is given."""
    row.status = Status.PLANNED.value
    row.batch_id = row.lease_until = None
    if reason is not None:
        row.reason = reason
    if due_at is not None:
        row.due_at = due_at


def end(row: Communication, status: Status, reason: str, now: datetime) -> None:
    """Settle a row for good."""
    row.status, row.reason = status.value, reason
    row.settled_at = row.updated_at = now
    row.batch_id = row.lease_until = None
