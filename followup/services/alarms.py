"""Alarms: what is wrong is kept as rows, each told once when it stands and once when it is over.

They leave as pages do: written down, and sent by a worker or, where none runs, by the web process.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from followup.domain.alarm import (
    LATE_AFTER,
    RECEIPTS_WITHIN,
    TEXTS_WITHOUT,
    AlarmKind,
    Health,
    Wrong,
    what_is_wrong,
    words_of,
)
from followup.domain.delivery import Channel, Kind
from followup.services import outbox
from followup.services.context import Services
from followup.store import alarms, clinics, signs, staff
from followup.store.database import Tx
from followup.store.models import Alarm, Clinic

log = structlog.get_logger(__name__)
GAP_FOUND = "gap-found"
_LATELY = timedelta(hours=1)
_USEFUL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """An alarm as administrators see it; `since` is real time."""

    kind: AlarmKind
    since: datetime
    problem: str
    mend: str
    whole: bool  # it concerns every clinic


@dataclass(frozen=True, slots=True)
class _To:
    """Somebody to tell: over what, from which clinic's sender."""

    name: str
    clinic: Clinic
    channel: Channel
    address: str
    language: str


def wrong_now(services: Services) -> tuple[Wrong, ...]:
    """What the rows say is wrong at this moment: the rule behind alarms, screens and `followup doctor`."""
    now, real_now = services.now(), services.real_now()
    with services.db.read() as tx:
        seen: dict[str, datetime] = {}
        for sign in signs.all_signs(tx):
            kind = sign.name.split(":")[0]
            seen[kind] = max(sign.at, seen.get(kind, sign.at))
        found = Health(
            signs=seen,
            overdue=alarms.overdue_by_clinic(tx, now - LATE_AFTER),
            texts_without_receipt=alarms.texts_without_receipt(tx, real_now, RECEIPTS_WITHIN, TEXTS_WITHOUT),
            attempts=alarms.recent_attempts(tx, real_now - _LATELY),
            stopped=alarms.stopped_senders(tx),
            gap_found_at=signs.when(tx, GAP_FOUND),
        )
    return what_is_wrong(found, now, real_now)


def look_for_alarms(services: Services) -> int:
    """Raise, tell and end alarms; returns how many were told. Any number of processes may look.

    1. What is wrong is raised, or seen again; the key is unique while it is open. 2. What has stood long enough is
    told by whoever sets `told_at` first, in the transaction that writes the messages. 3. What was gone for long enough
    is ended in the same way, and told only to those who heard of it.
    """
    standing = {wrong.key: wrong for wrong in wrong_now(services)}
    with services.db.read() as tx:
        if not standing and not alarms.open_alarms(tx):
            return 0
    real_now, told = services.real_now(), 0
    with services.db.write() as tx:
        known = {alarm.key for alarm in alarms.open_alarms(tx)}
        for key, wrong in standing.items():
            if key not in known:
                alarms.raise_once(tx, key=key, kind=wrong.kind.value, clinic_id=wrong.clinic_id, at=real_now)
        for alarm in alarms.open_alarms(tx):
            kind = AlarmKind(alarm.kind)
            if alarm.key in standing:
                alarms.see(tx, alarm.id, real_now)
                due = alarm.told_at is None and real_now - alarm.raised_at >= kind.settles
                if due and alarms.tell(tx, alarm.id, real_now):
                    told += _write_in(tx, services, alarm, "alarm")
                    log.error("alarm", kind=kind, clinic=str(alarm.clinic_id or ""))
            elif alarms.clear(tx, alarm.id, real_now, real_now - kind.quiet) and alarm.told_at is not None:
                told += _write_in(tx, services, alarm, "alarm-over")
                log.info("alarm_over", kind=kind, clinic=str(alarm.clinic_id or ""))
    if told:
        services.queue.wake("followup.send_due")
    return told


def _write_in(tx: Tx, services: Services, alarm: Alarm, name: str) -> int:
    written, now = 0, services.now()
    for to in _whom(tx, services, alarm):
        problem, mend = words_of(AlarmKind(alarm.kind), to.language)
        about = clinics.by_id(tx, alarm.clinic_id) if alarm.clinic_id is not None else None
        words = {
            **services.texts.clinic_words(about or to.clinic, to.language),
            "problem": problem,
            "mend": mend,
            "url": f"{services.public_url}/admin/alarms",
        }
        said = services.texts.message(name, to.language, to.channel, words)
        row = outbox.write_in(
            tx, services, clinic=to.clinic, kind=Kind.PAGE, channel=to.channel, to_address=to.address,
            language=to.language, body=said.text, subject=said.subject, html=said.html,
            dedupe_key=f"{name}:{alarm.id}:{to.name}", expires_at=now + _USEFUL, now=now,
        )  # fmt: skip
        written += row is not None
    return written


def _whom(tx: Tx, services: Services, alarm: Alarm) -> Iterator[_To]:
    """The operator; the administrators of the clinic that it concerns; without an operator, those of every clinic."""
    every = clinics.all_clinics(tx)
    operator = ((Channel.EMAIL, services.operator_email), (Channel.SMS, services.operator_phone))
    for channel, address in operator:
        home = next((clinic for clinic in every if channel in _open(tx, services, clinic)), None)
        if address and home is not None:
            yield _To(f"operator:{channel}", home, channel, address, "en")
    nobody = not any(address for _, address in operator)
    for clinic in every:
        concerned = alarm.clinic_id == clinic.id or (alarm.clinic_id is None and nobody)
        if not concerned or Channel.EMAIL not in _open(tx, services, clinic):
            continue
        for person in staff.of_clinic(tx, clinic.id, active_only=True):
            if person.role == "admin":
                yield _To(str(person.id), clinic, Channel.EMAIL, person.email, clinic.language)


def _open(tx: Tx, services: Services, clinic: Clinic) -> set[Channel]:
    """Over what a clinic's senders can write now."""
    kinds = {one.kind for one in clinics.senders_of(tx, clinic.id) if one.stopped_at is None}
    found = {Channel.EMAIL} if services.email is not None and "email" in kinds else set()
    return found | ({Channel.SMS} if services.sms is not None and kinds & {"sms", "messaging_service"} else set())


def open_for(services: Services, clinic_id: UUID) -> tuple[Shown, ...]:
    """What stands for a clinic, the whole service's included, once it has stood long enough to be told."""
    with services.db.read() as tx:
        return tuple(
            Shown(AlarmKind(one.kind), one.raised_at, *words_of(AlarmKind(one.kind), "en"), whole=one.clinic_id is None)
            for one in alarms.open_alarms(tx, clinic_id)
            if one.told_at is not None
        )
