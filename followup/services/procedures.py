"""A procedure is recorded, looked at, changed, and cancelled."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from followup.domain.actor import Actor, ActorKind
from followup.domain.errors import Conflict, Fault, InvalidInput, NotFound
from followup.domain.intake import Given, ProcedureGiven, parse_performed_at, parse_procedure
from followup.services import plans
from followup.services.context import Services
from followup.services.protocols import Current, Protocols
from followup.services.recording import Recorded, Source, record_in
from followup.store import audit, clinics, patients, plan_rows, procedures, protocols
from followup.store.database import Tx
from followup.store.models import Patient, Procedure

RecordedProcedure = Recorded
# Two requests for the same new thing: the loser begins again and finds the winner's; more rounds mean something else.
_ROUNDS = 4
_ERROR_WORDS = "entered in error"


def record_procedure(
    services: Services,
    clinic_id: UUID,
    request: Any,
    actor: Actor,
    *,
    how: str | None = None,
    privacy_warning: bool = False,
    textual: bool = False,
) -> Recorded:
    """Record a procedure, or find the one that this request has recorded before (then `new` is False).

    `request` is shaped as `POST /api/v1/procedures` takes it; `textual` where every value is text and empty means not
    given (forms). `how` says by which way consent came: "api" for machines and "form" for staff unless said otherwise.
    Nothing is sent here. Raises InvalidInput with every fault, Conflict that names each field that differs from what
    was recorded before or from the patient of that MRN, NotFound, ConfigurationError for a faulty protocol.
    """
    now = services.now()
    given, current = read_request(Protocols(services), request, services, textual=textual)
    source = Source(actor, how or ("form" if actor.kind is ActorKind.STAFF else "api"), privacy_warning)
    for round_ in range(_ROUNDS):
        try:
            with services.db.write() as tx:
                clinic = clinics.by_id(tx, clinic_id)
                if clinic is None:
                    raise NotFound("There is no such clinic.")
                outcome = record_in(tx, services, clinic, [(given, current)], source, now)[0]
        except IntegrityError:
            if round_ == _ROUNDS - 1:
                raise
            continue
        break
    if isinstance(outcome, Conflict):
        raise outcome
    if outcome.new:
        services.queue.wake("followup.send_due")
        if outcome.case is not None:
            services.queue.announce(clinic_id, "queue")
    return outcome


def read_request(
    book: Protocols, request: Any, services: Services, *, textual: bool = False
) -> tuple[ProcedureGiven, Current]:  # fmt: skip
    """What a request says and the protocol it follows. Raises InvalidInput with every fault of both at once."""
    faults: list[Fault] = []
    given: ProcedureGiven | None = None
    current: Current | None = None
    try:
        given = parse_procedure(request, now=services.now(), textual=textual)
    except InvalidInput as error:
        faults += error.faults
    if not any(fault.field.split(".")[0] in ("protocol", "code", "") for fault in faults):
        try:
            current = book.choose(*_names_of(given, request))
        except InvalidInput as error:
            faults += error.faults
    if given is None or current is None:
        raise InvalidInput(faults)
    return given, current


def _names_of(given: ProcedureGiven | None, request: Any) -> tuple[str | None, tuple[str, str] | None]:
    """The protocol and code of a request, also where other fields of it are wrong."""
    if given is not None:
        return given.protocol, given.code
    protocol = " ".join(str(request.get("protocol") or "").split()) or None
    code = request.get("code")
    pair = (str(code.get("system") or ""), str(code.get("code") or "")) if isinstance(code, Mapping) else None
    return protocol, pair if pair and all(pair) else None


def look_at(services: Services, clinic_id: UUID, procedure_id: UUID) -> Recorded:
    """A procedure with its patient and plan. Raises NotFound."""
    with services.db.read() as tx:
        procedure = procedures.by_id(tx, clinic_id, procedure_id)
        if procedure is None:
            raise NotFound("There is no such procedure.")
        return _whole(tx, procedure)


def change_procedure(
    services: Services, clinic_id: UUID, procedure_id: UUID, changes: Any, actor: Actor
) -> Recorded:  # fmt: skip
    """Change performed_at, body_site or office (None empties one); what is unsent is planned anew.

    Raises InvalidInput with every fault, Conflict for a cancelled procedure, NotFound.
    """
    now = services.now()
    fields = Given(changes, "", ("performed_at", "body_site", "office"))
    wanted: dict[str, Any] = {}
    if "performed_at" in fields.data:
        wanted["performed_at"] = fields.read("performed_at", lambda text: parse_performed_at(text, now), needed=True)
    for key, longest in (("body_site", 64), ("office", 255)):
        if key in fields.data:
            wanted[key] = fields.text(key, longest)
    if not fields.data and not fields.faults:
        fields.fault("", "nothing to change was given; give performed_at, body_site or office")
    if fields.faults:
        raise InvalidInput(fields.faults)
    case = None
    with services.db.write() as tx:
        procedure = _held(tx, clinic_id, procedure_id)
        if procedure.status != "active":
            raise Conflict("This procedure was cancelled; it cannot be changed.")
        if wanted.get("body_site"):
            wanted["body_site"] = _known_site(tx, services, procedure, wanted["body_site"])
        changed = [key for key, value in wanted.items() if getattr(procedure, key) != value]
        for key in changed:
            setattr(procedure, key, wanted[key])
        if changed:
            procedure.version += 1
            procedure.updated_at = now
            _audit(tx, services, procedure, actor, "procedure.change", changed)
            tx.flush()
        if "performed_at" in changed:
            case = plans.replan_in(tx, services, procedure, now).case
        outcome = _whole(tx, procedure)
    if changed:
        services.queue.wake("followup.send_due")
    if case is not None:
        services.queue.announce(clinic_id, "queue")
    return outcome


def cancel_procedure(
    services: Services,
    clinic_id: UUID,
    procedure_id: UUID,
    reason: str,
    actor: Actor,
    *,
    entered_in_error: bool = False,
) -> Recorded:
    """Cancel a procedure: nothing more of its plan is sent. Cancelling again changes nothing.

    The reason "entered in error" counts as `entered_in_error`, which may also be said of one cancelled before. Raises
    InvalidInput without a reason, NotFound.
    """
    words = " ".join(reason.split())
    if not words or len(words) > 500:
        raise InvalidInput(Fault("reason", "is empty or longer than 500 letters; say why the procedure is cancelled"))
    in_error = entered_in_error or words.casefold().replace("-", " ").replace("_", " ") == _ERROR_WORDS
    status = "entered_in_error" if in_error else "cancelled"
    now = services.now()
    with services.db.write() as tx:
        procedure = _held(tx, clinic_id, procedure_id)
        if procedure.status == "active" or (in_error and procedure.status == "cancelled"):
            was_active = procedure.status == "active"
            procedure.status, procedure.cancel_reason = status, words
            procedure.version += 1
            procedure.updated_at = now
            _audit(tx, services, procedure, actor, "procedure.cancel", ["status", "cancel_reason"])
            tx.flush()
            if was_active:
                plans.stop_procedure_in(tx, services, procedure, "the procedure was cancelled", now)
                _make_room(tx, services, procedure)
        outcome = _whole(tx, procedure)
    services.queue.wake("followup.send_due")
    return outcome


def _make_room(tx: Tx, services: Services, cancelled: Procedure) -> None:
    """Texts of the patient's other plans, which had no room under the caps beside this one, may have room now."""
    patient = patients.by_id(tx, cancelled.clinic_id, cancelled.patient_id)
    if patient is not None:
        plans.replan_patient_in(tx, services, patient, services.now())


