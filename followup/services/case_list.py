"""Cases as other systems read them: with patient, procedure and the exact words, in the queue's order."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.case import CaseStatus
from followup.domain.errors import Fault, InvalidInput, NotFound
from followup.services.context import Services
from followup.store import audit, case_queue, case_replies, cases, patients, procedures, protocols, staff
from followup.store.database import Tx
from followup.store.models import Case, Patient, Procedure, Reply, Staff

MOST = 200


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case with everything that tells what it is about; `protocol` is the name of the procedure's protocol."""

    case: Case
    owner: Staff | None
    patient: Patient | None
    procedure: Procedure | None
    protocol: str
    replies: Sequence[Reply]


def list_cases(
    services: Services,
    clinic_id: UUID,
    actor: Actor,
    *,
    status: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[CaseRecord], bool]:
    """Cases of one status (without one: all that are not resolved), most pressing first, and whether more follow.

    Resolved ones come latest first. The look is audited. Raises InvalidInput for an unknown status.
    """
    faults: list[Fault] = []
    if status is not None and status not in set(CaseStatus):
        faults.append(Fault("status", f"{status!r} is not a status; choose from {', '.join(CaseStatus)}"))
    if not 1 <= limit <= MOST:
        faults.append(Fault("limit", f"{limit} is not between 1 and {MOST}"))
    if faults:
        raise InvalidInput(faults)
    statuses = [CaseStatus(status)] if status else [CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED]
    with services.db.write() as tx:
        found = case_queue.with_status(
            tx, clinic_id, statuses, now=services.now(), limit=limit + 1, offset=offset
        )  # fmt: skip
        records = _records(tx, clinic_id, found[:limit])
        _audit(tx, services, clinic_id, actor, "cases.look", "clinic", clinic_id)
    return records, len(found) > limit


def look_at(services: Services, clinic_id: UUID, case_id: UUID, actor: Actor) -> CaseRecord:
    """One case; the look is audited. Raises NotFound."""
    with services.db.write() as tx:
        case = cases.by_id(tx, clinic_id, case_id)
        if case is None:
            raise NotFound("There is no such case.")
        _audit(tx, services, clinic_id, actor, "case.look", "case", case_id)
        return _records(tx, clinic_id, [case])[0]


def _records(tx: Tx, clinic_id: UUID, found: Sequence[Case]) -> list[CaseRecord]:
    people = patients.by_ids(tx, clinic_id, {case.patient_id for case in found if case.patient_id})
    done = procedures.by_ids(tx, clinic_id, {case.procedure_id for case in found if case.procedure_id})
    slugs = protocols.slugs(tx, clinic_id, {procedure.protocol_version_id for procedure in done.values()})
    owners = staff.by_ids(tx, clinic_id, {case.owner_id for case in found if case.owner_id})
    replies = case_replies.of_cases(tx, clinic_id, [case.id for case in found])
    records: list[CaseRecord] = []
    for case in found:
        procedure = done.get(case.procedure_id) if case.procedure_id else None
        records.append(
            CaseRecord(
                case=case,
                owner=owners.get(case.owner_id) if case.owner_id else None,
                patient=people.get(case.patient_id) if case.patient_id else None,
                procedure=procedure,
                protocol=slugs.get(procedure.protocol_version_id, "") if procedure else "",
                replies=replies[case.id],
            )
        )
    return records


def _audit(tx: Tx, services: Services, clinic_id: UUID, actor: Actor, action: str, kind: str, object_id: UUID) -> None:
    audit.record(
        tx,
        clinic_id=clinic_id,
        at=services.now(),
        actor=actor,
        action=action,
        object_kind=kind,
        object_id=object_id,
    )
