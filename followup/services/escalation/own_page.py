"""A page to oneself: it shows that one's own number and address work, and that answering them is understood."""

from datetime import timedelta
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.errors import Conflict, Fault, InvalidInput
from followup.domain.ladder import PageChannel, Rung, Who
from followup.services.context import Services
from followup.services.escalation.climb import SEND_PAGES
from followup.services.escalation.reach import roll_in
from followup.services.escalation.write import page_in
from followup.store import audit, pages
from followup.store.ids import new_id
from followup.store.models import Drill

# One's telephone rings at most this often by a press of this button.
_PAUSE = timedelta(minutes=1)


def page_myself(services: Services, clinic_id: UUID, staff_id: UUID, actor: Actor) -> None:
    """Page one person over everything that they can be paged on, once a channel; a drill of one.

    Raises InvalidInput where nothing reaches them, Conflict right after another one.
    """
    now = services.now()
    with services.db.write() as tx:
        last = pages.last_test(tx, clinic_id, staff_id)
        if last is not None and now < last.started_at + _PAUSE:
            raise Conflict("A test page has just gone out. Wait a minute.")
        roll = roll_in(tx, services, clinic_id)
        channels = tuple(one for one in PageChannel if one is not PageChannel.WEBHOOK)
        targets = roll.rung(Rung(timedelta(0), Who.STAFF, channels, staff_id=staff_id), now).targets
        if not targets:
            raise InvalidInput(Fault("pages", "There is no number or address of yours that this clinic can page."))
        drill = Drill(id=new_id(), clinic_id=clinic_id, started_at=now, started_by=str(actor), only=staff_id, plan=[])
        pages.add_drill(tx, drill)
        for target in targets:
            page_in(
                tx, services, clinic=roll.clinic, case=None, drill_id=drill.id, climb=0, rung=0, target=target, now=now
            )
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="page.test", object_kind="drill", object_id=drill.id,
        )  # fmt: skip
    services.queue.wake("followup.send_due")
    services.queue.wake(SEND_PAGES)
