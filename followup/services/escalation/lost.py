"""A page that reaches nobody: the case shows it, and the ladder is climbed at once."""

from datetime import datetime

import structlog

from followup.domain.actor import SYSTEM
from followup.domain.delivery import Channel, Status
from followup.domain.paging import FALLBACK_RUNG, LOST, NOT_OUT_AFTER
from followup.services.context import Services
from followup.store import case_events, contact_points, escalations, ladders, pages, staff
from followup.store.database import Tx
from followup.store.models import Communication, Page

log = structlog.get_logger(__name__)
NOT_OUT = "not_out"
_AT_ONCE = 100


def communication_lost_in(tx: Tx, row: Communication, reason: str, now: datetime) -> None:
    """A text or mail to staff reached nobody; where the carrier says that they said stop, no more are texted."""
    page = pages.of_communication(tx, row.id)
    if page is None:
        return  # an answer to what somebody texted: the screen says the same
    if reason == "opted_out" and row.channel == Channel.SMS and row.to_index is not None:
        contact_points.mark_stopped(tx, row.clinic_id, row.to_index, now)
    page.reason = page.reason or reason
    page.settled_at = now
    tx.flush()
    lost_in(tx, page, reason, now)


def lost_in(tx: Tx, page: Page, reason: str, now: datetime) -> bool:
    """Say on the case that a page reached nobody, and climb at once where it was the last hope of its climb.

    Returns True when the next page is due now. Past the last rung the administrators are next, by email.
    """
    if page.case_id is None:
        return False
    case_events.add(
        tx,
        page.clinic_id,
        page.case_id,
        "page_lost",
        SYSTEM,
        now,
        {"to": name_in(tx, page), "channel": page.channel, "reason": reason},
    )
    return climb_on_in(tx, page, now)


def climb_on_in(tx: Tx, page: Page, now: datetime) -> bool:
    """Climb at once unless another page of the same climb may still be answered."""
    if page.case_id is None or page.rung == FALLBACK_RUNG or _hope(tx, page):
        return False
    last = len(ladders.of_clinic(tx, page.clinic_id)) - 1
    rung = FALLBACK_RUNG if page.rung >= last else None
    return escalations.climb_at_once(tx, page.clinic_id, page.case_id, climb=page.climb + 1, rung=rung, now=now)


def _hope(tx: Tx, page: Page) -> bool:
    """True while another page of this climb is on its way or has arrived, and nobody has passed it on."""
    assert page.case_id is not None
    for other, status, _, _ in pages.of_case(tx, page.clinic_id, page.case_id, climb=page.climb):
        if other.id == page.id or other.declined_at is not None or other.reason == NOT_OUT:
            continue
        if other.staff_id == page.staff_id and page.declined_at is not None:
            continue  # whoever passes a page on passes on all of it
        if Status(status or other.status) not in LOST and other.webhook_id is None:
            return True
    return False


def climb_past_the_unsent(services: Services) -> int:
    """Climb past pages that have not left for certain within half a minute; returns how many. They still may go."""
    now = services.now()
    before = now - NOT_OUT_AFTER
    with services.db.read() as tx:
        if not pages.not_out(tx, before, limit=1):
            return 0
    with services.db.write() as tx:
        late = pages.not_out(tx, before, limit=_AT_ONCE)
        for page in late:
            page.reason = NOT_OUT
        tx.flush()
        for page in late:
            lost_in(tx, page, NOT_OUT, now)
    for page in late:
        log.error("page_not_out", page=str(page.id), channel=page.channel)
        announce(services, page)
    return len(late)


def name_in(tx: Tx, page: Page) -> str:
    """Whom a page is for."""
    if page.staff_id is not None:
        person = staff.by_id(tx, page.clinic_id, page.staff_id)
        return person.name if person is not None else ""
    hook = ladders.webhook(tx, page.clinic_id, page.webhook_id) if page.webhook_id is not None else None
    return hook.name if hook is not None else ""


def announce(services: Services, page: Page) -> None:
    """Tell the clinic's open screens, after the commit."""
    services.queue.announce(page.clinic_id, "queue")
    if page.case_id is not None:
        services.queue.announce(page.clinic_id, f"case:{page.case_id}")
