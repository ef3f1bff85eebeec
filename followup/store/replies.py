"""Replies as they are kept, and the outbound words that they may answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from followup.domain.delivery import Kind, Status
from followup.store.database import Tx
from followup.store.models import Attachment, Communication, Reply

_ARRIVED = (Status.SENT, Status.DELIVERED, Status.UNKNOWN, Status.SENDING)


def add(tx: Tx, reply: Reply, attachments: Sequence[Attachment] = ()) -> bool:
    """Keep a reply; False when the provider had already given it to us (its id is unique on each channel)."""
    known = select(Reply.id).where(Reply.channel == reply.channel, Reply.provider_id == reply.provider_id)
    if tx.scalar(known) is not None:
        return False
    try:
        with tx.begin_nested():
            tx.add(reply)
            tx.flush()
            for attachment in attachments:
                attachment.reply_id = reply.id
                tx.add(attachment)
            tx.flush()
    except IntegrityError:
        # Two posts of one message at the same moment: the other one has it.
        if tx.scalar(known) is None:
            raise
        return False
    return True


def by_id(tx: Tx, clinic_id: UUID, reply_id: UUID) -> Reply | None:
    """A reply of this clinic."""
    return tx.scalar(select(Reply).where(Reply.clinic_id == clinic_id, Reply.id == reply_id))


def any_by_id(tx: Tx, reply_id: UUID) -> Reply | None:
    """A reply of whichever clinic: for workers that are given its id alone."""
    return tx.get(Reply, reply_id)


def held(tx: Tx, reply_id: UUID) -> Reply | None:
    """The same, kept from others until the transaction ends (PostgreSQL)."""
    return tx.scalar(
        select(Reply).where(Reply.id == reply_id).with_for_update().execution_options(populate_existing=True)
    )


def by_provider_id(tx: Tx, channel: str, provider_id: str) -> Reply | None:
    """The reply that a provider knows by this id."""
    return tx.scalar(select(Reply).where(Reply.channel == channel, Reply.provider_id == provider_id))


def begin_reading(tx: Tx, reply_id: UUID) -> Reply | None:
    """Take a reply for reading; None when someone else has read it. One conditional update decides."""
    taken = tx.execute(
        update(Reply)
        .where(Reply.id == reply_id, Reply.status == "received")
        .values(status="read")
        .returning(Reply.id)
        .execution_options(synchronize_session=False)
    ).first()
    return tx.get(Reply, reply_id) if taken else None


def waiting(tx: Tx, before: datetime, limit: int = 200) -> list[UUID]:
    """Replies of any clinic that came in before a moment and that nobody has read yet, oldest first."""
    return list(
        tx.scalars(
            select(Reply.id)
            .where(Reply.status == "received", Reply.received_at <= before)
            .order_by(Reply.received_at)
            .limit(limit)
        )
    )


def recent_texts(tx: Tx, clinic_id: UUID, from_index: str, since: datetime, before: datetime) -> list[str]:
    """The verbatim texts that came from one address in a stretch of time, oldest first: one burst."""
    return list(
        tx.scalars(
            select(Reply.text)
            .where(
                Reply.clinic_id == clinic_id,
                Reply.from_index == from_index,
                Reply.received_at >= since,
                Reply.received_at < before,
            )
            .order_by(Reply.received_at)
        )
    )


def last_to(tx: Tx, clinic_id: UUID, channel: str, to_index: str, since: datetime) -> Communication | None:
    """The newest plan step or staff answer that went to an address: what a reply most likely answers."""
    return tx.scalar(
        select(Communication)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.channel == channel,
            Communication.to_index == to_index,
            Communication.kind.in_((Kind.STEP, Kind.ANSWER)),
            Communication.status.in_(_ARRIVED),
            Communication.sent_at >= since,
        )
        .order_by(Communication.sent_at.desc())
        .limit(1)
    )


def open_questions(tx: Tx, clinic_id: UUID, channel: str, to_index: str, since: datetime) -> list[Communication]:
    """Questions that went to an address and that no reply has been tied to yet, newest first, one a patient."""
    answered = select(Reply.id).where(Reply.clinic_id == clinic_id, Reply.question_id == Communication.id)
    rows = tx.scalars(
        select(Communication)
        .where(
            Communication.clinic_id == clinic_id,
            Communication.channel == channel,
            Communication.to_index == to_index,
            Communication.asks.is_not(None),
            Communication.status.in_(_ARRIVED),
            Communication.sent_at >= since,
            ~answered.exists(),
        )
        .order_by(Communication.sent_at.desc())
    )
    newest: dict[UUID | None, Communication] = {}
    for row in rows:
        newest.setdefault(row.patient_id, row)
    return list(newest.values())


def by_reply_token(tx: Tx, clinic_id: UUID, token: str) -> Communication | None:
    """The mail whose reply address carries this token."""
    return tx.scalar(
        select(Communication).where(Communication.clinic_id == clinic_id, Communication.reply_token == token)
    )


def by_message_id(tx: Tx, clinic_id: UUID, message_ids: Sequence[str]) -> Communication | None:
    """The mail of ours that one of these Message-IDs names."""
    if not message_ids:
        return None
    return tx.scalar(
        select(Communication)
        .where(Communication.clinic_id == clinic_id, Communication.message_id.in_(message_ids))
        .order_by(Communication.created_at.desc())
        .limit(1)
    )


def told_since(tx: Tx, reply: Reply, since: datetime) -> bool:
    """True when an emergency answer went to where a reply came from since then, and is not known to have failed."""
    lost = (Status.FAILED, Status.UNDELIVERED, Status.SKIPPED, Status.CANCELLED)
    found = tx.scalar(
        select(Communication.id)
        .where(
            Communication.clinic_id == reply.clinic_id,
            Communication.kind == Kind.EMERGENCY,
            Communication.to_index == reply.from_index,
            Communication.created_at >= since,
            Communication.status.not_in(lost),
        )
        .limit(1)
    )
    return found is not None


def attachments_of(tx: Tx, clinic_id: UUID, reply_ids: Sequence[UUID]) -> list[Attachment]:
    """What came with some replies, in order, without the content."""
    return list(
        tx.scalars(
            select(Attachment)
            .where(Attachment.clinic_id == clinic_id, Attachment.reply_id.in_(reply_ids))
            .order_by(Attachment.reply_id, Attachment.position)
        )
    )


def attachments_waiting(tx: Tx, now: datetime, limit: int = 20) -> list[UUID]:
    """Files of any clinic that are still to be fetched from the provider and whose time has come."""
    return list(
        tx.scalars(
            select(Attachment.id)
            .where(Attachment.status == "waiting", (Attachment.next_try_at.is_(None)) | (Attachment.next_try_at <= now))
            .order_by(Attachment.created_at)
            .limit(limit)
        )
    )


def attachment(tx: Tx, attachment_id: UUID) -> Attachment | None:
    """One file, of whichever clinic: for the fetcher only."""
    return tx.get(Attachment, attachment_id)
