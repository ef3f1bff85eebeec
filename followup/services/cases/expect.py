"""A nurse marks what is to be expected of a patient for a while, and takes it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.acuity import Acuity
from followup.domain.errors import Conflict, Fault, InvalidInput, NotFound
from followup.domain.expected import Topic, expected_until
from followup.domain.plan_moves import ends_at
from followup.services.cases.moves import announce, found_locked_in
from followup.services.cases.words import checked
from followup.services.context import Services
from followup.services.names import names_in
from followup.services.recovery import protocol_of
from followup.store import audit, case_events, cases, expectations, patients, procedures, protocols
from followup.store.database import Tx
from followup.store.models import Expectation

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that is expected of a patient, and by whom."""

    id: UUID
    topic: str
    until: datetime
    who: str
    note: str


def expect(
    services: Services,
    clinic_id: UUID,
    case_id: UUID,
    actor: Actor,
    *,
    topic: str,
    until: str,
    note: str = "",
) -> Expectation:
    """Mark a `Topic` as expected through a day (ISO 8601): routine replies about it alone stay out of the queue.

    Raises InvalidInput, NotFound, and Conflict for an emergency, a case without a procedure, and a thing that is
    expected already.
    """
    if topic not in set(Topic):
        raise InvalidInput(Fault("topic", "Choose what is to be expected."))
    words = checked(note, "note", required=False, longest=_LONGEST)
    now = services.now()
    with services.db.write() as tx:
        case = found_locked_in(tx, clinic_id, case_id)
        if case.acuity == Acuity.EMERGENCY:
            raise Conflict("This is an emergency; nothing of it can be marked as expected.")
        procedure = procedures.by_id(tx, clinic_id, case.procedure_id) if case.procedure_id else None
        patient = patients.by_id(tx, clinic_id, case.patient_id) if case.patient_id else None
        version = protocols.by_id(tx, clinic_id, procedure.protocol_version_id) if procedure else None
        protocol = protocol_of(services, version)
        if procedure is None or patient is None or protocol is None:
            raise Conflict("This case belongs to no plan of a patient we know.")
        ends = ends_at(protocol, procedure.performed_at, patient.timezone)
        till = expected_until(until, ends, patient.timezone, now)
        expectations.close_the_past(tx, clinic_id, procedure.id, topic, now)
        row = Expectation(
            clinic_id=clinic_id,
            patient_id=patient.id,
            procedure_id=procedure.id,
            case_id=case.id,
            topic=topic,
            until=till,
            note=words,
            actor=str(actor),
            since=now,
        )
        if not expectations.add(tx, row):
            raise Conflict(f"{topic.capitalize()} is expected of this patient already; end that first.")
        detail = {"topic": topic, "day": until.strip(), "words": words}
        case_events.add(tx, clinic_id, case.id, "expected", actor, now, detail)
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="expect", object_kind="case", object_id=case.id,
            fields=["expected"],
        )  # fmt: skip
        tx.flush()
    announce(services, clinic_id, case_id)
    return row


def end_expectation(
    services: Services, clinic_id: UUID, case_id: UUID, actor: Actor, *, expectation_id: UUID
) -> None:  # fmt: skip
    """End a mark at once. Raises NotFound, and Conflict when it had ended."""
    now = services.now()
    with services.db.write() as tx:
        case = found_locked_in(tx, clinic_id, case_id)
        row = expectations.by_id(tx, clinic_id, expectation_id)
        if row is None or row.patient_id != case.patient_id:
            raise NotFound("There is no such mark here.")
        if not expectations.end(tx, clinic_id, expectation_id, actor, now):
            raise Conflict("This is not expected any more.")
        case_events.add(tx, clinic_id, case.id, "expected_ended", actor, now, {"topic": row.topic})
        audit.record(
            tx, clinic_id=clinic_id, at=now, actor=actor, action="expect_end", object_kind="case", object_id=case.id,
            fields=["expected"],
        )  # fmt: skip
    announce(services, clinic_id, case_id)


def expected_of(services: Services, clinic_id: UUID, case_id: UUID) -> tuple[Expected, ...]:
    """What is expected now of the patient of a case. Raises NotFound."""
    with services.db.read() as tx:
        case = cases.by_id(tx, clinic_id, case_id)
        if case is None:
            raise NotFound("There is no such case.")
        return standing_in(tx, clinic_id, case.procedure_id, services.now())


def standing_in(tx: Tx, clinic_id: UUID, procedure_id: UUID | None, now: datetime) -> tuple[Expected, ...]:
    """What is expected of a procedure's patient now."""
    rows = expectations.standing(tx, clinic_id, procedure_id, now) if procedure_id else []
    names = names_in(tx, clinic_id, {row.actor for row in rows})
    return tuple(Expected(row.id, row.topic, row.until, names.get(row.actor, row.actor), row.note) for row in rows)
