"""After a backup was put back: what went out and came in since, as the provider tells it, is taken over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from followup.domain.attempt import AttemptOutcome
from followup.domain.delivery import Channel, Kind, Status
from followup.gateways.sms import ListedText
from followup.services.context import Services
from followup.services.delivery.words import Wording
from followup.services.replies.gaps import MOST, fill_gaps
from followup.store import agenda, attempts, clinics, patients, procedures, protocols
from followup.store.database import Tx
from followup.store.models import Attempt, Communication, Patient, Procedure

MAY_HAVE_GONE = "it may have gone out before the backup was put back, and mail servers cannot be asked"
log = structlog.get_logger(__name__)


def take_over_since(services: Services, since: datetime) -> Sequence[str]:
    """Ask the provider for everything since the backup (real time) and make our rows agree; a line for each finding.

    1. Replies that we do not have are received.
    2. A text on its list whose words are those of a step that we still hold as unsent was that step: it is marked sent,
       so that it does not go twice. Procedures recorded since the backup must be in again before this is run.
    3. Mail has no list: mails of plans that fell due since the backup are not sent, with that reason.
    Raises a GatewayError when the list cannot be had; what was taken over until then stays.
    """
    gaps = fill_gaps(services, since)
    taken = 0
    if services.sms is not None:
        listed = services.sms.list_texts(since=since, limit=MOST)
        outbound = sorted((text for text in listed if text.direction == "outbound"), key=lambda text: text.created_at)
        taken = sum(_take_over(services, text) for text in outbound)
    mails = _put_mails_aside(services, since)
    return (
        f"{gaps} replies that the backup did not have were received.",
        f"{taken} texts that had gone out since the backup were marked as sent.",
        f"{mails} emails that may have gone out since the backup were put aside.",
    )


def _take_over(services: Services, text: ListedText) -> bool:
    now = services.now()
    with services.db.write() as tx:
        if attempts.known_provider_ids(tx, [text.provider_id]):
            return False
        for clinic in clinics.all_clinics(tx):
            for patient in patients.with_address(tx, clinic.id, Channel.SMS, text.to):
                row = _same_words(tx, services, clinic.id, patient, text)
                if row is None:
                    continue
                attempt = Attempt(
                    clinic_id=clinic.id,
                    communication_id=row.id,
                    number=row.attempts + 1,
                    sender_address=text.sender,
                    started_at=text.created_at,
                    finished_at=text.created_at,
                    provider_id=text.provider_id,
                    outcome=AttemptOutcome.ACCEPTED.value,
                )
                tx.add(attempt)
                row.attempts += 1
                row.status, row.reason, row.provider_id = Status.SENT.value, None, text.provider_id
                row.sent_at, row.updated_at = now, now
                row.to_address, row.to_index = text.to, patient.phone_index
                log.info("taken_over", communication=str(row.id))
                return True
    return False


def _same_words(
    tx: Tx, services: Services, clinic_id: UUID, patient: Patient, text: ListedText
) -> Communication | None:
    """The patient's unsent step that says exactly what the provider sent, in any of the ways it may begin or end."""
    clinic = clinics.by_id(tx, clinic_id)
    assert clinic is not None
    wording = Wording(services)
    for row in agenda.unsent_of_patient(tx, clinic_id, patient.id):
        if row.channel != Channel.SMS or row.kind != Kind.STEP or row.procedure_id is None:
            continue
        procedure: Procedure | None = procedures.by_id(tx, clinic_id, row.procedure_id)
        version = protocols.by_id(tx, clinic_id, procedure.protocol_version_id) if procedure else None
        if procedure is None or version is None:
            continue
        for first in (False, True):
            for shared in (False, True):
                wording.put(
                    row,
                    clinic=clinic,
                    patient=patient,
                    procedure=procedure,
                    version=version,
                    first=first,
                    shared=shared,
                )
                if row.body == text.body:
                    return row
        tx.refresh(row)
    return None


def _put_mails_aside(services: Services, since: datetime) -> int:
    now = services.now()
    with services.db.write() as tx:
        rows = agenda.unsent_mails_due(tx, since=since, until=now)
        for row in rows:
            row.status, row.reason = Status.SKIPPED.value, MAY_HAVE_GONE
            row.settled_at, row.updated_at = now, now
        return len(rows)
