"""Making a case one's own: this one, or whatever is most pressing."""

from typing import Any
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus, Move
from followup.domain.errors import Conflict
from followup.domain.escalation import next_page_after_claim
from followup.domain.paging import AnsweredBy
from followup.services.cases.moves import announce, found_in, move_in, staff_id
from followup.services.context import Services
from followup.store import case_queue, pages
from followup.store.database import Tx
from followup.store.models import Case

# How many rows "next" tries when others are quicker each time.
_NEXT_TRIES = 20


def owning(services: Services, case: Case, owner: UUID | None) -> dict[str, Any]:
    """The columns that say that somebody has taken a case; the next page waits a little for them, from the first rung.

    A claim buys time and does not stop the clock: who has been reached, or was answered, is not paged for.
    """
    now = services.now()
    return {
        "status": CaseStatus.ACKNOWLEDGED,
        "owner_id": owner,
        "acknowledged_at": now,
        "unseen": False,
        "next_page_at": next_page_after_claim(Acuity(case.acuity), case.respond_by, now) if waits(case) else None,
        "rung": 0,
    }


def waits(case: Case) -> bool:
    """True while people are paged for a case until something happens: nobody has reached or answered the patient."""
    return case.waiting_since is not None and case.contacted_at is None


def acknowledge(services: Services, clinic_id: UUID, case_id: UUID, actor: Actor) -> Case:
    """Take a case that nobody has taken. The loser of a race gets a Conflict that names who was first and when."""
    with services.db.write() as tx:
        case = _acknowledge_in(tx, services, clinic_id, case_id, actor)
    announce(services, clinic_id, case_id)
    return case


def _acknowledge_in(tx: Tx, services: Services, clinic_id: UUID, case_id: UUID, actor: Actor) -> Case:
    me = staff_id(actor)
    if me is not None:
        pages.answer_all(tx, clinic_id, case_id, me, how=AnsweredBy.APP.value, at=services.now())
    return move_in(
        tx,
        services,
        clinic_id=clinic_id,
        case_id=case_id,
        actor=actor,
        move=Move.ACKNOWLEDGE,
        event="acknowledged",
        values=owning(services, found_in(tx, clinic_id, case_id), me),
        free_for=me,
    )


def take_next(services: Services, clinic_id: UUID, actor: Actor) -> Case | None:
    """Take the most pressing case that nobody has; None when there is none. Two people never get the same one.

    1. The top row that is free is read. 2. It is acknowledged by one conditional update. 3. Whoever was slower reads
    again and gets the next.
    """
    for _ in range(_NEXT_TRIES):
        try:
            with services.db.write() as tx:
                top = case_queue.first_free(tx, clinic_id, services.now(), staff_id(actor))
                if top is None:
                    return None
                case = _acknowledge_in(tx, services, clinic_id, top, actor)
        except Conflict:
            continue
        announce(services, clinic_id, case.id)
        return case
    raise Conflict("Others are taking cases just now; try again.")
