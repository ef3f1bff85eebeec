"""An outside reader reads a reply too, after it was read here: it may raise or explain, and nothing else.

What goes out has no names, numbers or addresses; whatever goes wrong, the reading stays as it was.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from followup.domain.actor import SYSTEM
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus
from followup.domain.errors import GatewayError
from followup.domain.redact import Known, redact
from followup.domain.steering import steering
from followup.domain.triage import Assessment
from followup.gateways.outside_reader import Asked, Opinion
from followup.services.cases import intake
from followup.services.context import Services
from followup.services.replies import answers
from followup.services.replies.match import match
from followup.services.replies.sample import is_keyword
from followup.store import audit, cases, clinics, corrections, patients, procedures, replies, reviews
from followup.store.database import Tx
from followup.store.models import Reply

RULE = "outside-reader"
REASON = "outside_reader"
_LONGEST = 4000
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Done:
    clinic_id: UUID
    case_id: UUID | None
    urgent: tuple[UUID, ...] = ()


def ask_outside_reader(services: Services, reply_id: UUID) -> None:
    """Ask, where the clinic has agreed to it; keep the answer, and act on it where it raises the reply."""
    if services.outside_reader is None:
        return
    with services.db.read() as tx:
        asked = _asked_in(tx, reply_id)
    if asked is None:
        return
    try:
        opinion = services.outside_reader.ask(asked)
    except GatewayError as error:
        log.warning("outside_reader_failed", reply_id=str(reply_id), error=error.code)
        return
    except Exception as error:  # a second opinion must not cost us anything, whatever is wrong with it
        log.error("outside_reader_failed", reply_id=str(reply_id), error=type(error).__name__)
        return
    with services.db.write() as tx:
        done = _keep_in(tx, services, reply_id, opinion)
    if done is None:
        return
    for communication_id in done.urgent:
        answers.send_now(services, communication_id)
    if done.urgent:
        services.queue.wake("followup.send_due")
    services.queue.announce(done.clinic_id, "queue")
    if done.case_id is not None:
        services.queue.announce(done.clinic_id, f"case:{done.case_id}")


def _asked_in(tx: Tx, reply_id: UUID) -> Asked | None:
    """What to ask of a reply; None where there is nothing to gain or the clinic has not agreed."""
    reply = replies.any_by_id(tx, reply_id)
    if reply is None or reply.status != "read" or not reply.text.strip() or is_keyword(reply):
        return None
    reading = reply.assessment or {}
    if reply.acuity == Acuity.EMERGENCY or reading.get("automatic") or "outside" in reading:
        return None
    clinic = clinics.by_id(tx, reply.clinic_id)
    if clinic is None or not steering(clinic.settings).outside_reader:
        return None
    procedure = procedures.by_id(tx, reply.clinic_id, reply.procedure_id) if reply.procedure_id else None
    hours = (reply.received_at - procedure.performed_at).total_seconds() / 3600 if procedure else None
    return Asked(
        words=redact(reply.text[:_LONGEST], _known_in(tx, reply)),
        question=reading.get("last_message"),
        hours=hours,
        body_site=procedure.body_site if procedure else None,
        language=reply.language,
    )


def _known_in(tx: Tx, reply: Reply) -> Known:
    """What is on record of the patient, or of all who may have written."""
    ids = {reply.patient_id} if reply.patient_id else {UUID(str(each)) for each in reply.candidates}
    people = list(patients.by_ids(tx, reply.clinic_id, {each for each in ids if each}).values())
    numbers = {number for one in people for number in (one.mrn, one.phone) if number}
    return Known(
        names=tuple(name for one in people for name in (one.given_name, one.family_name)),
        numbers=tuple(sorted(numbers | ({reply.from_address} if reply.from_address else set()))),
        birth_dates=tuple(one.birth_date for one in people),
        mails=tuple(one.email for one in people if one.email),
    )


def _keep_in(tx: Tx, services: Services, reply_id: UUID, opinion: Opinion) -> _Done | None:
    reply = replies.held(tx, reply_id)
    reading = (reply.assessment or {}) if reply else {}
    if reply is None or reply.status != "read" or "outside" in reading or services.outside_reader is None:
        return None
    now = services.now()
    held = Acuity(reply.acuity or Acuity.ROUTINE)
    raises = opinion.acuity.rank > held.rank and not _a_person_was_first(tx, reply)
    said = {"acuity": opinion.acuity.value, "explanation": opinion.explanation, "model": services.outside_reader.name}
    kept = {
        **reading,
        "outside": {**said, "raised_from": held.value if raises else None},
        "reasons": [*reading.get("reasons", []), f"outside reader ({opinion.acuity}): {opinion.explanation}"],
    }
    urgent: list[UUID] = []
    if raises:
        whole = {"start": 0, "end": len(reply.text), "text": reply.text, "rule": RULE}
        kept["evidence"] = [*reading.get("evidence", []), whole]
        reply.acuity = opinion.acuity
        urgent = _raise_in(tx, services, reply, opinion.acuity, bool(reading.get("self_harm")), now)
    reply.assessment = kept
    audit.record(
        tx, clinic_id=reply.clinic_id, at=now, actor=SYSTEM, action="second_opinion", object_kind="reply",
        object_id=reply.id, fields=["acuity"] if raises else ["explanation"],
    )  # fmt: skip
    tx.flush()
    log.info("outside_reader_read", reply_id=str(reply.id), acuity=opinion.acuity.value, raised=raises)
    return _Done(reply.clinic_id, reply.case_id, tuple(urgent))


def _a_person_was_first(tx: Tx, reply: Reply) -> bool:
    """True when a nurse has corrected the reading or resolved the case: her word stands."""
    if corrections.of_replies(tx, reply.clinic_id, [reply.id]):
        return True
    review = reviews.of_reply(tx, reply.clinic_id, reply.id)
    case = cases.by_id(tx, reply.clinic_id, reply.case_id) if reply.case_id else None
    return (review is not None and review.verdict is not None) or (
        case is not None and case.status == CaseStatus.RESOLVED
    )


def _raise_in(tx: Tx, services: Services, reply: Reply, acuity: Acuity, self_harm: bool, now: datetime) -> list[UUID]:
    """What follows from the higher reading, as if it had been the first; returns what must leave this instant."""
    case = intake.queue_reply_in(tx, services, reply, acuity, reason=REASON, now=now)
    reply.case_id = case.id
    reviews.settle(tx, reply.clinic_id, reply.id, reviews.QUEUED, SYSTEM, now)
    assessment = Assessment(acuity, language=reply.language or "en", self_harm=self_harm)
    return answers.write_in(tx, services, reply, match(tx, reply), assessment, assessment, now)
