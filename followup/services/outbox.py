"""Words that no plan holds (answers, emergency answers, confirmations, pages): written once, and sent at once."""

from datetime import datetime
from uuid import UUID

from followup.domain.delivery import PRIORITY_OF, Channel, Kind, Status
from followup.domain.segments import weigh
from followup.services.context import Services
from followup.services.delivery import send
from followup.store import communications
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.lookup import address_index
from followup.store.models import Clinic, Communication


def write_in(
    tx: Tx,
    services: Services,
    *,
    clinic: Clinic,
    kind: Kind,
    channel: Channel,
    to_address: str,
    language: str,
    body: str,
    subject: str | None = None,
    html: str | None = None,
    dedupe_key: str,
    patient_id: UUID | None = None,
    procedure_id: UUID | None = None,
    case_id: UUID | None = None,
    reply_id: UUID | None = None,
    staff_id: UUID | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> Communication | None:
    """Write down a communication that is due now; None when one with this `dedupe_key` was written before.

    `to_address` is E.164 or a mail address; `body` is what will be sent, word for word. It is not sent here: wake
    "followup.send_due" after the commit, or call `send_now` for what cannot wait for a worker.
    """
    row = Communication(
        id=new_id(),
        clinic_id=clinic.id,
        patient_id=patient_id,
        procedure_id=procedure_id,
        case_id=case_id,
        reply_id=reply_id,
        staff_id=staff_id,
        kind=kind.value,
        channel=channel.value,
        priority=PRIORITY_OF[kind].value,
        dedupe_key=dedupe_key,
        language=language,
        to_address=to_address,
        to_index=address_index(tx, channel, to_address),
        subject=subject,
        body=body,
        html=html,
        segments=weigh(body).segments if channel is Channel.SMS else None,
        status=Status.PLANNED.value,
        due_at=now,
        expires_at=expires_at,
        created_at=now,
        updated_at=now,
    )
    return row if communications.add_once(tx, row) else None


def send_now(services: Services, communication_id: UUID) -> Status | None:
    """Send one communication in this process, without broker or worker, if nobody else has claimed it.

    Call it after the commit that wrote it. Blocks until the provider has answered or its time-out has passed (about
    ten seconds); never raises on a provider's failure. Returns where the communication stands then; None when it does
    not exist. Safe beside workers: whoever claims the row sends it, the others find nothing to claim.
    """
    return send.send_one(services, communication_id, timing=services.timing)
