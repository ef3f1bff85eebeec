"""What is done again and again so that nothing stays lying: the sweep, the audit chain, signs of life."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from followup.domain.delivery import Kind, Status
from followup.domain.errors import GatewayError
from followup.domain.provider_outcomes import SendReason
from followup.services import imports
from followup.services.alarms import GAP_FOUND, look_for_alarms
from followup.services.checkin.answering import send_left_lying
from followup.services.context import Services
from followup.services.daily_summary import send_summaries
from followup.services.delivery.consequences import announce, lost_in
from followup.services.delivery.lifeline import tell_who_was_not_told
from followup.services.delivery.outgoing import end
from followup.services.escalation import coverage
from followup.services.replies import gaps
from followup.services.replies.receive import read_waiting
from followup.services.retention import let_go
from followup.services.silence import look_for_silence
from followup.store import audit, checkins, overdue, signs

log = structlog.get_logger(__name__)
_MISSED_AT_ONCE = 500
_GAPS_OVERLAP = timedelta(minutes=15)
_GAPS_FIRST = timedelta(days=1)
_AHEAD_EVERY = timedelta(minutes=5)
_FORGET_AFTER = timedelta(days=1)
_FORGET_TRIES_AFTER = timedelta(days=90)
GAPS = "gaps"
AHEAD = "coverage"


def sweep(services: Services) -> None:
    """Go round once. One part that fails does not keep the others from being done."""
    parts: tuple[Callable[[Services], object], ...] = (
        lambda services: read_waiting(services, services.now() - services.timing.unread_after),
        send_left_lying,
        tell_who_was_not_told,
        settle_missed,
        imports.wake_waiting,
        lambda services: services.queue.wake("followup.fetch_media"),
        look_for_gaps,
        look_for_silence,
        look_ahead,
        look_for_alarms,
        send_summaries,
        forget_the_gone,
        let_go,
    )
    for part in parts:
        try:
            part(services)
        except Exception as error:  # the next round comes, and the other parts must be done in this one
            log.error("sweep_part_failed", part=getattr(part, "__name__", "part"), error=type(error).__name__)


def settle_missed(services: Services) -> int:
    """Skip what could not leave while it was useful (a sender that stayed stopped, an outage); returns how many."""
    now = services.now()
    with services.db.write() as tx:
        rows = overdue.missed(tx, now, limit=_MISSED_AT_ONCE)
        for row in rows:
            if row.kind == Kind.STEP:
                end(row, Status.SKIPPED, SendReason.MISSED.value, now)
            else:
                lost_in(tx, services, row, Status.SKIPPED, SendReason.MISSED.value, now)
    for row in rows:
        if row.case_id is not None:
            announce(services, row)
    if rows:
        log.warning("messages_missed", count=len(rows))
    return len(rows)


def look_for_gaps(services: Services, *, at_once: bool = False) -> int | None:
    """Receive replies that the provider holds and we do not, every few minutes or `at_once`; says how many there were.

    None when the provider's list could not be had. Looks back to the last look that succeeded, with an overlap, because
    the list may lag.
    """
    real_now = services.real_now()
    with services.db.read() as tx:
        last = signs.when(tx, GAPS)
    if services.sms is None or (not at_once and last is not None and real_now - last < services.timing.gaps_every):
        return 0
    try:
        found = gaps.fill_gaps(services, last - _GAPS_OVERLAP if last is not None else real_now - _GAPS_FIRST)
    except GatewayError as error:
        log.warning("gaps_not_looked_for", error=error.code)
        return None
    with services.db.write() as tx:
        signs.write(tx, GAPS, real_now, {"found": found})
        if found:
            signs.write(tx, GAP_FOUND, real_now, {"found": found})
    return found


def look_ahead(services: Services) -> int:
    """Tell administrators of hours ahead without anybody to page, every few minutes; returns how many mails."""
    real_now = services.real_now()
    with services.db.write() as tx:
        last = signs.when(tx, AHEAD)
        if last is not None and real_now - last < _AHEAD_EVERY:
            return 0
        signs.write(tx, AHEAD, real_now)
    return coverage.warn_of_gaps(services)


def forget_the_gone(services: Services) -> None:
    """Forget processes that have not been seen for a day, and tries at links that have long been over."""
    with services.db.write() as tx:
        checkins.forget_tries(tx, services.real_now() - _FORGET_TRIES_AFTER)
        signs.forget_before(tx, services.real_now() - _FORGET_AFTER)


def give_sign(services: Services, name: str) -> None:
    """Note that a process of that name is alive."""
    with services.db.write() as tx:
        signs.write(tx, name, services.real_now())


def seal_audit(services: Services) -> int:
    """Chain the audit entries that wait for it; returns how many."""
    return audit.seal_waiting(services.db)
