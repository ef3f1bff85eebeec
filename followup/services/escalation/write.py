"""Pages are written down, each once: a text or mail as a communication, a call or post as a row of its own."""

from datetime import datetime
from uuid import UUID

from followup.domain.delivery import Channel, Kind, Status
from followup.domain.ladder import PageChannel
from followup.domain.paging import ANSWERS_WITHIN, page_key
from followup.services import outbox
from followup.services.context import Services
from followup.services.escalation.reach import Target
from followup.services.escalation.words import written_in
from followup.store import pages
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.models import Case, Clinic, Page

_WRITTEN = {PageChannel.SMS: Channel.SMS, PageChannel.EMAIL: Channel.EMAIL}


def page_in(
    tx: Tx,
    services: Services,
    *,
    clinic: Clinic,
    case: Case | None,
    drill_id: UUID | None,
    climb: int,
    rung: int,
    target: Target,
    now: datetime,
) -> Page | None:
    """One page, due now; None when the same one was written before. Nothing is sent here.

    Exactly one of `case` and `drill_id` is given.
    """
    subject = case.id if case is not None else drill_id
    assert subject is not None
    page = Page(
        id=new_id(),
        clinic_id=clinic.id,
        case_id=case.id if case is not None else None,
        drill_id=drill_id,
        climb=climb,
        rung=rung,
        staff_id=target.staff_id,
        webhook_id=None if target.staff_id else target.to,
        channel=target.channel.value,
        dedupe_key=page_key(subject=subject, climb=climb, channel=target.channel, to=target.to),
        to_address=target.address if target.channel is PageChannel.CALL else None,
        # A text or mail is queued for good here: what becomes of it stands on its communication.
        status=(Status.QUEUED if target.channel in _WRITTEN else Status.PLANNED).value,
        due_at=now,
        created_at=now,
    )
    if not pages.add_once(tx, page):
        return None
    if target.channel in _WRITTEN:
        channel = _WRITTEN[target.channel]
        words = written_in(tx, services, clinic=clinic, page=page, case=case, language=target.language, channel=channel)
        written = outbox.write_in(
            tx,
            services,
            clinic=clinic,
            kind=Kind.PAGE,
            channel=channel,
            to_address=target.address,
            language=target.language,
            body=words.text,
            subject=words.subject,
            html=words.html,
            dedupe_key=f"page:{page.id}",
            case_id=page.case_id,
            staff_id=page.staff_id,
            expires_at=now + ANSWERS_WITHIN,
            now=now,
        )
        assert written is not None  # the page itself is new
        page.communication_id = written.id
        tx.flush()
    return page
