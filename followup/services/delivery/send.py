"""A batch is sent: looked at, handed over with no transaction open, and settled as the answers come."""

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from followup.domain.delivery import Status
from followup.services.context import Services
from followup.services.delivery.claim import claim_one
from followup.services.delivery.consequences import announce
from followup.services.delivery.handover import hand_over
from followup.services.delivery.prepare import prepare
from followup.services.delivery.settle import settle
from followup.services.delivery.timing import TIMING, Timing
from followup.store import communications

log = structlog.get_logger(__name__)
# Seconds between tries while the database is away or two transactions had to be parted.
_PAUSES = (0.05, 0.2, 1.0, 3.0, 6.0)
T = TypeVar("T")


def send_batch(services: Services, batch_id: UUID, *, timing: Timing = TIMING) -> int:
    """Send a batch that was claimed; returns how many messages were handed over (0 for a repeated broker message).

    1. `prepare` takes the rows and writes every attempt down, in one transaction. 2. The messages are handed over side
    by side while no transaction is open. 3. Outcomes are settled in small transactions as they come. A crash between
    2 and 3 leaves rows in `sending` whose lease runs out; they are looked up with the provider, never blindly resent.
    """
    prepared = _patiently(lambda: prepare(services, batch_id, timing=timing))
    for row in prepared.lost:
        announce(services, row)
    for outcomes in hand_over(services, prepared.outgoing, timing):
        _patiently(partial(settle, services, outcomes, timing=timing))
    return len(prepared.outgoing)


def _patiently(work: Callable[[], T]) -> T:
    """Do it again after a moment when the database could not: what is known of the provider's answers is worth it.

    Both steps may be repeated, since each asks for the status that it starts from. What still fails after the last try
    is left to the leases.
    """
    for pause in _PAUSES:
        try:
            return work()
        except OperationalError as error:
            log.warning("database_trouble", error=type(error.orig).__name__)
            time.sleep(pause)
    return work()


def send_one(services: Services, communication_id: UUID, *, timing: Timing = TIMING) -> Status | None:
    """Claim and send one message in this process; where it stands afterwards, or None when it does not exist.

    A database that is away for a moment leaves it where it was: planned, or leased to be found again.
    """
    try:
        batch = claim_one(services, communication_id, timing)
        if batch is not None:
            send_batch(services, batch.id, timing=timing)
        with services.db.read() as tx:
            row = communications.peek(tx, communication_id)
            return Status(row.status) if row is not None else None
    except DBAPIError as error:
        log.error("send_now_failed", communication=str(communication_id), error=type(error).__name__)
        return Status.UNKNOWN
