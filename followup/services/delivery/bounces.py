"""A mail server says afterwards that a mail did not arrive."""

import structlog

from followup.domain.attempt import AttemptOutcome
from followup.domain.delivery import Status
from followup.services.context import Services
from followup.services.delivery.consequences import announce, lost_in
from followup.store import attempts, communications
from followup.store.database import Tx
from followup.store.models import Communication

BOUNCED = "the mail server says that the address does not take mail"
log = structlog.get_logger(__name__)


def record_bounce(services: Services, message_id: str, *, permanent: bool) -> bool:
    """Settle the mail that a bounce names; False when it is none of ours. A repeat changes nothing.

    A temporary failure (status 4.x.x) is only noted: the mail server goes on trying, and says so when it gives up.
    """
    now = services.now()
    with services.db.write() as tx:
        row = communications.by_message_id(tx, message_id)
        if row is None:
            return False
        if not permanent or row.status not in (Status.SENT, Status.UNKNOWN, Status.DELIVERED):
            return True
        _mark_attempt(tx, row)
        lost_in(tx, services, row, Status.UNDELIVERED, BOUNCED, now)
        log.info("mail_bounced", communication=str(row.id))
    announce(services, row)
    services.queue.wake("followup.send_due")
    return True


def _mark_attempt(tx: Tx, row: Communication) -> None:
    latest = attempts.latest_of(tx, [row.id]).get(row.id)
    if latest is not None:
        latest.outcome = AttemptOutcome.UNDELIVERED.value
