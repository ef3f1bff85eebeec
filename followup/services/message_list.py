"""The clinic's messages in both directions, as other systems read them: newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.delivery import Status
from followup.domain.errors import Fault, InvalidInput
from followup.services.context import Services
from followup.store import audit, message_list
from followup.store.message_list import Filter
from followup.store.models import Communication, Reply

MOST = 200
INBOUND = ("received", "read", "unreadable")


@dataclass(frozen=True, slots=True)
class Listed:
    """One message: exactly one of the two is there."""

    outbound: Communication | None = None
    inbound: Reply | None = None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page; `next_before` is where the next one begins, None on the last."""

    items: Sequence[Listed]
    next_before: UUID | None


def list_messages(
    services: Services,
    clinic_id: UUID,
    actor: Actor,
    *,
    status: str | None = None,
    direction: str | None = None,
    procedure_id: UUID | None = None,
    patient_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> MessagePage:
    """Messages that fit every given filter. The look is audited. Raises InvalidInput for a filter that is none."""
    known = [*(one.value for one in Status), *INBOUND]
    faults: list[Fault] = []
    if status is not None and status not in known:
        faults.append(Fault("status", f"{status!r} is not a status; choose from {', '.join(known)}"))
    if direction not in (None, "inbound", "outbound"):
        faults.append(Fault("direction", f"{direction!r} is neither inbound nor outbound"))
    if not 1 <= limit <= MOST:
        faults.append(Fault("limit", f"{limit} is not between 1 and {MOST}"))
    if faults:
        raise InvalidInput(faults)
    found: list[tuple[UUID, Listed]] = []
    wanted = Filter(status, procedure_id, patient_id, before, limit + 1)
    with services.db.write() as tx:
        if direction != "inbound":
            found += [(row.id, Listed(outbound=row)) for row in message_list.outbound(tx, clinic_id, wanted)]
        if direction != "outbound":
            found += [(row.id, Listed(inbound=row)) for row in message_list.inbound(tx, clinic_id, wanted)]
        audit.record(
            tx,
            clinic_id=clinic_id,
            at=services.now(),
            actor=actor,
            action="communications.look",
            object_kind="procedure" if procedure_id else "patient" if patient_id else "clinic",
            object_id=procedure_id or patient_id or clinic_id,
        )
    found.sort(key=lambda each: each[0], reverse=True)
    return MessagePage([each for _, each in found[:limit]], found[limit - 1][0] if len(found) > limit else None)
