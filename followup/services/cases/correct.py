"""Correcting how a reply was read: kept as data beside the reading, and what it does to the case of the reply."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.case import CaseStatus, Move
from followup.domain.correction import corrected, lowered
from followup.domain.errors import Conflict, Fault, InvalidInput, NotFound
from followup.domain.escalation import first_page_at, respond_by
from followup.services.cases import intake
from followup.services.cases.moves import announce, found_locked_in, move_in
from followup.services.cases.words import checked
from followup.services.context import Services
from followup.store import audit, case_events, case_replies, cases, corrections, replies, reviews
from followup.store.database import Tx
from followup.store.models import Case, Correction, Reply

REASON = "corrected"
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was written down, and the case that the reply belongs to now, if any."""

    correction: Correction
    case_id: UUID | None


def correct(
    services: Services,
    clinic_id: UUID,
    reply_id: UUID,
    actor: Actor,
    *,
    acuity: str,
    reason: str,
    lower_case: bool = False,
    version: int | None = None,
    case_id: UUID | None = None,
) -> Corrected:
    """Say what the acuity of a reply should have been, and why; the stored reading stays as it was.

    Upward, a reply without a case opens or joins one, and a case that is lower is raised (a resolved one is reopened).
    Downward, its case changes only with `lower_case`, and never below its other replies; `version` is what the actor
    saw of the case then. Raises NotFound (also for a reply that is not of `case_id`), InvalidInput, Conflict.
    """
    words = checked(reason, "reason", required=True, longest=_LONGEST)
    now = services.now()
    with services.db.write() as tx:
        reply = replies.by_id(tx, clinic_id, reply_id)
        if reply is None or case_id not in (None, reply.case_id):
            raise NotFound("There is no such reply here.")
        if reply.status == "received":
            raise Conflict("This reply is being read just now; try again in a moment.")
        case = found_locked_in(tx, clinic_id, reply.case_id) if reply.case_id else None
        stood = corrections.standing(tx, reply)
        to = corrected(acuity, stood)
        detail = {"reply_id": str(reply.id), "from": stood.value, "to": to.value, "words": words}
        if lower_case and (case is None or to.rank >= Acuity(case.acuity).rank or to.rank >= stood.rank):
            raise InvalidInput(Fault("lower_case", "This correction does not lower the case; leave that box empty."))
        alone = case is None
        if case is None:
            case = _open_in(tx, services, reply, to, detail, actor, now) if to.queued else None
        elif lower_case:
            case = _lower_in(tx, services, case, reply, to, detail, actor, version)
        elif to.rank > Acuity(case.acuity).rank:
            case = _raise_in(tx, services, case, reply, to, detail, actor, now)
        else:
            _note_in(tx, services, case, detail, actor)
        made = corrections.add(
            tx, reply, case_id=case.id if case else None, opened=alone and case is not None, stood=stood, to=to,
            reason=words, actor=actor, at=now,
        )  # fmt: skip
        reviews.settle(tx, clinic_id, reply.id, reviews.CORRECTED, actor, now)
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="correct", object_kind="reply", object_id=reply.id,
            fields=["acuity"],
        )  # fmt: skip
    if case is not None:
        announce(services, clinic_id, case.id)
    else:
        services.queue.announce(clinic_id, "queue")
    return Corrected(made, case.id if case else None)


def _open_in(
    tx: Tx, services: Services, reply: Reply, to: Acuity, detail: dict[str, Any], actor: Actor, now: datetime
) -> Case:
    """The patient's case (or, for words that nobody could be tied to, the sender's): opened, or joined."""
    case = intake.queue_reply_in(tx, services, reply, to, reason=REASON, now=now)
    case_events.add(tx, reply.clinic_id, case.id, "corrected", actor, now, detail)
    return case