def _held(tx: Tx, clinic_id: UUID, procedure_id: UUID) -> Procedure:
    """The procedure, with others made to wait; the patient first, as everybody does who plans."""
    found = procedures.by_id(tx, clinic_id, procedure_id)
    if found is not None:
        patients.lock(tx, clinic_id, found.patient_id)
        found = procedures.lock(tx, clinic_id, procedure_id)
    if found is None:
        raise NotFound("There is no such procedure.")
    return found


def _known_site(tx: Tx, services: Services, procedure: Procedure, body_site: str) -> str:
    version = protocols.by_id(tx, procedure.clinic_id, procedure.protocol_version_id)
    known = plans.protocol_of(services, version).body_site(body_site) if version is not None else None
    return known.slug if known else body_site


def _whole(tx: Tx, procedure: Procedure) -> Recorded:
    tx.flush()
    patient: Patient | None = patients.by_id(tx, procedure.clinic_id, procedure.patient_id)
    assert patient is not None
    slugs = protocols.slugs(tx, procedure.clinic_id, {procedure.protocol_version_id})
    return Recorded(
        procedure,
        patient,
        slugs[procedure.protocol_version_id],
        plan_rows.of_procedure(tx, procedure.clinic_id, procedure.id),
        new=False,
    )


def _audit(
    tx: Tx, services: Services, procedure: Procedure, actor: Actor, action: str, fields: list[str]
) -> None:  # fmt: skip
    audit.record(
        tx,
        clinic_id=procedure.clinic_id,
        at=services.now(),
        actor=actor,
        action=action,
        object_kind="procedure",
        object_id=procedure.id,
        fields=fields,
    )
