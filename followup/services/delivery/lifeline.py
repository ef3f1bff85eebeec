"""Emergency answers and pages leave within seconds though broker and workers are down: the web process sees to it."""

from followup.domain.delivery import Priority
from followup.services.context import Services
from followup.services.delivery.consequences import NOT_TOLD, announce, mark_case_in
from followup.services.delivery.reconcile import reconcile
from followup.services.delivery.send import send_one
from followup.services.delivery.timing import TIMING, Timing
from followup.store import claims, overdue


def look_after_emergencies(services: Services, *, timing: Timing = TIMING) -> int:
    """Send the emergency answers, and the pages by text or mail, that nobody has sent; returns how many were tried.

    1. Claims that no worker took up are freed, and sends whose worker vanished are looked up with the provider. 2. What
    is planned is claimed and sent from here, one by one, whatever the sender's pace: a worker that is quicker makes
    this find nothing. 3. What has not left for certain after half a minute turns its case into "not told: call now".
    """
    now, real_now = services.now(), services.real_now()
    with services.db.read() as tx:
        stuck = overdue.any_urgent_stuck(tx, real_now)
    if stuck:
        with services.db.write() as tx:
            claims.free_expired(tx, real_now)
        reconcile(services, least=Priority.PAGE, timing=timing)
    with services.db.read() as tx:
        waiting = overdue.waiting_urgent(tx, now)
    for communication_id in waiting:
        send_one(services, communication_id, timing=timing)
    tell_who_was_not_told(services, timing=timing)
    return len(waiting)


def tell_who_was_not_told(services: Services, *, timing: Timing = TIMING) -> int:
    """Mark the cases whose emergency answer has not left for certain in time; returns how many were marked now."""
    due_by = services.now() - timing.not_told_after
    with services.db.read() as tx:
        if not overdue.any_emergency_not_out(tx, due_by):
            return 0
    marked = []
    with services.db.write() as tx:
        for row in overdue.emergencies_not_out(tx, due_by, limit=50):
            if mark_case_in(tx, row, NOT_TOLD) is not None:
                marked.append(row)
    for row in marked:
        announce(services, row)
    return len(marked)
