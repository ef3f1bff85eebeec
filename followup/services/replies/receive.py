"""Words come in: kept verbatim first, read at once, and read again by the sweep when that failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.delivery import Channel
from followup.domain.errors import Fault, InvalidInput, NotFound
from followup.services.context import Services
from followup.services.replies.read import read_reply
from followup.store import audit, clinics, lookup, patients, replies
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Attachment, Reply, Sender

LONGEST_SPOKEN = 4000


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text as the carrier posts it; `media` are (address, content type) in order."""

    provider_id: str
    sender: str
    to: str
    body: str
    messaging_service: str = ""
    media: tuple[tuple[str, str], ...] = ()
    carrier_keyword: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a post: `new` is False for a repeat."""

    reply_id: UUID
    new: bool


def receive_text(services: Services, post: InboundText) -> Received:
    """Keep a text and read it.

    It is on disk before anything is made of it, so an error while reading loses nothing: the sweep reads it again.
    Raises InvalidInput without a MessageSid or sender, NotFound when no clinic owns the number that was texted.
    """
    faults = [
        Fault(name, "is missing; the carrier always sends it")
        for name, value in (("MessageSid", post.provider_id), ("From", post.sender), ("To", post.to))
        if not value
    ]
    if faults:
        raise InvalidInput(faults)
    now = services.now()
    with services.db.write() as tx:
        sender = sender_of(tx, post)
        address = post.sender.strip()
        reply = Reply(
            id=new_id(),
            clinic_id=sender.clinic_id,
            channel=Channel.SMS,
            provider_id=post.provider_id,
            from_address=address,
            from_index=lookup.address_index(tx, Channel.SMS, address),
            to_address=post.to,
            text=post.body,
            carrier_keyword=post.carrier_keyword or None,
            received_at=now,
            status="received",
        )
        files = [
            Attachment(
                clinic_id=sender.clinic_id,
                position=position,
                content_type=content_type[:64] or "application/octet-stream",
                source_url=url or None,
                status="waiting" if url else "failed",
                reason=None if url else "it is in the provider's records and could not be fetched from there",
                created_at=now,
            )
            for position, (url, content_type) in enumerate(post.media)
        ]
        if not replies.add(tx, reply, files):
            known = replies.by_provider_id(tx, Channel.SMS, post.provider_id)
            assert known is not None
            # Posted again perhaps because the first time failed between keeping it and reading it.
            repeated, unread = known.id, known.status == "received"
        else:
            repeated, unread = None, True
    if repeated is not None:
        if unread:
            read_reply(services, repeated)
        return Received(repeated, new=False)
    if files:
        services.queue.wake("followup.fetch_media")
    read_reply(services, reply.id)
    return Received(reply.id, new=True)


def record_spoken(services: Services, clinic_id: UUID, patient_id: UUID, text: str, actor: Actor) -> Received:
    """Record what a patient said by phone as a reply like any other; staff typed it, so no text answers it.

    Raises NotFound for a patient of another clinic, InvalidInput when there are no words or too many.
    """
    words = text.strip()
    if not words:
        raise InvalidInput(Fault("text", "is empty; write what the patient said"))
    if len(words) > LONGEST_SPOKEN:
        raise InvalidInput(Fault("text", f"has {len(words)} characters; keep it to {LONGEST_SPOKEN}"))
    now = services.now()
    reply = Reply(
        id=new_id(),
        clinic_id=clinic_id,
        channel=Channel.PHONE,
        to_address="",
        text=words,
        received_at=now,
        status="received",
        staff_id=actor.id,
    )
    reply.provider_id = f"spoken:{reply.id}"
    with services.db.write() as tx:
        patient = patients.by_id(tx, clinic_id, patient_id)
        if patient is None:
            raise NotFound
        reply.patient_id = patient.id
        replies.add(tx, reply)
        audit.record(
            tx,
            clinic_id=clinic_id,
            at=now,
            actor=actor,
            action="record_spoken",
            object_kind="reply",
            object_id=reply.id,
            fields=["text"],
        )
    read_reply(services, reply.id)
    return Received(reply.id, new=True)


def read_waiting(services: Services, before: datetime, limit: int = 200) -> int:
    """Read what came in before a moment and is still unread: the sweep's part of "nothing is lost"."""
    with services.db.read() as tx:
        waiting: Sequence[UUID] = replies.waiting(tx, before, limit)
    for reply_id in waiting:
        read_reply(services, reply_id)
    return len(waiting)


def sender_of(tx: Tx, post: InboundText) -> Sender:
    """The sender that was texted: by its number, else by its messaging service. Raises NotFound."""
    found = clinics.sender_for(tx, "sms", post.to.strip())
    if found is None and post.messaging_service:
        found = clinics.sender_for(tx, "messaging_service", post.messaging_service)
    if found is None:
        raise NotFound("No clinic owns the number that was texted; add it with: followup clinic add")
    return found
