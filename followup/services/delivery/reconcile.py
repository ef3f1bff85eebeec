"""Messages in doubt: looked up in the provider's own list before anything is sent again, and shown where that fails."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from followup.domain.acuity import Acuity
from followup.domain.attempt import AttemptOutcome
from followup.domain.case import CaseKind
from followup.domain.delivery import Channel, Kind, Priority, Status
from followup.domain.errors import GatewayError
from followup.domain.provider_outcomes import SendReason
from followup.gateways.sms import ListedText
from followup.services.cases import intake
from followup.services.context import Services
from followup.services.delivery.consequences import NOT_TOLD, UNDELIVERED, announce, mark_case_in
from followup.services.delivery.outgoing import back_to_planned
from followup.services.delivery.timing import EMPTY_LOOKS, TIMING, Timing
from followup.store import attempts, claims, communications, overdue
from followup.store.database import Tx
from followup.store.models import Attempt, Communication

log = structlog.get_logger(__name__)
_AT_ONCE = 8  # look-ups side by side
_BATCH = 100


@dataclass(slots=True)
class Reconciled:
    """What one round of looking up came to."""

    found: int = 0
    planned_again: int = 0
    looked: int = 0
    unavailable: int = 0
    shown: int = 0


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A message in doubt and its latest attempt, as they were when it was leased for looking up."""

    row: Communication
    attempt: Attempt


def reconcile(services: Services, *, least: Priority = Priority.STEP, timing: Timing = TIMING) -> Reconciled:
    """Look up every message in doubt whose time has come, none that presses less than `least`; any number may do so.

    1. Sending leases that ran out become doubts; each doubt that is due is leased, so that one process looks.
    2. With no transaction open, the provider's list is asked for texts to that number since the attempt.
    3. Found: it was sent. Not there twice, the second time well after the first: it was not, and is planned again as a
       new attempt. List not available: it stays in doubt, is shown, and is looked up again later.
    Mail has no list: what cannot be told is shown to a person; only words that are safer said twice go again.
    """
    done = Reconciled()
    while True:
        doubts = _lease(services, least, timing)
        if not doubts:
            return done
        mails = [doubt for doubt in doubts if doubt.row.channel == Channel.EMAIL]
        texts = [doubt for doubt in doubts if doubt.row.channel == Channel.SMS]
        for doubt in mails:
            _settle_mail(services, doubt, done)
        if texts:
            with ThreadPoolExecutor(min(_AT_ONCE, len(texts)), thread_name_prefix="look-up") as pool:
                listed = pool.map(lambda doubt: _look(services, doubt, timing), texts)
                for doubt, there in zip(texts, listed, strict=True):
                    _settle_text(services, doubt, there, done, timing)


def _lease(services: Services, least: Priority, timing: Timing) -> Sequence[_Doubt]:
    real_now = services.real_now()
    with services.db.write() as tx:
        claims.doubt_expired(tx, real_now)
        looking = timing.urgent_lease if least <= Priority.PAGE else timing.unavailable
        rows = overdue.take_doubtful(tx, real_now, lease_until=real_now + looking, limit=_BATCH, least=least)
        latest = attempts.latest_of(tx, [row.id for row in rows])
        for row in rows:
            row.reason = SendReason.IN_DOUBT.value
            row.batch_id = None
            if row.id not in latest:
                back_to_planned(row)  # nothing was ever written down for it, so nothing was ever tried
    return [_Doubt(row, latest[row.id]) for row in rows if row.id in latest]


def _look(services: Services, doubt: _Doubt, timing: Timing) -> Sequence[ListedText] | None:
    """Texts of the provider's list that could be this one; None when the list cannot be had."""
    if services.sms is None:
        return None
    since = doubt.attempt.started_at - timing.skew
    try:
        listed = services.sms.list_texts(to=doubt.row.to_address, since=since)
    except GatewayError as error:
        log.warning("list_unavailable", communication=str(doubt.row.id), error=error.code)
        return None
    return [
        text
        for text in listed
        if text.direction == "outbound"
        and text.to == doubt.row.to_address
        and text.body == doubt.row.body
        and text.created_at >= since
    ]


