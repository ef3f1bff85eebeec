"""Messages that were kept long enough are taken away, a little at each round, so that nobody waits for it."""

import time
from collections.abc import Callable
from functools import partial

import structlog

from followup.domain.retention import DETAILS, retention
from followup.services.context import Services
from followup.store import clinics
from followup.store import retention as kept
from followup.store.database import Tx

log = structlog.get_logger(__name__)
_BATCH = 1000
_PATIENCE = 2.0  # seconds of one round


def let_go(services: Services, *, batch: int = _BATCH, patience: float = _PATIENCE) -> int:
    """Take away what is past its time, in transactions of their own, for about `patience` seconds; says how many rows.

    The details of deliveries go first: they are the most and the soonest. Two processes at once do no harm, since a
    row goes once.
    """
    ends, now = time.monotonic() + patience, services.now()
    gone = _drop(services, ends, batch, lambda tx: kept.drop_details(tx, services.real_now() - DETAILS, batch))
    with services.db.read() as tx:
        every = [(clinic.id, now - retention(clinic.settings).messages) for clinic in clinics.all_clinics(tx)]
    for clinic_id, before in every:
        drop = partial(kept.drop_messages, clinic_id=clinic_id, before=before, limit=batch)
        gone += _drop(services, ends, batch, drop)
    if gone:
        log.info("let_go", rows=gone)
    return gone


def _drop(services: Services, ends: float, batch: int, work: Callable[[Tx], int]) -> int:
    gone = 0
    while time.monotonic() < ends:
        with services.db.write() as tx:
            found = work(tx)
        gone += found
        if found < batch:
            break
    return gone
