"""A reply is read: matched, assessed, its wishes honoured, its case opened or raised, its answer written.

Everything happens in one transaction, so that a reply is either read with all that follows from it or still waiting.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError, TimeoutError

from followup.domain.actor import SYSTEM
from followup.domain.acuity import Acuity, higher
from followup.domain.case import CaseKind
from followup.domain.checkin import Answered, assess_answers
from followup.domain.delivery import Channel
from followup.domain.queue_order import NOT_UNDERSTOOD
from followup.domain.triage import Assessment, ReplyContext
from followup.services.cases import intake
from followup.services.context import Services
from followup.services.escalation.climb import climb_now
from followup.services.recovery import protocol_of
from followup.services.replies import answers, sample, wishes
from followup.services.replies.expected import expected_in
from followup.services.replies.machine import of_a_machine
from followup.services.replies.match import Match, match
from followup.services.silence import ANSWERED_SINCE, late_answer_in
from followup.store import audit, protocols, replies
from followup.store.database import Tx
from followup.store.ids import made_at
from followup.store.models import Reply

BURST = timedelta(minutes=15)
# How long a reply is read again after trouble with the database before it is left to a person.
_READ_AGAIN_FOR = timedelta(minutes=3)
log = structlog.get_logger(__name__)


def read_reply(services: Services, reply_id: UUID, *, send: bool = True) -> tuple[UUID, ...]:
    """Read one reply, once, however often it is asked for.

    Whatever goes wrong while reading, a case is opened for a person to read the words: nothing is dropped. A database
    that was away for a moment says nothing of the words: they are read again, or an emergency would get no answer.

    With `send` an emergency answer leaves before this returns; without, its id is returned, for `answers.send_now`, by
    a caller who has something better to do first (a page that tells the patient the same).
    """
    try:
        written = _read(services, reply_id)
    except (OperationalError, TimeoutError) as error:
        log.warning("reply_not_read_yet", reply_id=str(reply_id), error=type(error).__name__)
        written = _leave_to_a_person(services, reply_id, older_than=_READ_AGAIN_FOR)
    except Exception as error:  # a person reads what the service could not, whatever the reason
        log.error("reply_unreadable", reply_id=str(reply_id), error=type(error).__name__)
        written = _leave_to_a_person(services, reply_id)
    if written is None:
        return ()
    reply, urgent = written
    if reply.case_id is not None:
        climb_now(services, reply.clinic_id, reply.case_id)
    for communication_id in urgent if send else ():
        answers.send_now(services, communication_id)
    services.queue.wake("followup.send_due")
    if services.outside_reader is not None:
        services.queue.wake("followup.ask_outside_reader", str(reply.id))
    services.queue.announce(reply.clinic_id, "queue")
    if reply.case_id is not None:
        services.queue.announce(reply.clinic_id, f"case:{reply.case_id}")
    return () if send else tuple(urgent)


def _read(services: Services, reply_id: UUID) -> tuple[Reply, list[UUID]] | None:
    now = services.now()
    with services.db.write() as tx:
        reply = replies.begin_reading(tx, reply_id)
        if reply is None:
            return None
        found = match(tx, reply)
        context = _context(services, tx, reply, found)
        assessment = of_a_machine(reply, _assess(services, reply, context))
        _keep(reply, found, assessment)
        reply.read_at = now
        beware = wishes.honour_in(tx, services, reply, found, assessment, now)
        known = expected_in(tx, services, reply, found, context, assessment, beware)
        if known is not None and not _stands_on_list(tx, reply):
            reply.assessment = {**(reply.assessment or {}), "expected": known}
        else:
            _open_case(tx, services, reply, found, assessment, beware)
        sample.choose_in(tx, reply, now)
        by_itself = _assess(services, reply, replace(context, earlier=())) if context.earlier else assessment
        urgent = answers.write_in(tx, services, reply, found, assessment, by_itself, now)
        audit.record(
            tx,
            clinic_id=reply.clinic_id,
            at=now,
            actor=SYSTEM,
            action="read",
            object_kind="reply",
            object_id=reply.id,
            fields=["acuity", "opt_out"],
        )
        tx.flush()
        log.info("reply_read", reply_id=str(reply.id), acuity=reply.acuity, case_id=str(reply.case_id or ""))
        return reply, urgent


def _assess(services: Services, reply: Reply, context: ReplyContext) -> Assessment:
    """The reading of a reply; of a check-in, that of its answers."""
    assess = services.reader().assess
    if not reply.answers:
        return assess(context)
    return assess_answers(assess, context, [Answered.from_json(stored) for stored in reply.answers])


def _context(services: Services, tx: Tx, reply: Reply, found: Match) -> ReplyContext:
    procedure = found.procedure
    hours = (reply.received_at - procedure.performed_at).total_seconds() / 3600 if procedure else None
    earlier: list[str] = []
    if reply.from_index is not None:
        earlier = replies.recent_texts(
            tx, reply.clinic_id, reply.from_index, reply.received_at - BURST, reply.received_at
        )
    version = protocols.by_id(tx, reply.clinic_id, procedure.protocol_version_id) if procedure else None
    protocol = protocol_of(services, version)
    return ReplyContext(
        text=reply.text,
        protocol=protocol.slug if protocol else None,
        body_site=procedure.body_site if procedure else None,
        hours_since_procedure=hours,
        last_message=found.last_message,
        channel=reply.channel,
        lang=found.patient.language if found.patient else None,
        attachments=len(replies.attachments_of(tx, reply.clinic_id, [reply.id])),
        earlier=tuple(earlier),
        red_flags=protocol.red_flags if protocol else (),
    )


def _keep(reply: Reply, found: Match, assessment: Assessment) -> None:
    reply.patient_id = found.patient.id if found.patient else None
    reply.procedure_id = found.procedure.id if found.procedure else None
    reply.question_id = found.question.id if found.question else None
    reply.candidates = [str(candidate) for candidate in found.candidates]
    reply.to_nurse = found.to_nurse
    reply.acuity = assessment.acuity
    # Where the carrier says that it has stopped, we stop too, whatever word it was.
    reply.opt_out = assessment.opt_out or assessment.acuity is Acuity.OPT_OUT or reply.carrier_keyword == "STOP"
    reply.language = assessment.language
    reply.assessment_version = assessment.version
    reply.assessment = {
        "evidence": [
            {"start": item.start, "end": item.end, "text": item.text, "rule": item.rule} for item in assessment.evidence
        ],
        "reasons": list(assessment.reasons),
        "answer": assessment.answer,
        "pain": assessment.pain,
        "self_harm": assessment.self_harm,
        "proxy": assessment.proxy,
        "understood": assessment.understood,
        "automatic": assessment.automatic,
        "last_message": found.last_message,
    }


def _open_case(
    tx: Tx, services: Services, reply: Reply, found: Match, assessment: Assessment, beware: list[str]
) -> None:
    acuity = Acuity(assessment.acuity)
    unknown = found.patient is None
    if assessment.automatic and not acuity.queued and not found.to_nurse:
        return  # what answers a nurse's own mail is shown to her even so: she learns that nobody is reading there
    if not acuity.queued:
        # Words of someone we cannot name are for a person, whatever they say; a plain STOP from there is done with.
        asked_for_a_person = unknown and acuity is not Acuity.OPT_OUT
        runs = wishes.plan_runs(tx, reply, found)
        late = _stands_on_list(tx, reply)
        if asked_for_a_person or (acuity is Acuity.HELP and runs) or "call_instead" in beware or found.to_nurse:
            acuity = Acuity.ROUTINE
        elif late:
            # Somebody was to call them: the answer is on that case, and a person closes it.
            beware = [*beware, ANSWERED_SINCE]
        else:
            return
    kind = CaseKind.UNKNOWN_SENDER if unknown else CaseKind.REPLY
    if ANSWERED_SINCE in beware:
        kind = CaseKind.SILENT
    if not unknown and "call_instead" in beware and not assessment.acuity.queued:
        kind = CaseKind.CALL_INSTEAD
    if replies.attachments_of(tx, reply.clinic_id, [reply.id]):
        beware = [*beware, "photo"]
    if assessment.proxy:
        beware = [*beware, "proxy"]
    if not assessment.understood:
        beware = [*beware, NOT_UNDERSTOOD]
    if found.candidates:
        beware = [*beware, "shared_number"]
    if found.patient and assessment.language not in ("", found.patient.language):
        beware = [*beware, "language"]
    case = intake.open_or_join_in(
        tx,
        services,
        clinic_id=reply.clinic_id,
        kind=kind,
        acuity=acuity,
        patient_id=reply.patient_id,
        procedure_id=reply.procedure_id,
        subject_key=intake.subject_of(reply),
        reply_id=reply.id,
        reason=ANSWERED_SINCE if ANSWERED_SINCE in beware else "reply",
        beware=beware,
        now=services.now(),
        since=reply.received_at,
    )
    reply.case_id = case.id
    if ANSWERED_SINCE in beware:
        case.risk = 0


def _stands_on_list(tx: Tx, reply: Reply) -> bool:
    """True when somebody was to call this patient, because a check was not answered."""
    return reply.patient_id is not None and late_answer_in(tx, reply.clinic_id, reply.patient_id)


def _leave_to_a_person(
    services: Services, reply_id: UUID, *, older_than: timedelta = timedelta(0)
) -> tuple[Reply, list[UUID]] | None:
    """The last resort: a routine case with the words in it, and no reading. Not before the reply is so old."""
    now = services.now()
    with services.db.write() as tx:
        if services.real_now() - made_at(reply_id) < older_than:
            return None
        reply = replies.begin_reading(tx, reply_id)
        if reply is None:
            return None
        acuity = _acuity_of_words(services, reply)
        reply.status = "unreadable"
        reply.acuity = acuity
        reply.read_at = now
        if reply.patient_id is None and reply.from_index and reply.from_address and reply.channel in _ADDRESSED:
            try:
                found = match(tx, reply)
                reply.patient_id = found.patient.id if found.patient else None
            except Exception as error:  # the words go to a person either way
                log.error("reply_unmatched", reply_id=str(reply_id), error=type(error).__name__)
        case = intake.open_or_join_in(
            tx,
            services,
            clinic_id=reply.clinic_id,
            kind=CaseKind.REPLY if reply.patient_id else CaseKind.UNKNOWN_SENDER,
            acuity=acuity,
            patient_id=reply.patient_id,
            subject_key=intake.subject_of(reply),
            reply_id=reply.id,
            reason="unreadable",
            beware=["unreadable", *(["not_told"] if acuity is Acuity.EMERGENCY else [])],
            now=now,
            since=reply.received_at,
        )
        reply.case_id = case.id
        tx.flush()
        if acuity is not Acuity.EMERGENCY:
            _say_that_it_is_night(tx, services, reply, acuity, now)
        return reply, []


def _say_that_it_is_night(tx: Tx, services: Services, reply: Reply, acuity: Acuity, now: datetime) -> None:
    """After hours the patient hears when a person reads it, though the service could not."""
    try:
        with tx.begin_nested():
            answers.after_hours_in(tx, services, reply, match(tx, reply), Assessment(acuity), now)
    except Exception as error:  # what made the reading fail may make this fail too; the case stands either way
        log.error("after_hours_unsaid", reply_id=str(reply.id), error=type(error).__name__)


def _acuity_of_words(services: Services, reply: Reply) -> Acuity:
    """The words alone, read without what surrounds them; a routine place is the least they get."""
    try:
        return higher(Acuity.ROUTINE, services.reader().assess(ReplyContext(text=reply.text)).acuity)
    except Exception as error:  # it may be the reader itself that failed
        log.error("reply_words_unread", reply_id=str(reply.id), error=type(error).__name__)
        return Acuity.ROUTINE


_ADDRESSED = (Channel.SMS, Channel.EMAIL)
