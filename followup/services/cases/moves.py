"""What every move on a case has in common: it is legal, nobody was quicker, it is recorded, and screens hear of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from followup.domain.actor import Actor, ActorKind
from followup.domain.case import CaseStatus, Move, legal_from, require_legal
from followup.domain.errors import Conflict, NotFound
from followup.domain.hours import local
from followup.services.context import Services
from followup.store import audit, case_events, cases, clinics, staff
from followup.store.database import Tx
from followup.store.models import Case


def found_in(tx: Tx, clinic_id: UUID, case_id: UUID) -> Case:
    """A case of this clinic. Raises NotFound."""
    case = cases.by_id(tx, clinic_id, case_id)
    if case is None:
        raise NotFound("There is no such case here.")
    return case


def found_locked_in(tx: Tx, clinic_id: UUID, case_id: UUID) -> Case:
    """A case of this clinic, held until the transaction ends, so that what is decided on it holds. Raises NotFound."""
    case = cases.locked(tx, clinic_id, case_id)
    if case is None:
        raise NotFound("There is no such case here.")
    return case


def staff_id(actor: Actor) -> UUID | None:
    """The member of staff who acts, or None for a machine or the operator."""
    return actor.id if actor.kind is ActorKind.STAFF else None


def name_of(tx: Tx, clinic_id: UUID, staff_member: UUID | None) -> str:
    """The name of a member of staff for a sentence."""
    found = staff.by_id(tx, clinic_id, staff_member) if staff_member else None
    return found.name if found else "someone else"


def move_in(
    tx: Tx,
    services: Services,
    *,
    clinic_id: UUID,
    case_id: UUID,
    actor: Actor,
    move: Move,
    event: str,
    values: Mapping[str, Any],
    detail: Mapping[str, Any] | None = None,
    fields: Sequence[str] = (),
    version: int | None = None,
    free_for: UUID | Literal["anyone"] | None = "anyone",
) -> Case:
    """Make a move in this transaction: one conditional update, an event and an audit entry.

    `version` is what the actor last saw: when something came in since, Conflict says so and nothing is changed. Raises
    NotFound, or Conflict when the case's status does not allow the move or someone else was first.
    """
    now = services.now()
    done = cases.change(
        tx,
        clinic_id,
        case_id,
        statuses=sorted(legal_from(move)),
        version=version,
        free_for=free_for,
        values={**values, "updated_at": now},
    )
    if not done:
        raise refusal_in(tx, clinic_id, case_id, move)
    case_events.add(tx, clinic_id, case_id, event, actor, now, detail)
    audit.record(
        tx,
        clinic_id=clinic_id,
        at=now,
        actor=actor,
        action=move.value,
        object_kind="case",
        object_id=case_id,
        fields=fields or sorted(values),
    )
    tx.flush()
    return found_in(tx, clinic_id, case_id)


def refusal_in(tx: Tx, clinic_id: UUID, case_id: UUID, move: Move) -> Conflict:
    """Why a move changed nothing: who was first and what they did. Raises NotFound when there is no such case."""
    case = found_in(tx, clinic_id, case_id)
    status = CaseStatus(case.status)
    if status is CaseStatus.RESOLVED and move is not Move.REOPEN:
        who = name_of(tx, clinic_id, case.resolved_by)
        return Conflict(f"{who} resolved this case{_when(tx, case, case.resolved_at)}. Reopen it to go on.")
    if move is Move.ACKNOWLEDGE and case.owner_id is not None:
        who = name_of(tx, clinic_id, case.owner_id)
        if status is CaseStatus.OPEN:
            return Conflict(f"This case was handed over to {who}. Take it over to make it yours.")
        return Conflict(
            f"{who} was first: they acknowledged this case{_when(tx, case, case.acknowledged_at)}. Nothing was changed."
        )
    try:
        require_legal(move, status)
    except Conflict as refused:
        return refused
    return Conflict("Something came in or was changed since you opened this case. Look at it again, then decide.")


def _when(tx: Tx, case: Case, at: datetime | None) -> str:
    clinic = clinics.by_id(tx, case.clinic_id)
    if at is None or clinic is None:
        return ""
    return f" at {local(at, clinic.zone):%H:%M on %A %-d %B}"


def announce(services: Services, clinic_id: UUID, case_id: UUID) -> None:
    """Tell open screens, once the change is kept."""
    services.queue.announce(clinic_id, "queue")
    services.queue.announce(clinic_id, f"case:{case_id}")