def _settle_text(
    services: Services, doubt: _Doubt, listed: Sequence[ListedText] | None, done: Reconciled, timing: Timing
) -> None:
    now, real_now = services.now(), services.real_now()
    grace = timing.grace_of(doubt.row.priority)
    with services.db.write() as tx:
        row, attempt = _still(tx, doubt)
        if row is None or attempt is None:
            return  # a receipt has settled it meanwhile
        if listed is None:
            done.unavailable += 1
            row.lease_until = real_now + (grace if row.priority <= Priority.PAGE else timing.unavailable)
            _not_told(tx, row)
            return
        done.looked += 1
        known = attempts.known_provider_ids(tx, [text.provider_id for text in listed])
        ours = sorted((text for text in listed if text.provider_id not in known), key=lambda text: text.created_at)
        if ours:
            done.found += 1
            attempt.provider_id, attempt.outcome = ours[0].provider_id, AttemptOutcome.ACCEPTED.value
            attempt.finished_at, attempt.looks = real_now, attempt.looks + 1
            row.status, row.reason, row.provider_id = Status.SENT.value, None, ours[0].provider_id
            row.sent_at, row.updated_at, row.lease_until = now, now, None
            log.info("found_in_list", communication=str(row.id))
            return
        ready = attempt.started_at + timing.slowest_answer + grace
        if real_now < ready:
            row.lease_until = ready  # the provider's list may lag: an empty look this early says nothing
            return
        attempt.looks += 1
        if attempt.looks < EMPTY_LOOKS:
            row.lease_until = real_now + grace
            _not_told(tx, row)
            return
        done.planned_again += 1
        attempt.outcome, attempt.finished_at = AttemptOutcome.NOT_ACCEPTED.value, real_now
        back_to_planned(row)
        row.reason = None
        log.info("planned_again", communication=str(row.id), attempts=row.attempts)
    services.queue.wake("followup.send_due")


def _settle_mail(services: Services, doubt: _Doubt, done: Reconciled) -> None:
    """A mail that was perhaps handed over. Its Message-ID is the same in every attempt, so a server that has it may
    drop the second; yet only emergencies and pages are worth that risk. The rest a person sees."""
    with services.db.write() as tx:
        row, attempt = _still(tx, doubt)
        if row is None or attempt is None:
            return
        if row.priority <= Priority.PAGE:
            attempt.outcome, attempt.finished_at = AttemptOutcome.NOT_ACCEPTED.value, services.real_now()
            back_to_planned(row)
            done.planned_again += 1
            return
        row.lease_until = None
        done.shown += 1
        if mark_case_in(tx, row, UNDELIVERED) is None and row.patient_id is not None and row.kind == Kind.STEP:
            _show_in(tx, services, row, row.patient_id, services.now())
    announce(services, row)


def _show_in(tx: Tx, services: Services, row: Communication, patient_id: UUID, now: datetime) -> None:
    intake.open_or_join_in(
        tx,
        services,
        clinic_id=row.clinic_id,
        kind=CaseKind.UNREACHABLE,
        acuity=Acuity.ROUTINE,
        patient_id=patient_id,
        procedure_id=row.procedure_id,
        subject_key=intake.subject_of_patient(patient_id),
        reason="We cannot tell whether an email of the plan went out: ask the patient when you next speak.",
        beware=[UNDELIVERED],
        now=now,
    )


def _still(tx: Tx, doubt: _Doubt) -> tuple[Communication | None, Attempt | None]:
    """The row and its attempt, held, if they are still in doubt."""
    row = communications.hold(tx, [doubt.row.id])[0]
    attempt = attempts.hold(tx, doubt.attempt.id)
    if row.status != Status.UNKNOWN or attempt is None or attempt.number != row.attempts:
        return None, None
    return row, attempt


def _not_told(tx: Tx, row: Communication) -> None:
    """While it is in doubt whether an emergency answer went out, nobody counts on it."""
    if row.kind == Kind.EMERGENCY:
        mark_case_in(tx, row, NOT_TOLD)
