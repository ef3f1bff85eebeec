"""Status callbacks: kept once, in whatever order they come, and followed by what a lost message needs."""

from datetime import datetime
from uuid import UUID

import structlog

from followup.domain.attempt import AttemptOutcome, after_receipt, follow, receipt_status
from followup.domain.delivery import Status
from followup.domain.errors import NotFound
from followup.domain.provider_outcomes import ProviderOutcome, Verdict, outcome_of
from followup.services.context import Services
from followup.services.delivery.consequences import announce, lost_in, opted_out_in
from followup.services.delivery.settle import try_again_in
from followup.store import attempts, communications, receipts, senders
from followup.store.database import Tx
from followup.store.models import Attempt, Communication

log = structlog.get_logger(__name__)


def record_receipt(services: Services, attempt_id: UUID, *, status: str, code: str | None, provider_id: str) -> None:
    """Keep one status callback of the carrier. Raises NotFound for an attempt that nobody here made.

    1. The attempt is held, and named by the provider's id where our own commit has not done so yet: the callback may
       overtake the answer to the send, and after a crash it is the proof that the message was accepted.
    2. A repeat changes nothing; one with another message's id is refused. Words we do not know are kept and no more.
    3. The attempt moves forward only. The communication follows its latest attempt; one that was about to be sent
       again because an attempt seemed lost follows that one too, and is not sent twice.
    4. What did not arrive is tried again, goes another way, or is shown to a nurse, by the provider's code.
    """
    now, real_now = services.now(), services.real_now()
    changed = False
    with services.db.write() as tx:
        found = attempts.find(tx, attempt_id)
        if found is None:
            raise NotFound("There is no such attempt.")
        # The communication first, as everywhere: two transactions that hold both never wait for each other in turns.
        row = communications.hold(tx, [found.communication_id])[0]
        attempt = attempts.hold(tx, attempt_id)
        assert attempt is not None
        if not _named(tx, attempt, provider_id):
            log.warning("receipt_of_another_message", attempt=str(attempt_id))
            return
        if not receipts.add_once(
            tx, clinic_id=attempt.clinic_id, attempt_id=attempt.id, status=status[:64], code=code, received_at=real_now
        ):
            return
        meaning = receipt_status(status)
        if meaning is None:
            log.warning("receipt_not_understood", attempt=str(attempt_id))
            return
        before = AttemptOutcome(attempt.outcome)
        after = after_receipt(before, meaning)
        if after is before:
            return
        attempt.outcome, attempt.code = after.value, code or attempt.code
        attempt.finished_at = attempt.finished_at or real_now
        tx.flush()
        changed = _follow(tx, services, row, attempt, before, now)
    if changed:
        announce(services, row)


def _named(tx: Tx, attempt: Attempt, provider_id: str) -> bool:
    """Give the attempt its provider's id; False when it has another, or another attempt has this one."""
    if attempt.provider_id is None and provider_id:
        if attempts.known_provider_ids(tx, [provider_id]):
            return False
        attempt.provider_id = provider_id
        tx.flush()
    return not provider_id or attempt.provider_id == provider_id


def _follow(
    tx: Tx, services: Services, row: Communication, attempt: Attempt, before: AttemptOutcome, now: datetime
) -> bool:
    """Let the communication follow an attempt that moved forward; True when screens should hear of it."""
    current, outcome = Status(row.status), AttemptOutcome(attempt.outcome)
    latest = attempt.number == row.attempts
    if current.unsent and not (latest or outcome is AttemptOutcome.DELIVERED):
        return False
    if not current.unsent and not latest:
        if before in (AttemptOutcome.NOT_ACCEPTED, AttemptOutcome.UNKNOWN):
            log.error("sent_twice", communication=str(row.id), attempt=str(attempt.id))
        return False
    status = follow(current, outcome)
    if status is current:
        return False
    row.provider_id = attempt.provider_id
    row.sent_at = row.sent_at or now
    row.updated_at = now
    row.batch_id = row.lease_until = None
    row.status, row.reason = status.value, None
    if status is Status.DELIVERED:
        row.settled_at = now
    if status is Status.UNDELIVERED:
        _undelivered(tx, services, row, attempt, now)
    return status is not Status.SENT


def _undelivered(tx: Tx, services: Services, row: Communication, attempt: Attempt, now: datetime) -> None:
    """It was taken and did not arrive."""
    trouble = outcome_of(attempt.code)
    log.info("undelivered", communication=str(row.id), code=attempt.code, verdict=trouble.verdict)
    if trouble.verdict is Verdict.OPTED_OUT:
        opted_out_in(tx, services, row, now)
        return
    if trouble.verdict in (Verdict.BACK_OFF, Verdict.CAPPED, Verdict.STOP_SENDER) and row.sender_id is not None:
        _sender(tx, services, row.sender_id, trouble)
        trouble = ProviderOutcome(Verdict.RETRY, trouble.reason, tries=3)
    if not try_again_in(row, trouble, attempts.failed_with(tx, row.id, attempt.code), now):
        lost_in(tx, services, row, Status.UNDELIVERED, trouble.reason.value, now)


def _sender(tx: Tx, services: Services, sender_id: UUID, trouble: ProviderOutcome) -> None:
    """A receipt that tells of the sender rather than of the message."""
    real_now = services.real_now()
    if trouble.verdict is Verdict.BACK_OFF:
        senders.pause(tx, sender_id, None, real_now)
    elif trouble.verdict is Verdict.CAPPED:
        senders.use_up_day(tx, sender_id, real_now)
    elif senders.stop(tx, sender_id, trouble.reason.value, real_now):
        log.error("sender_stopped", sender=str(sender_id), reason=trouble.reason)
