"""Giving a case to somebody else, or taking it over."""

from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.case import CaseStatus, Move
from followup.domain.errors import Fault, InvalidInput
from followup.services.cases.acknowledge import owning
from followup.services.cases.moves import announce, found_locked_in, move_in, staff_id
from followup.services.cases.words import checked
from followup.services.context import Services
from followup.store import staff
from followup.store.models import Case


def hand_over(
    services: Services,
    clinic_id: UUID,
    case_id: UUID,
    actor: Actor,
    *,
    to: UUID,
    note: str = "",
    version: int | None = None,
) -> Case:
    """Give a case to a member of staff, who has it once they acknowledge it; until then it counts as nobody's.

    Giving it to oneself is taking it over, at once. Raises InvalidInput when there is no such member of staff or the
    note is missing, NotFound, Conflict.
    """
    mine = to == staff_id(actor)
    words = checked(note, "note", required=not mine)
    with services.db.write() as tx:
        receiver = staff.by_id(tx, clinic_id, to)
        if receiver is None or not receiver.active:
            raise InvalidInput(Fault("to", "Choose somebody who works here."))
        before = found_locked_in(tx, clinic_id, case_id)
        if mine:
            values = owning(services, before, to)
        else:
            values = {"status": CaseStatus.OPEN, "owner_id": to, "acknowledged_at": None, "unseen": True}
        case = move_in(
            tx,
            services,
            clinic_id=clinic_id,
            case_id=case_id,
            actor=actor,
            move=Move.HAND_OVER,
            event="handed_over",
            values=values,
            detail={"to": str(to), "from": str(before.owner_id or ""), "words": words},
            version=version,
        )
    announce(services, clinic_id, case_id)
    return case
