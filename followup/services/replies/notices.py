"""Short answers that the service itself gives to a reply, by the channel that it came on."""

from datetime import datetime
from uuid import UUID

from followup.domain import texts
from followup.domain.delivery import Channel, Kind
from followup.services import outbox
from followup.services.context import Services
from followup.store import clinics
from followup.store.database import Tx
from followup.store.models import Clinic, Communication, Reply, Sender

TEXT_OF = {
    Kind.OPT_OUT_CONFIRMATION: "opt-out",
    Kind.OPT_IN_CONFIRMATION: "opt-in",
    Kind.HELP: "help",
}


def sender_of(tx: Tx, reply: Reply) -> Sender | None:
    """The sender that a reply was written to; answers leave from there."""
    kind = "email" if reply.channel == Channel.EMAIL else "sms"
    return clinics.sender_for(tx, kind, reply.to_address)


def language_of(reply: Reply, clinic: Clinic) -> str:
    """The language of an answer: the reply's own, where we write it, else the clinic's."""
    return reply.language if reply.language in texts.WEEKDAYS else clinic.language


def write_in(
    tx: Tx,
    services: Services,
    reply: Reply,
    kind: Kind,
    *,
    dedupe_key: str,
    now: datetime,
    case_id: UUID | None = None,
    text: str | None = None,
    read_by: str = "",
    expires_at: datetime | None = None,
) -> Communication | None:
    """Write one of the service's own answers to where the reply came from; None when it was written before.

    `text` names the message where the kind alone does not; `read_by` is what an after-hours text says beside the
    clinic's own words.

    Words that staff wrote down are answered by the person on the telephone, and a page in the browser by the page.
    """
    clinic = clinics.by_id(tx, reply.clinic_id)
    if clinic is None or reply.channel not in (Channel.SMS, Channel.EMAIL) or not reply.from_address:
        return None
    language = language_of(reply, clinic)
    words = {**services.texts.clinic_words(clinic, language), "read_by": read_by}
    rendered = services.texts.message(text or TEXT_OF[kind], language, Channel(reply.channel), words)
    written = outbox.write_in(
        tx,
        services,
        clinic=clinic,
        kind=kind,
        channel=Channel(reply.channel),
        to_address=reply.from_address,
        language=language,
        body=rendered.text,
        subject=rendered.subject,
        html=rendered.html,
        dedupe_key=dedupe_key,
        patient_id=reply.patient_id,
        procedure_id=reply.procedure_id,
        case_id=case_id,
        reply_id=reply.id,
        expires_at=expires_at,
        now=now,
    )
    sender = sender_of(tx, reply)
    if written is not None and sender is not None:
        written.sender_id = sender.id
    return written
