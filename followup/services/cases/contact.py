"""Recording that a patient was called or seen, or that it was tried."""

from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.case import CaseStatus, Move
from followup.domain.contact import ContactHow, ContactOutcome
from followup.domain.errors import Fault, InvalidInput
from followup.services.cases.acknowledge import owning
from followup.services.cases.moves import announce, found_locked_in, move_in, staff_id
from followup.services.cases.words import checked
from followup.services.context import Services
from followup.store.models import Case


def contact(
    services: Services,
    clinic_id: UUID,
    case_id: UUID,
    actor: Actor,
    *,
    how: str,
    outcome: str,
    words: str = "",
    version: int | None = None,
) -> Case:
    """Record a contact or a try. Contact stops the clock, a try does not; a case without an owner becomes the actor's.

    Raises InvalidInput for an unknown `how` or `outcome`, NotFound, Conflict.
    """
    faults: list[Fault] = []
    if how not in set(ContactHow):
        faults.append(Fault("how", f"{how!r} is not one of {', '.join(ContactHow)}"))
    if outcome not in set(ContactOutcome):
        faults.append(Fault("outcome", f"{outcome!r} is not one of {', '.join(ContactOutcome)}"))
    if faults:
        raise InvalidInput(faults)
    said = checked(words, "words", required=False)
    reached = ContactOutcome(outcome).reached
    now = services.now()
    with services.db.write() as tx:
        before = found_locked_in(tx, clinic_id, case_id)
        free = before.status == CaseStatus.OPEN and before.owner_id is None
        values = {
            **(owning(services, before, staff_id(actor)) if free else {}),
            **({"waiting_since": None, "contacted_at": now, "next_page_at": None, "unseen": False} if reached else {}),
        }
        case = move_in(
            tx,
            services,
            clinic_id=clinic_id,
            case_id=case_id,
            actor=actor,
            move=Move.CONTACT,
            event="contact",
            values=values,
            detail={"how": how, "outcome": outcome, "words": said},
            version=version,
        )
    announce(services, clinic_id, case_id)
    return case
