"""Raising a case: more pressing than the reading said, or more than its owner can do alone."""

from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.case import Move
from followup.domain.errors import Fault, InvalidInput
from followup.domain.escalation import respond_by
from followup.services.cases.intake import week_of
from followup.services.cases.moves import announce, found_locked_in, move_in
from followup.services.cases.words import checked
from followup.services.context import Services
from followup.services.escalation.climb import climb_now
from followup.store.models import Case


def escalate(
    services: Services,
    clinic_id: UUID,
    case_id: UUID,
    actor: Actor,
    *,
    reason: str,
    acuity: str = "",
    version: int | None = None,
) -> Case:
    """Raise a case to `acuity` (by default one step) and have somebody paged now; the clock runs again if it stood.

    Escalating never lowers. Raises InvalidInput for a lower or unknown acuity or a missing reason, NotFound, Conflict.
    """
    words = checked(reason, "reason", required=True)
    now = services.now()
    with services.db.write() as tx:
        before = found_locked_in(tx, clinic_id, case_id)
        held = Acuity(before.acuity)
        to = _wanted(acuity, held)
        since = before.waiting_since or now
        due = respond_by(to, now, week_of(tx, clinic_id))
        case = move_in(
            tx,
            services,
            clinic_id=clinic_id,
            case_id=case_id,
            actor=actor,
            move=Move.ESCALATE,
            event="escalated",
            values={
                "acuity": to,
                "escalated_at": now,
                "next_page_at": now,
                "contacted_at": None,
                "waiting_since": since,
                "respond_by": min(before.respond_by, due) if before.waiting_since else due,
            },
            detail={"from": held.value, "to": to.value, "words": words},
            version=version,
        )
    announce(services, clinic_id, case_id)
    climb_now(services, clinic_id, case_id)
    return case


def _wanted(acuity: str, held: Acuity) -> Acuity:
    if not acuity:
        return Acuity.URGENT if held.rank < Acuity.URGENT.rank else Acuity.EMERGENCY
    if acuity not in (Acuity.EMERGENCY, Acuity.URGENT, Acuity.ROUTINE):
        raise InvalidInput(Fault("acuity", f"{acuity!r} is not one of emergency, urgent, routine"))
    if Acuity(acuity).rank < held.rank:
        raise InvalidInput(Fault("acuity", f"This case is {held}; escalating cannot lower it."))
    return Acuity(acuity)
