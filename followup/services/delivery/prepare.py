"""The last look at a batch: each message is sent, held or skipped, and every attempt is written down before it is made.

All of it is one transaction, in which no provider is called.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog

from followup.domain.attempt import AttemptOutcome
from followup.domain.clinic_rules import clinic_rules
from followup.domain.delivery import Channel, Kind, Status
from followup.domain.errors import ConfigurationError
from followup.domain.hours import local_day, wall
from followup.domain.patient import PatientFacts
from followup.domain.provider_outcomes import SendReason
from followup.domain.schedule import ClinicRules, PlanReason
from followup.domain.schedule_recheck import Action, recheck
from followup.services.context import Services
from followup.services.delivery.consequences import lost_in
from followup.services.delivery.hold import held_since_in
from followup.services.delivery.outgoing import Outgoing, as_mail, as_text, back_to_planned, end
from followup.services.delivery.timing import TIMING, Timing
from followup.services.delivery.words import Wording
from followup.services.plan_facts import addresses_of, facts_in
from followup.store import (
    attempts,
    claims,
    clinics,
    communications,
    opt_outs,
    plan_rows,
    procedures,
    protocols,
    senders,
    sending_facts,
)
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Clinic, Communication, Patient, Procedure, ProtocolVersion, Sender

log = structlog.get_logger(__name__)
# Texts this far back can still share a week with one that goes now.
_LOOK_BACK = timedelta(days=8)
# What a standing stop does not hold back: the confirmation of the stop, help that was asked for, the answer to an
# emergency (the carrier has the last word on that one), and what goes to staff.
_BEYOND_A_STOP = (Kind.OPT_OUT_CONFIRMATION, Kind.HELP, Kind.EMERGENCY, Kind.PAGE, Kind.STAFF_NOTICE)


@dataclass(slots=True)
class _Look:
    """What is known of one clinic's part of a batch."""

    clinic: Clinic
    rules: ClinicRules
    patients: dict[UUID, Patient]
    facts: dict[UUID, PatientFacts]
    procedures: dict[UUID, Procedure]
    versions: dict[UUID, ProtocolVersion]
    texted: dict[UUID, list[datetime]]
    greeted: set[tuple[UUID, str]]
    shared: set[str]
    stopped: set[tuple[Channel, str]]


@dataclass(slots=True)
class Prepared:
    """What is to be handed over now, by whom; and the rows whose screens must hear that they will not go."""

    outgoing: list[Outgoing] = field(default_factory=list)
    lost: list[Communication] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Loss:
    """A row that will not go, to be settled once all others are: what follows may change rows of the same plan."""

    row: Communication
    status: Status
    reason: str


def prepare(services: Services, batch_id: UUID, *, timing: Timing = TIMING) -> Prepared:
    """Take up a batch, once: a second delivery of the same broker message finds nothing.

    1. The queued rows of the batch are held. 2. Each is looked at: stops, consent, death, cancellation, use, quiet
    hours, caps. 3. Those that go get their words and address, an attempt and the status `sending` under a new lease.
    4. After the commit nothing of this is in doubt: a row without an attempt was never sent.
    """
    now, real_now = services.now(), services.real_now()
    done = Prepared()
    with services.db.write() as tx:
        rows = claims.take_batch(tx, batch_id)
        if not rows:
            return done
        by_sender = senders.by_ids(tx, {row.sender_id for row in rows if row.sender_id is not None})
        held = held_since_in(tx)
        wording, started = Wording(services), []
        losses: list[_Loss] = []
        used: dict[UUID, list[int]] = {}
        for clinic_id, part in groupby(sorted(rows, key=_order), key=lambda row: row.clinic_id):
            mine = list(part)
            look = _gather(tx, clinic_id, mine, now)
            for row in mine:
                sender = by_sender.get(row.sender_id) if row.sender_id is not None else None
                if sender is None or sender.stopped_at is not None or (held is not None and row.created_at < held):
                    back_to_planned(row)
                elif _may_go(tx, look, row, wording, losses, now):
                    started.append(_start(services, look, row, sender, done, now, real_now, timing))
                    used.setdefault(sender.id, []).append(row.segments or 1)
        tx.flush()
        attempts.add_all(tx, started)
        for sender_id, segments in sorted(used.items()):
            senders.count(tx, sender_id, sum(segments), sum(segments) - len(segments), real_now)
        for loss in losses:
            tx.refresh(loss.row)
            if loss.row.status == Status.QUEUED:
                lost_in(tx, services, loss.row, loss.status, loss.reason, now)
                done.lost.append(loss.row)
    return done


def _order(row: Communication) -> tuple[UUID, int, datetime]:
    return row.clinic_id, row.priority, row.due_at


