"""What a reply asks of us besides being read: stop, start, help, "you have the wrong number"."""

from datetime import datetime

from followup.domain import carrier_words
from followup.domain.actor import Actor, ActorKind
from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel, Kind
from followup.domain.triage import Assessment
from followup.services import opt_outs, plans
from followup.services.context import Services
from followup.services.replies import notices
from followup.services.replies.match import Match
from followup.store import opt_outs as opt_out_store
from followup.store import patients, procedures
from followup.store.database import Tx
from followup.store.models import OptOut, Patient, Reply


def honour_in(
    tx: Tx, services: Services, reply: Reply, found: Match, assessment: Assessment, now: datetime
) -> list[str]:
    """Do what the reply asks at once; returns what staff must beware of on its case."""
    beware: list[str] = []
    address = _address(reply, found)
    if address is None:
        return beware
    channel, number = address
    if reply.opt_out:
        beware += _stop(tx, services, reply, found, channel, number, now)
    elif assessment.wrong_number:
        _hold(tx, services, reply, channel, number, now)
        beware.append("wrong_number")
    elif assessment.acuity is Acuity.OPT_IN and _is_start(reply):
        _start(tx, services, reply, channel, number, now)
    elif assessment.acuity is Acuity.HELP and not _carrier_answers(tx, reply):
        notices.write_in(tx, services, reply, Kind.HELP, dedupe_key=f"help:{reply.id}", now=now)
    standing = opt_out_store.standing(tx, reply.clinic_id, channel, number)
    if standing is not None and "opted_out" not in beware and "wrong_number" not in beware:
        beware.append("opted_out")
    return beware


def plan_runs(tx: Tx, reply: Reply, found: Match) -> bool:
    """True while anything is still planned for the patient, or for one of those who share the address."""
    people = [found.patient.id] if found.patient else list(found.candidates)
    return any(procedures.running(tx, reply.clinic_id, patient_id) for patient_id in people)


def _address(reply: Reply, found: Match) -> tuple[Channel, str] | None:
    """Where the wish applies: where the reply came from; for mail, the address that we had written to."""
    if reply.channel == Channel.SMS and reply.from_address:
        return Channel.SMS, reply.from_address
    if reply.channel == Channel.EMAIL:
        written_to = found.question.to_address if found.question else None
        address = written_to or (found.patient.email if found.patient else None) or reply.from_address
        return (Channel.EMAIL, address) if address else None
    # Said by phone or on the check-in page: it is the texts that are meant, where there are any.
    if found.patient and found.patient.phone:
        return Channel.SMS, found.patient.phone
    if reply.channel == Channel.CHECKIN and reply.from_address:
        return Channel.EMAIL, reply.from_address
    return None


def _actor(reply: Reply) -> Actor:
    if reply.staff_id is not None:
        return Actor(ActorKind.STAFF, reply.staff_id)
    return Actor(ActorKind.PATIENT, reply.patient_id)


def _stop(
    tx: Tx, services: Services, reply: Reply, found: Match, channel: Channel, number: str, now: datetime
) -> list[str]:
    """Stop, confirm once, and leave every other patient on that number with a running plan to a nurse."""
    stopped = opt_outs.stop_in(
        tx,
        services,
        clinic_id=reply.clinic_id,
        channel=channel,
        address=number,
        reason="stop",
        source="reply" if reply.staff_id is None else "staff",
        actor=_actor(reply),
        now=now,
        reply_id=reply.id,
    )
    if stopped.new and reply.staff_id is None and not _carrier_answers(tx, reply):
        notices.write_in(
            tx, services, reply, Kind.OPT_OUT_CONFIRMATION, dedupe_key=f"stop:{stopped.opt_out.id}", now=now
        )
    own = found.patient.id if found.patient else None
    opt_outs.leave_call_instead_in(tx, services, [p for p in stopped.running if p.id != own], now)
    if any(patient.id == own for patient in stopped.running):
        return ["call_instead", "opted_out"]
    return ["opted_out"]


def _hold(tx: Tx, services: Services, reply: Reply, channel: Channel, number: str, now: datetime) -> None:
    """Send nothing more there until a person has checked the number."""
    opt_outs.stop_in(
        tx,
        services,
        clinic_id=reply.clinic_id,
        channel=channel,
        address=number,
        reason="wrong_number",
        source="reply" if reply.staff_id is None else "staff",
        actor=_actor(reply),
        now=now,
        reply_id=reply.id,
    )


def _start(tx: Tx, services: Services, reply: Reply, channel: Channel, number: str, now: datetime) -> None:
    """Lift a stop and resume from today: what was missed is not sent after all.

    A suspected wrong number is not lifted by START: whoever has the phone may well want texts, but not these.
    """
    standing: OptOut | None = opt_out_store.standing(tx, reply.clinic_id, channel, number)
    if standing is not None and standing.reason == "stop":
        opt_out_store.lift(
            tx, clinic_id=reply.clinic_id, channel=channel, address=number, by=str(_actor(reply)), now=now
        )
        people: list[Patient] = patients.with_address(tx, reply.clinic_id, channel, number)
        for patient in people:
            for procedure in procedures.of_patient(tx, reply.clinic_id, patient.id, status="active"):
                plans.replan_in(tx, services, procedure, now)
    if (standing is None or standing.reason == "stop") and not _carrier_answers(tx, reply):
        notices.write_in(tx, services, reply, Kind.OPT_IN_CONFIRMATION, dedupe_key=f"start:{reply.id}", now=now)


def _is_start(reply: Reply) -> bool:
    """Only the word itself lifts a stop, or the carrier's statement that it has lifted its own."""
    return carrier_words.bare_word(reply.text) in carrier_words.OUR_START or reply.carrier_keyword == "START"


def _carrier_answers(tx: Tx, reply: Reply) -> bool:
    """True where the carrier has already answered a keyword itself, so that a second answer would be one too many."""
    if reply.channel != Channel.SMS:
        return False
    if reply.carrier_keyword:
        return True
    sender = notices.sender_of(tx, reply)
    if sender is None or not sender.carrier_confirms:
        return False
    word = carrier_words.whole_word(reply.text)
    return word in carrier_words.STOP | carrier_words.START | carrier_words.HELP
