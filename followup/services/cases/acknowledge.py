"""Making a case one's own: this one, or whatever is most pressing."""

from typing import Any
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus, Move
from followup.domain.errors import Conflict
from followup.domain.escalation import CLAIM_BUYS
from followup.services.cases.moves import announce, found_in, move_in, staff_id
from followup.services.context import Services
from followup.store import case_queue
from followup.store.database import Tx
from followup.store.models import Case

# How many rows "next" tries when others are quicker each time.
_NEXT_TRIES = 20


def owning(services: Services, acuity: str, owner: UUID | None) -> dict[str, Any]:
    """The columns that say that somebody has taken a case; an emergency's page waits a little for its owner."""
    now = services.now()
    return {
        "status": CaseStatus.ACKNOWLEDGED,
        "owner_id": owner,
        "acknowledged_at": now,
        "unseen": False,
        **({"next_page_at": now + CLAIM_BUYS} if acuity == Acuity.EMERGENCY else {}),
    }


def acknowledge(services: Services, clinic_id: UUID, case_id: UUID, actor: Actor) -> Case:
    """Take a case that nobody has taken. The loser of a race gets a Conflict that names who was first and when."""
    with services.db.write() as tx:
        case = _acknowledge_in(tx, services, clinic_id, case_id, actor)
    announce(services, clinic_id, case_id)
    return case


def _acknowledge_in(tx: Tx, services: Services, clinic_id: UUID, case_id: UUID, actor: Actor) -> Case:
    me = staff_id(actor)
    return move_in(
        tx,
        services,
        clinic_id=clinic_id,
        case_id=case_id,
        actor=actor,
        move=Move.ACKNOWLEDGE,
        event="acknowledged",
        values=owning(services, found_in(tx, clinic_id, case_id).acuity, me),
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
