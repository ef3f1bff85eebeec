"""The tick: leases that ran out are freed, and what is due is claimed and handed to the workers."""

import structlog

from followup.services.context import Services
from followup.services.delivery.claim import Batch, claim_batch
from followup.services.delivery.timing import BATCH, MOST_QUEUED, TIMING, Timing
from followup.store import claims, overdue

log = structlog.get_logger(__name__)
SEND_BATCH, SEND_URGENT, RECONCILE = "followup.send_batch", "followup.send_urgent", "followup.reconcile"


def send_due(services: Services, *, timing: Timing = TIMING) -> int:
    """Hand everything that may go now to the workers; returns how many messages. Any number may tick at once.

    Emergencies and pages are claimed and handed over before anything else is looked at. When the broker cannot be
    reached, the batch is given back at once and the tick ends: whoever comes next finds it due.
    """
    real_now = services.real_now()
    with services.db.write() as tx:
        freed = claims.free_expired(tx, real_now)
        doubtful = claims.doubt_expired(tx, real_now)
    if freed or doubtful:
        log.warning("leases_expired", queued=freed, sending=doubtful)
    handed = 0
    while (batch := claim_batch(services, urgent=True, timing=timing)) is not None:
        if not _hand_over(services, batch):
            return handed
        handed += batch.size
    with services.db.read() as tx:
        room = MOST_QUEUED - claims.in_flight(tx)
        look = overdue.any_doubtful(tx, real_now)
    while room > 0 and (batch := claim_batch(services, urgent=False, size=min(BATCH, room), timing=timing)) is not None:
        if not _hand_over(services, batch):
            break
        handed += batch.size
        room -= batch.size
    if look:
        services.queue.wake(RECONCILE)
    return handed


def _hand_over(services: Services, batch: Batch) -> bool:
    if services.queue.wake(SEND_URGENT if batch.urgent else SEND_BATCH, str(batch.id)):
        return True
    with services.db.write() as tx:
        claims.give_back(tx, batch.id)
    log.warning("batch_given_back", batch=str(batch.id), size=batch.size)
    return False
