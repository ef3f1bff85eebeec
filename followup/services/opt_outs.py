"""A stop is honoured, whoever said it and however: on that number or address, for every plan of that clinic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain import links
from followup.domain.actor import Actor, ActorKind
from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.domain.delivery import Channel
from followup.domain.errors import NotFound
from followup.services import plans
from followup.services.cases import intake
from followup.services.context import Services
from followup.store import audit, clinics, opt_outs
from followup.store.database import Tx
from followup.store.models import Communication, OptOut, Patient

UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop that stands now. `new` is False where it already stood; `running` are patients whose plan it cut short."""

    opt_out: OptOut
    new: bool
    running: Sequence[Patient]


@dataclass(frozen=True, slots=True)
class UnsubscribeLink:
    """What the page behind an unsubscribe link says."""

    clinic_name: str
    clinic_phone: str


def stop_in(
    tx: Tx,
    services: Services,
    *,
    clinic_id: UUID,
    channel: Channel,
    address: str,
    reason: str,
    source: str,
    actor: Actor,
    now: datetime,
    reply_id: UUID | None = None,
) -> Stopped:
    """Let a stop stand and take back what is unsent there. `reason` is "stop" or "wrong_number"."""
    row, new = opt_outs.stop(
        tx,
        clinic_id=clinic_id,
        channel=channel,
        address=address,
        reason=reason,
        source=source,
        reply_id=reply_id,
        now=now,
    )
    words = "the patient asked us to stop" if reason == "stop" else "this may be a wrong number"
    running = plans.stop_address_in(tx, services, clinic_id, channel, address, words, now)
    if new:
        audit.record(
            tx,
            clinic_id=clinic_id,
            at=now,
            actor=actor,
            action="opt_out",
            object_kind="opt_out",
            object_id=row.id,
            fields=["channel", "reason"],
        )
    return Stopped(row, new, running)


def leave_call_instead_in(tx: Tx, services: Services, patients: Sequence[Patient], now: datetime) -> None:
    """Tell a nurse to call each of these patients, whose texts have stopped while their plan runs."""
    for patient in patients:
        intake.open_or_join_in(
            tx,
            services,
            clinic_id=patient.clinic_id,
            kind=CaseKind.CALL_INSTEAD,
            acuity=Acuity.ROUTINE,
            patient_id=patient.id,
            subject_key=f"patient:{patient.id}",
            reason="call_instead",
            beware=["call_instead", "opted_out"],
            now=now,
        )


def look_at_link(services: Services, token: str) -> UnsubscribeLink:
    """Whose mails a link would stop. Raises NotFound for a link that we did not make."""
    with services.db.read() as tx:
        mail = _mail_of(services, tx, token)
        clinic = clinics.by_id(tx, mail.clinic_id)
        assert clinic is not None
        return UnsubscribeLink(clinic.sender_name, clinic.phone)


def unsubscribe(services: Services, token: str) -> UnsubscribeLink:
    """Stop mails to the address that a link was sent to; pressing it again changes nothing. Raises NotFound."""
    now = services.now()
    with services.db.write() as tx:
        mail = _mail_of(services, tx, token)
        clinic = clinics.by_id(tx, mail.clinic_id)
        assert clinic is not None
        assert mail.to_address is not None
        stopped = stop_in(
            tx,
            services,
            clinic_id=mail.clinic_id,
            channel=Channel.EMAIL,
            address=mail.to_address,
            reason="stop",
            source="unsubscribe_link",
            actor=Actor(ActorKind.PATIENT, mail.patient_id),
            now=now,
        )
        if stopped.new:
            leave_call_instead_in(tx, services, stopped.running, now)
        clinic_id, words = mail.clinic_id, UnsubscribeLink(clinic.sender_name, clinic.phone)
    services.queue.announce(clinic_id, "queue")
    return words


def _mail_of(services: Services, tx: Tx, token: str) -> Communication:
    communication_id = links.read(services.secret, UNSUBSCRIBE, token)
    mail: Communication | None = tx.get(Communication, communication_id) if communication_id else None
    if mail is None or mail.to_address is None or mail.channel != Channel.EMAIL:
        raise NotFound
    return mail
