"""Writing a note that only staff see."""

from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.case import Move
from followup.services.cases.moves import announce, move_in
from followup.services.cases.words import checked
from followup.services.context import Services
from followup.store.models import Case


def note(services: Services, clinic_id: UUID, case_id: UUID, actor: Actor, *, text: str) -> Case:
    """Add a note, whatever the case's status. Raises InvalidInput, NotFound."""
    words = checked(text, "text", required=True)
    with services.db.write() as tx:
        case = move_in(
            tx,
            services,
            clinic_id=clinic_id,
            case_id=case_id,
            actor=actor,
            move=Move.NOTE,
            event="note",
            values={},
            detail={"words": words},
            fields=["note"],
        )
    announce(services, clinic_id, case_id)
    return case
