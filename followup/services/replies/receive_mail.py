"""Mail comes in: read from the mailbox every minute, kept whole, bounces and machines told from people."""

import hashlib
from uuid import UUID

import structlog

from followup.domain import links
from followup.domain.delivery import Channel
from followup.domain.errors import GatewayError
from followup.gateways.mailbox import InboundMail
from followup.services.context import Services
from followup.services.delivery.bounces import record_bounce
from followup.services.replies.mail import Bounce, ParsedMail, parse_mail
from followup.services.replies.read import read_reply
from followup.store import clinics, lookup, replies
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Attachment, Clinic, Communication, Reply

log = structlog.get_logger(__name__)
REPLY_ADDRESS = "reply"


def poll_mailbox(services: Services, limit: int = 100) -> int:
    """Take in what lies unread in the mailbox; returns how many mails. Without a mailbox there is nothing to do.

    A mail is marked read only after it is kept here: a crash between the two reads it again, and its Message-ID makes
    the second time a no-op. One that cannot be kept stays unread and does not stop the others.
    """
    if services.mailbox is None:
        return 0
    count = 0
    for mail in services.mailbox.unread(limit):
        try:
            receive_mail(services, mail)
            services.mailbox.mark_read(mail.uid)
            count += 1
        except GatewayError:
            raise
        except Exception as error:  # one bad mail must not hold back the next
            log.error("mail_not_kept", uid=mail.uid, error=type(error).__name__)
    return count


def receive_mail(services: Services, mail: InboundMail) -> UUID | None:
    """Keep one mail and read it; None for a repeat or a bounce that told us which mail did not arrive."""
    parsed = parse_mail(mail.raw, fallback_id=f"<{hashlib.sha256(mail.raw).hexdigest()}@no-id>")
    if parsed.bounce is not None and _bounced(services, parsed.bounce):
        return None
    now = services.now()
    with services.db.write() as tx:
        clinic = _clinic_of(tx, parsed)
        if clinic is None:
            log.error("mail_without_clinic", uid=mail.uid)
            return None
        answered = _answered(tx, services, clinic, parsed)
        reply = Reply(
            id=new_id(),
            clinic_id=clinic.id,
            channel=Channel.EMAIL,
            provider_id=parsed.message_id,
            from_address=parsed.sender or None,
            from_index=lookup.address_index(tx, Channel.EMAIL, parsed.sender) if parsed.sender else None,
            to_address=_own_address(tx, clinic, parsed),
            text=parsed.text,
            subject=parsed.subject or None,
            whole=parsed.whole if parsed.whole != parsed.text else None,
            automatic=parsed.automatic,
            received_at=now,
            status="received",
            patient_id=answered.patient_id if answered else None,
            question_id=answered.id if answered else None,
        )
        files = [
            Attachment(
                clinic_id=clinic.id,
                position=position,
                content_type=file.content_type[:64],
                size=len(file.content),
                content=file.content,
                status="stored",
                created_at=now,
            )
            for position, file in enumerate(parsed.files)
        ]
        if not replies.add(tx, reply, files):
            return None
    read_reply(services, reply.id)
    return reply.id


def _bounced(services: Services, bounce: Bounce) -> bool:
    """Tell delivery that a mail did not arrive; False when it is none of ours."""
    return record_bounce(services, bounce.message_id, permanent=bounce.permanent)


def _clinic_of(tx: Tx, parsed: ParsedMail) -> Clinic | None:
    """The clinic that a mail was written to: by its own address, else the only one there is."""
    for address in parsed.recipients:
        local, _, host = address.partition("@")
        sender = clinics.sender_for(tx, "email", f"{local.split('+')[0]}@{host}")
        if sender is not None:
            return clinics.by_id(tx, sender.clinic_id)
    return clinics.only_clinic(tx)


def _own_address(tx: Tx, clinic: Clinic, parsed: ParsedMail) -> str:
    for sender in clinics.senders_of(tx, clinic.id):
        if sender.kind == "email":
            return sender.address
    return parsed.recipients[0] if parsed.recipients else ""


def _answered(tx: Tx, services: Services, clinic: Clinic, parsed: ParsedMail) -> Communication | None:
    """The mail of ours that this one answers: by the token in its address, else by the Message-IDs it refers to.

    A From line can be made up, so it never names the patient while one of these does.
    """
    if parsed.token is not None:
        communication_id = links.read(services.secret, REPLY_ADDRESS, parsed.token)
        found = replies.by_reply_token(tx, clinic.id, parsed.token)
        if found is not None:
            return found
        if communication_id is not None:
            mail: Communication | None = tx.get(Communication, communication_id)
            if mail is not None and mail.clinic_id == clinic.id:
                return mail
    return replies.by_message_id(tx, clinic.id, parsed.references)