def _raise_in(
    tx: Tx,
    services: Services,
    case: Case,
    reply: Reply,
    to: Acuity,
    detail: dict[str, Any],
    actor: Actor,
    now: datetime,
) -> Case:
    """The case is raised. Its clock runs again, unless the patient was reached after these words.

    Something urgent that was answered in writing stays answered; only contact answers an emergency.
    """
    detail = {**detail, "case_from": case.acuity, "case_to": to.value}
    due = respond_by(to, now, intake.week_of(tx, case.clinic_id))
    running: dict[str, Any] = {
        "waiting_since": case.waiting_since or now,
        "respond_by": min(case.respond_by, due) if case.waiting_since else due,
        "next_page_at": first_page_at(to, min(case.respond_by, due) if case.waiting_since else due, now),
        "rung": 0,
    }
    if case.status == CaseStatus.RESOLVED:
        fresh = {"status": CaseStatus.OPEN, "acuity": to, "unseen": True, "updated_at": now}
        cleared = dict.fromkeys(
            ("owner_id", "acknowledged_at", "contacted_at", "resolved_at", "resolved_by", "disposition")
        )
        done = cases.try_reopen(tx, case.clinic_id, case.id, case.version, {**running, **fresh, **cleared})
        if done is None:
            return _open_in(tx, services, reply, to, detail, actor, now)
        if not done:
            raise Conflict("Somebody changed this case just now; look at it again.")
        case_events.add(tx, case.clinic_id, case.id, "reopened", actor, now, {"reason": REASON})
        case_events.add(tx, case.clinic_id, case.id, "corrected", actor, now, detail)
        tx.flush()
        return found_locked_in(tx, case.clinic_id, case.id)
    reached = case.contacted_at is not None and case.contacted_at >= reply.received_at
    again = not reached and (case.waiting_since is not None or to is Acuity.EMERGENCY)
    values = {"acuity": to, **(running if again else {})}
    return _moved(tx, services, case, values, detail, actor)


def _lower_in(
    tx: Tx,
    services: Services,
    case: Case,
    reply: Reply,
    to: Acuity,
    detail: dict[str, Any],
    actor: Actor,
    version: int | None,
) -> Case:
    """The case is lowered as far as its other replies allow, because somebody said so and why."""
    held = Acuity(case.acuity)
    if case.status == CaseStatus.RESOLVED:
        raise InvalidInput(Fault("lower_case", "This case is resolved; there is nothing to lower."))
    if case.escalated_at is not None:
        raise InvalidInput(Fault("lower_case", "Somebody escalated this case; resolve it when all is done."))
    others = [row for row in case_replies.of_cases(tx, case.clinic_id, [case.id])[case.id] if row.id != reply.id]
    level = lowered(to, [corrections.standing(tx, row) for row in others])
    if level.rank >= held.rank:
        raise InvalidInput(
            Fault("lower_case", f"Other words on this case are {level}; correct those too, or leave the case as it is.")
        )
    since = case.waiting_since or services.now()
    values: dict[str, Any] = {"acuity": level, "next_page_at": None, "rung": 0}
    if case.waiting_since is not None:
        due = respond_by(level, since, intake.week_of(tx, case.clinic_id))
        values |= {"respond_by": due, "next_page_at": first_page_at(level, due, services.now())}
    detail = {**detail, "case_from": held.value, "case_to": level.value}
    return _moved(tx, services, case, values, detail, actor, version)


def _note_in(tx: Tx, services: Services, case: Case, detail: dict[str, Any], actor: Actor) -> None:
    _moved(tx, services, case, {}, detail, actor)


def _moved(
    tx: Tx,
    services: Services,
    case: Case,
    values: dict[str, Any],
    detail: dict[str, Any],
    actor: Actor,
    version: int | None = None,
) -> Case:
    return move_in(
        tx,
        services,
        clinic_id=case.clinic_id,
        case_id=case.id,
        actor=actor,
        move=Move.CORRECT,
        event="corrected",
        values=values,
        detail=detail,
        fields=sorted(values) or ["correction"],
        version=version,
    )
