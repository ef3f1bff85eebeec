"""What a patient is told at once: what to do in an emergency, and after hours when somebody will read it."""

from datetime import datetime, timedelta
from uuid import UUID

from followup.domain import texts
from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel, Kind
from followup.domain.escalation import respond_by
from followup.domain.triage import Assessment
from followup.services import outbox
from followup.services.cases.intake import subject_of_patient, week_of
from followup.services.context import Services
from followup.services.replies import notices
from followup.services.replies.match import Match
from followup.store import cases, clinics, replies
from followup.store import opt_outs as opt_out_store
from followup.store.database import Tx
from followup.store.models import Case, Communication, Reply

_BURST = timedelta(minutes=15)
# What has an answer of its own.
_ANSWERED_OTHERWISE = (Acuity.OPT_OUT, Acuity.OPT_IN)


def write_in(
    tx: Tx,
    services: Services,
    reply: Reply,
    found: Match,
    assessment: Assessment,
    by_itself: Assessment,
    now: datetime,
) -> list[UUID]:
    """Write what the patient must hear now; returns what has to leave this instant.

    `by_itself` is the reading without the earlier words of a burst: "ok" right after an emergency keeps its height,
    but the patient who was told a minute ago is not told again.
    """
    if assessment.automatic:
        return []
    if assessment.acuity is Acuity.EMERGENCY:
        if by_itself.acuity is not Acuity.EMERGENCY and replies.told_since(tx, reply, now - _BURST):
            return []
        answer = _emergency(tx, services, reply, found, assessment, now)
        return [answer.id] if answer is not None else []
    after_hours_in(tx, services, reply, found, assessment, now)
    return []


def send_now(services: Services, communication_id: UUID) -> None:
    """Hand an emergency answer over from this very process; workers and the broker may be down."""
    outbox.send_now(services, communication_id)


def _emergency(
    tx: Tx, services: Services, reply: Reply, found: Match, assessment: Assessment, now: datetime
) -> Communication | None:
    """Tell the patient to call 911, whatever was opted out of: it answers the patient's own words.

    In both languages where the reply's is not the record's, because nobody should have to guess which one is read.
    """
    clinic = clinics.by_id(tx, reply.clinic_id)
    channel = _back_over(reply, found)
    if clinic is None or channel is None or not reply.from_address:
        return None
    first = notices.language_of(reply, clinic)
    on_record = found.patient.language if found.patient else clinic.language
    languages = [first]
    if assessment.language != on_record:
        languages = [first, *(other for other in texts.WEEKDAYS if other != first)]
    name = "emergency-self-harm" if assessment.self_harm else "emergency"
    words = {language: services.texts.clinic_words(clinic, language) for language in languages}
    said = services.texts.message_in(name, words, channel, languages)
    answer = outbox.write_in(
        tx,
        services,
        clinic=clinic,
        kind=Kind.EMERGENCY,
        channel=channel,
        to_address=reply.from_address,
        language=first,
        body=said.text,
        subject=said.subject,
        html=said.html,
        dedupe_key=f"emergency:{reply.id}",
        patient_id=reply.patient_id,
        procedure_id=reply.procedure_id,
        case_id=reply.case_id,
        reply_id=reply.id,
        now=now,
    )
    sender = notices.sender_of(tx, reply)
    if answer is not None and sender is not None:
        answer.sender_id = sender.id
    return answer


def _back_over(reply: Reply, found: Match) -> Channel | None:
    """How the patient is told: as they wrote; from the check-in page, as its link had come."""
    if reply.channel == Channel.CHECKIN:
        return Channel(found.question.channel) if found.question else None
    return Channel(reply.channel) if reply.channel in (Channel.SMS, Channel.EMAIL) else None


def after_hours_in(
    tx: Tx, services: Services, reply: Reply, found: Match, assessment: Assessment, now: datetime
) -> None:
    """Say once a night by when a nurse reads it, and what to do until then; however long or short the words are.

    Words that nobody needs to read are answered too (who sends "ok" at night cannot know that nobody is there), but
    without a promise that a nurse reads them. Not told: who said stop, who asks to stop or start, a wrong number, a
    machine, and whoever is being called about an emergency, for which "by the morning" would be wrong.
    """
    if assessment.acuity in _ANSWERED_OTHERWISE or assessment.opt_out or reply.opt_out or assessment.wrong_number:
        return
    if not reply.from_address or reply.channel not in (Channel.SMS, Channel.EMAIL):
        return
    week = week_of(tx, reply.clinic_id)
    night = week.night(now)
    if night is None or _stopped(tx, reply, found):
        return
    case = _case_of(tx, reply)
    if replies.told_since(tx, reply, now - _BURST) or (case is not None and case.acuity == Acuity.EMERGENCY):
        return
    due = case.respond_by if case is not None and reply.case_id is not None else None
    if due is None or due <= now:
        due = respond_by(Acuity(case.acuity) if case is not None else Acuity.ROUTINE, now, week)
    clinic = clinics.by_id(tx, reply.clinic_id)
    assert clinic is not None  # its week was read above
    zone = found.patient.timezone if found.patient else clinic.zone
    notices.write_in(
        tx,
        services,
        reply,
        Kind.AFTER_HOURS,
        dedupe_key=f"after_hours:{reply.channel}:{reply.clinic_id}:{reply.from_index}:{night.isoformat()}",
        now=now,
        case_id=reply.case_id,
        text="after-hours" if reply.case_id is not None else "after-hours-noted",
        read_by=texts.moment_words(due, zone, notices.language_of(reply, clinic)),
        # "Our office is closed now" is not said when it has opened meanwhile.
        expires_at=week.opens_next(now) or due,
    )


def _stopped(tx: Tx, reply: Reply, found: Match) -> bool:
    """True where a stop stands for where the reply came from, or for the patient's own address on that channel."""
    channel = Channel(reply.channel)
    own = None
    if found.patient is not None:
        own = found.patient.phone if channel is Channel.SMS else found.patient.email
    return any(
        opt_out_store.standing(tx, reply.clinic_id, channel, address) is not None
        for address in {reply.from_address, own}
        if address
    )


def _case_of(tx: Tx, reply: Reply) -> Case | None:
    """The case that the reply belongs to, else the unresolved one of its patient."""
    if reply.case_id is not None:
        return cases.by_id(tx, reply.clinic_id, reply.case_id)
    if reply.patient_id is None:
        return None
    return cases.unresolved_of_subject(tx, reply.clinic_id, subject_of_patient(reply.patient_id))
