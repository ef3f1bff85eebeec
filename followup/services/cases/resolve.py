"""Closing a case with what care was advised, and opening it again."""

from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus, Disposition, Move
from followup.domain.errors import Conflict, Fault, InvalidInput
from followup.domain.escalation import first_page_at, respond_by
from followup.services.cases.intake import week_of
from followup.services.cases.moves import announce, found_locked_in, move_in, refusal_in, staff_id
from followup.services.cases.words import checked
from followup.services.context import Services
from followup.store import audit, case_events, cases
from followup.store.models import Case


def resolve(
    services: Services,
    clinic_id: UUID,
    case_id: UUID,
    actor: Actor,
    *,
    disposition: str,
    note: str = "",
    version: int | None = None,
    confirm: bool = False,
) -> Case:
    """Close a case with a disposition.

    Words that nobody has looked at yet are not closed away: without `version` (what the actor saw) a case with
    something unseen is refused until `confirm` is given; with a `version`, anything that came in since is a Conflict.
    An emergency that no contact was recorded for needs a note that says why. Raises InvalidInput, NotFound, Conflict.
    """
    faults: list[Fault] = []
    if disposition not in set(Disposition):
        faults.append(
            Fault("disposition", "Choose what was advised." if not disposition else f"{disposition!r} is not one of "
                  + ", ".join(Disposition))
        )  # fmt: skip
    words = checked(note, "note", required=False)
    now = services.now()
    with services.db.write() as tx:
        before = found_locked_in(tx, clinic_id, case_id)
        if before.status != CaseStatus.RESOLVED:
            never_reached = before.acuity == Acuity.EMERGENCY and before.contacted_at is None
            if never_reached and not words:
                faults.append(
                    Fault("note", "No contact with the patient is recorded for this emergency. Record it, or say why.")
                )
            if faults:
                raise InvalidInput(faults)
            if version is None and before.unseen and not confirm:
                raise Conflict("Something came in that nobody has looked at yet. Look first, or confirm.")
        case = move_in(
            tx,
            services,
            clinic_id=clinic_id,
            case_id=case_id,
            actor=actor,
            move=Move.RESOLVE,
            event="resolved",
            values={
                "status": CaseStatus.RESOLVED,
                "resolved_at": now,
                "resolved_by": staff_id(actor),
                "disposition": disposition,
                "waiting_since": None,
                "unseen": False,
                "next_page_at": None,
            },
            detail={"disposition": disposition, "words": words},
            version=version,
        )
    announce(services, clinic_id, case_id)
    return case


def reopen(
    services: Services, clinic_id: UUID, case_id: UUID, actor: Actor, *, reason: str = "", version: int | None = None
) -> Case:
    """Put a resolved case back into the queue, where anyone may take it, with a new clock.

    Raises NotFound, and Conflict when it is not resolved or its patient has another open case by now.
    """
    words = checked(reason, "reason", required=False)
    now = services.now()
    with services.db.write() as tx:
        before = found_locked_in(tx, clinic_id, case_id)
        acuity = Acuity(before.acuity)
        due = respond_by(acuity, now, week_of(tx, clinic_id))
        done = cases.try_reopen(
            tx,
            clinic_id,
            case_id,
            version,
            {
                "status": CaseStatus.OPEN,
                "owner_id": None,
                "acknowledged_at": None,
                "contacted_at": None,
                "resolved_at": None,
                "resolved_by": None,
                "disposition": None,
                "waiting_since": now,
                "respond_by": due,
                "next_page_at": first_page_at(acuity, due, now),
                "rung": 0,
                "unseen": True,
                "updated_at": now,
            },
        )
        if done is None:
            raise Conflict("This patient has another open case by now; go on there.")
        if not done:
            raise refusal_in(tx, clinic_id, case_id, Move.REOPEN)
        case_events.add(tx, clinic_id, case_id, "reopened", actor, now, {"words": words})
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="reopen", object_kind="case", object_id=case_id,
            fields=["status"],
        )  # fmt: skip
        tx.flush()
        case = found_locked_in(tx, clinic_id, case_id)
    announce(services, clinic_id, case_id)
    return case
