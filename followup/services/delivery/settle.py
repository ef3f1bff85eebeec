"""The outcomes of attempts are written down, many in one small transaction, with all that follows from them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from followup.domain.attempt import AttemptOutcome
from followup.domain.delivery import Kind, Priority, Status
from followup.domain.provider_outcomes import ProviderOutcome, SendReason, Verdict
from followup.services.context import Services
from followup.services.delivery.consequences import NOT_TOLD, announce, lost_in, mark_case_in, opted_out_in
from followup.services.delivery.outcomes import Outcome
from followup.services.delivery.outgoing import back_to_planned
from followup.services.delivery.timing import TIMING, Timing
from followup.store import attempts, communications, senders
from followup.store.database import Tx
from followup.store.models import Communication

log = structlog.get_logger(__name__)
# What cannot wait and its sender may not send yet is tried again by whoever looks next.
_URGENT_AGAIN = timedelta(seconds=3)
_PAGE_WAITS = timedelta(seconds=10)


def settle(services: Services, outcomes: Sequence[Outcome], *, timing: Timing = TIMING) -> None:
    """Write down what became of these attempts, in one transaction.

    A row that a receipt or the look-up has moved on meanwhile keeps what they said: each statement asks for the status
    that it starts from.
    """
    if not outcomes:
        return
    now, real_now = services.now(), services.real_now()
    accepted = [one for one in outcomes if one.accepted]
    others = {one.outgoing.communication_id: one for one in outcomes if not one.accepted}
    changed: list[Communication] = []
    with services.db.write() as tx:
        # Rows before their attempts, as everywhere: whoever holds one of a pair waits only for the other.
        communications.mark_sent(
            tx,
            [
                {"row_id": one.outgoing.communication_id, "sid": one.provider_id, "parts": one.segments}
                for one in accepted
            ],
            now,
        )
        troubled = communications.hold(tx, list(others)) if others else ()
        attempts.mark_accepted(
            tx, [{"attempt_id": one.outgoing.attempt_id, "sid": one.provider_id} for one in accepted], real_now
        )
        senders.going_well(tx, {one.outgoing.sender_id for one in accepted}, real_now)
        never_made = attempts.forget(tx, [one.outgoing.attempt_id for one in others.values() if one.trouble is None])
        for row in troubled:
            one = others[row.id]
            if one.trouble is None:
                if one.outgoing.attempt_id in never_made and row.status == Status.SENDING:
                    row.attempts -= 1
                    back_to_planned(row)
            elif _trouble(tx, services, row, one, one.trouble, now, real_now, timing):
                changed.append(row)
    for row in changed:
        announce(services, row)


def _trouble(
    tx: Tx,
    services: Services,
    row: Communication,
    one: Outcome,
    trouble: ProviderOutcome,
    now: datetime,
    real_now: datetime,
    timing: Timing,
) -> bool:
    """Settle one attempt that did not go through; True when screens should hear of it."""
    attempt = one.outgoing.attempt_id
    outcome = AttemptOutcome.UNKNOWN if trouble.verdict is Verdict.UNKNOWN else AttemptOutcome.REFUSED
    if not attempts.set_outcome(tx, attempt, outcome, one.code, real_now):
        return False
    log.info("attempt_failed", communication=str(row.id), verdict=trouble.verdict, code=one.code, reason=trouble.reason)
    if row.status not in (Status.SENDING, Status.UNKNOWN):
        return False
    if trouble.verdict is Verdict.UNKNOWN:
        row.status, row.reason, row.batch_id = Status.UNKNOWN.value, SendReason.IN_DOUBT.value, None
        row.lease_until = real_now + timing.grace_of(row.priority)
        return False
    if trouble.verdict in (Verdict.BACK_OFF, Verdict.CAPPED, Verdict.STOP_SENDER):
        _sender_waits(tx, one, trouble, real_now)
        emergency, urgent = row.priority == Priority.EMERGENCY, row.priority <= Priority.PAGE
        back_to_planned(row, trouble.reason.value, now + _URGENT_AGAIN if urgent else None)
        if trouble.verdict is Verdict.STOP_SENDER:
            row.sender_id = None
            return emergency and mark_case_in(tx, row, NOT_TOLD) is not None
        return False
    return _message_fails(tx, services, row, trouble, attempts.failed_with(tx, row.id, one.code), now)


def _sender_waits(tx: Tx, one: Outcome, trouble: ProviderOutcome, real_now: datetime) -> None:
    sender_id = one.outgoing.sender_id
    if trouble.verdict is Verdict.BACK_OFF:
        until = senders.pause(tx, sender_id, one.retry_after, real_now)
        if until is not None:
            log.warning("sender_waits", sender=str(sender_id), until=until.isoformat(), reason=trouble.reason)
    elif trouble.verdict is Verdict.CAPPED:
        senders.use_up_day(tx, sender_id, real_now)
        log.warning("sender_capped", sender=str(sender_id))
    elif senders.stop(tx, sender_id, trouble.reason.value, real_now):
        # Once a sender, however many messages were under way: this line is the alarm.
        log.error("sender_stopped", sender=str(sender_id), reason=trouble.reason, code=one.code)


def _message_fails(
    tx: Tx,
    services: Services,
    row: Communication,
    trouble: ProviderOutcome,
    times: int,
    now: datetime,
) -> bool:
    """What becomes of a message that its provider refused: again later, a stop, or another way."""
    if trouble.verdict is Verdict.OPTED_OUT:
        opted_out_in(tx, services, row, now)
    elif not try_again_in(row, trouble, times, now):
        lost_in(tx, services, row, Status.FAILED, trouble.reason.value, now)
    return True


def try_again_in(row: Communication, trouble: ProviderOutcome, times: int, now: datetime) -> bool:
    """Plan a message again after a failure that may pass; False when it was tried often enough or loses its use.

    A page does not wait: somebody else is paged instead.
    """
    again = now + trouble.after
    if row.kind == Kind.PAGE and trouble.after > _PAGE_WAITS:
        return False
    if trouble.verdict is not Verdict.RETRY or times >= trouble.tries:
        return False
    if row.expires_at is not None and again >= row.expires_at:
        return False
    row.settled_at = None
    back_to_planned(row, trouble.reason.value, again)
    return True