def _gather(tx: Tx, clinic_id: UUID, rows: Sequence[Communication], now: datetime) -> _Look:
    clinic = clinics.by_id(tx, clinic_id)
    assert clinic is not None
    steps = [row for row in rows if row.kind == Kind.STEP and row.patient_id is not None]
    patients = sending_facts.hold_patients(tx, clinic_id, {row.patient_id for row in steps if row.patient_id})
    found = procedures.by_ids(tx, clinic_id, {row.procedure_id for row in steps if row.procedure_id})
    facts = facts_in(tx, clinic_id, list(patients.values()))
    texted: dict[UUID, list[datetime]] = {}
    for patient_id, _, left, at in plan_rows.unasked_texts(tx, clinic_id, list(patients), since=now - _LOOK_BACK):
        if left:
            texted.setdefault(patient_id, []).append(at)
    addresses = [pair for patient in patients.values() for pair in addresses_of(patient)]
    phones = {index for channel, index in addresses if channel is Channel.SMS}
    others = {(Channel(row.channel), row.to_index) for row in rows if row.kind != Kind.STEP and row.to_index}
    return _Look(
        clinic=clinic,
        rules=clinic_rules(clinic.settings),
        patients=patients,
        facts=facts,
        procedures=found,
        versions=protocols.by_ids(tx, clinic_id, {one.protocol_version_id for one in found.values()}),
        texted=texted,
        greeted=communications.greeted(tx, clinic_id, phones),
        shared=sending_facts.shared_addresses(tx, clinic_id, Channel.SMS, phones),
        stopped=opt_outs.standing_among(tx, clinic_id, {(channel, index) for channel, index in others if index}),
    )


def _may_go(tx: Tx, look: _Look, row: Communication, wording: Wording, losses: list[_Loss], now: datetime) -> bool:
    if row.kind == Kind.STEP:
        return _step_may_go(tx, look, row, wording, losses, now)
    if row.expires_at is not None and row.expires_at <= now:
        losses.append(_Loss(row, Status.SKIPPED, SendReason.MISSED.value))
        return False
    stopped = (Channel(row.channel), row.to_index) in look.stopped
    if stopped and Kind(row.kind) not in _BEYOND_A_STOP:
        losses.append(_Loss(row, Status.SKIPPED, SendReason.OPTED_OUT.value))
        return False
    if not row.to_address or not row.body:
        losses.append(_Loss(row, Status.FAILED, SendReason.NO_WORDS.value))
        return False
    return True


def _step_may_go(tx: Tx, look: _Look, row: Communication, wording: Wording, losses: list[_Loss], now: datetime) -> bool:
    patient = look.patients.get(row.patient_id) if row.patient_id else None
    procedure = look.procedures.get(row.procedure_id) if row.procedure_id else None
    if procedure is None or procedure.status != "active":
        end(row, Status.CANCELLED, SendReason.PROCEDURE_ENDED.value, now)
        return False
    version = look.versions.get(procedure.protocol_version_id)
    if patient is None or version is None:
        back_to_planned(row)  # another transaction has the patient: the next tick
        return False
    channel, facts = Channel(row.channel), look.facts[patient.id]
    expires_at = row.expires_at or datetime.max.replace(tzinfo=now.tzinfo)
    texted = look.texted.setdefault(patient.id, [])
    decision = recheck(channel, expires_at, facts, look.rules, now=now, texted=texted)
    if decision.action is Action.HOLD:
        back_to_planned(row, decision.reason.value if decision.reason else None, decision.until)
        return False
    if decision.action is Action.SKIP:
        reason = decision.reason or PlanReason.HELD_PAST_USE
        if reason.unreachable and reason not in (PlanReason.DECEASED, PlanReason.WITHDRAWN):
            losses.append(_Loss(row, Status.SKIPPED, reason.value))
        else:
            end(row, Status.SKIPPED, reason.value, now)
        return False
    texting = channel is Channel.SMS
    row.to_address = patient.phone if texting else patient.email
    row.to_index = patient.phone_index if texting else patient.email_index
    assert row.to_index is not None  # the look above found an address
    first = channel is Channel.SMS and (patient.id, row.to_index) not in look.greeted
    shared = channel is Channel.SMS and row.to_index in look.shared
    try:
        wording.put(
            row, clinic=look.clinic, patient=patient, procedure=procedure, version=version, first=first, shared=shared
        )
    except ConfigurationError as error:
        log.error("words_missing", communication=str(row.id), error=error.message)
        losses.append(_Loss(row, Status.FAILED, SendReason.NO_WORDS.value))
        return False
    if channel is Channel.SMS:
        texted.append(now)
        look.greeted.add((patient.id, row.to_index))
    return True


def _start(
    services: Services,
    look: _Look,
    row: Communication,
    sender: Sender,
    done: Prepared,
    now: datetime,
    real_now: datetime,
    timing: Timing,
) -> dict[str, Any]:
    """Let a row go: its status, its lease and its attempt, all before the provider hears of it."""
    attempt_id, channel = new_id(), Channel(row.channel)
    row.status = Status.SENDING.value
    row.attempts += 1
    row.lease_until = real_now + timing.lease_of(row.priority)
    row.updated_at = now
    text = mail = None
    if channel is Channel.SMS:
        text = as_text(row, attempt_id, sender, _until(look, row, now), now)
    else:
        mail = as_mail(services, row, sender, look.clinic)
    done.outgoing.append(Outgoing(row.id, attempt_id, row.clinic_id, sender.id, channel, row.priority, text, mail))
    return {
        "id": attempt_id,
        "clinic_id": row.clinic_id,
        "communication_id": row.id,
        "number": row.attempts,
        "sender_address": sender.address,
        "started_at": real_now,
        "outcome": AttemptOutcome.STARTED.value,
        "looks": 0,
    }


def _until(look: _Look, row: Communication, now: datetime) -> datetime | None:
    """When the carrier should give up: at the end of its use, and for an unasked text before quiet hours begin."""
    patient = look.patients.get(row.patient_id) if row.patient_id and row.kind == Kind.STEP else None
    if patient is None:
        return row.expires_at
    closes = wall(local_day(now, patient.timezone), look.rules.hours.closes, patient.timezone)
    return min(closes, row.expires_at) if row.expires_at is not None else closes
