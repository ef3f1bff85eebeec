"""What a patient is told at once: what to do in an emergency, and after hours when somebody will read it."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from followup.domain import texts
from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel, Kind
from followup.domain.triage import Assessment
from followup.services import outbox
from followup.services.cases.intake import week_of
from followup.services.context import Services
from followup.services.replies import notices
from followup.services.replies.match import Match
from followup.store import clinics, replies
from followup.store import opt_outs as opt_out_store
from followup.store.database import Tx
from followup.store.models import Communication, Reply

# A night runs from noon to noon, so that one that begins before midnight and ends after it is one.
_NOON = timedelta(hours=12)
_BURST = timedelta(minutes=15)


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
    if assessment.acuity.queued and reply.case_id is not None and not reply.opt_out and not assessment.wrong_number:
        _after_hours(tx, services, reply, now)
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


def _after_hours(tx: Tx, services: Services, reply: Reply, now: datetime) -> None:
    """Say once a night when somebody will read it, and what to do until then; never to who said stop."""
    week = week_of(tx, reply.clinic_id)
    if week.is_open(now) or not reply.from_address or reply.channel not in (Channel.SMS, Channel.EMAIL):
        return
    if opt_out_store.standing(tx, reply.clinic_id, Channel(reply.channel), reply.from_address) is not None:
        return
    night = (now.astimezone(ZoneInfo(week.zone)) - _NOON).date()
    key = f"after_hours:{reply.channel}:{reply.clinic_id}:{reply.from_index}:{night.isoformat()}"
    notices.write_in(tx, services, reply, Kind.AFTER_HOURS, dedupe_key=key, now=now, case_id=reply.case_id)
