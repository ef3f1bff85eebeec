"""How procedures are taken in: told from repeats, tied to patients by MRN, planned, and written down."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from followup.domain.actor import Actor
from followup.domain.clinic_rules import clinic_rules
from followup.domain.consent import Consent
from followup.domain.delivery import Channel
from followup.domain.errors import Conflict, Fault
from followup.domain.intake import ProcedureGiven, differences
from followup.services import plans
from followup.services.context import Services
from followup.services.identity import adopt, consents_to_add, strangers
from followup.services.plan_facts import facts_in, texts_in
from followup.services.protocols import Current
from followup.store import audit, checks, consents, patients, plan_rows, procedures, protocols
from followup.store.database import Tx
from followup.store.ids import new_id
from followup.store.lookup import mrn_index
from followup.store.models import Case, Clinic, Communication, Patient, Procedure


@dataclass(frozen=True, slots=True)
class Source:
    """Who hands requests in, by which way (api, import, form) and whether the patient was told the privacy risk."""

    actor: Actor
    how: str
    privacy_warning: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """A procedure as it stands; `protocol` is the name of the one it follows, `case` asks a nurse to call.

    `new` is False for a repeat, which changed nothing.
    """

    procedure: Procedure
    patient: Patient
    protocol: str
    communications: Sequence[Communication]
    new: bool
    case: Case | None = None


@dataclass(slots=True)
class _Round:
    """What the requests of one transaction share, kept up as they are taken in one after the other."""

    source: Source
    now: datetime
    existing: dict[tuple[str, str], Procedure]
    people: dict[str, Patient]
    latest: dict[UUID, datetime]
    said: dict[UUID, dict[Channel, Consent]]
    known: frozenset[UUID]
    versions: dict[str, UUID]
    changed: list[Patient] = field(default_factory=list)
    fresh: dict[UUID, tuple[Procedure, Patient, Current]] = field(default_factory=dict)
    agreed: list[tuple[UUID, Consent]] = field(default_factory=list)


def record_in(
    tx: Tx,
    services: Services,
    clinic: Clinic,
    requests: Sequence[tuple[ProcedureGiven, Current]],
    source: Source,
    now: datetime,
    *,
    with_plans: bool = True,
) -> list[Recorded | Conflict]:
    """Take requests in, in their order; for each what stands now, or why it cannot be (which changed nothing).

    A few statements serve all requests together. The transaction fails with IntegrityError where another one records
    the same procedure or patient at the same moment; the caller begins again, and then finds what the other wrote.
    `with_plans` False leaves the communications out of what is returned, for callers that only count.
    """
    existing = procedures.by_externals(tx, clinic.id, {given.key for given, _ in requests})
    # Locked, so that two plans of one patient are made one after the other: the caps span all plans.
    people = patients.by_mrns(tx, clinic.id, {given.patient.mrn for given, _ in requests}, lock=True)
    ids = [patient.id for patient in people.values()]
    round_ = _Round(
        source=source,
        now=now,
        existing=existing,
        people=people,
        latest=procedures.latest_performed(tx, clinic.id, ids),
        said=consents.current_of(tx, clinic.id, ids),
        known=frozenset(ids),
        versions={
            current.digest: protocols.keep(
                tx,
                clinic_id=clinic.id,
                slug=current.files.slug,
                digest=current.digest,
                files=current.files.files,
                now=now,
            ).id
            for current in {current.digest: current for _, current in requests}.values()
        },
    )
    taken = [_take_in(tx, clinic, round_, given, current) for given, current in requests]
    # Patients first: the rest refers to them.
    tx.flush()
    consents.add_all(tx, clinic.id, round_.agreed)
    procedures.add_all(tx, [procedure for procedure, _, _ in round_.fresh.values()])
    tx.flush()
    cases = _plan(tx, services, clinic, round_)
    return _outcomes(tx, clinic.id, round_, taken, cases, with_plans)


def _take_in(
    tx: Tx, clinic: Clinic, round_: _Round, given: ProcedureGiven, current: Current
) -> tuple[Procedure, bool] | Conflict:
    """One request: the procedure and whether it is new, or why it is refused."""
    request = given.as_json()
    earlier = round_.existing.get(given.key)
    if earlier is not None:
        other = differences(earlier.request, request)
        if other:
            return Conflict(
                f"{given.source} {given.external_id} was recorded before with other values; nothing was changed.",
                [Fault(key, "differs from what was recorded") for key in other],
            )
        return earlier, False
    index = mrn_index(tx, given.patient.mrn)
    patient = round_.people.get(index)
    if patient is None:
        patient = _new_patient(tx, clinic, round_, given)
        round_.people[index] = patient
    else:
        faults = strangers(patient, given.patient)
        if faults:
            return Conflict("This MRN belongs to a patient who is described otherwise; nothing was changed.", faults)
        _known_patient(tx, round_, patient, given)
    procedure = Procedure(
        id=new_id(),
        clinic_id=clinic.id,
        patient_id=patient.id,
        protocol_version_id=round_.versions[current.digest],
        source=given.source,
        external_id=given.external_id,
        code_system=given.code[0] if given.code else None,
        code=given.code[1] if given.code else None,
        performed_at=given.performed_at,
        body_site=_site(current, given.body_site),
        office=given.office,
        status="active",
        request=request,
        recorded_by=str(round_.source.actor),
        created_at=round_.now,
        updated_at=round_.now,
    )
    round_.existing[given.key] = procedure
    round_.fresh[procedure.id] = (procedure, patient, current)
    round_.latest[patient.id] = max(given.performed_at, round_.latest.get(patient.id, given.performed_at))
    _audit(tx, round_, clinic.id, "procedure.record", "procedure", procedure.id, sorted(request))
    return procedure, True


def _site(current: Current, body_site: str | None) -> str | None:
    """The protocol's own word for a place it knows, else the words as they were given, for staff to read."""
    known = current.protocol.body_site(body_site) if body_site else None
    return known.slug if known else body_site


def _new_patient(tx: Tx, clinic: Clinic, round_: _Round, given: ProcedureGiven) -> Patient:
    person = given.patient
    patient = patients.add(
        tx,
        clinic_id=clinic.id,
        mrn=person.mrn,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        phone=person.phone,
        email=person.email,
        language=person.language or clinic.language,
        timezone=person.timezone or clinic.zone,
        now=round_.now,
    )
    changed = _take_consents(round_, patient, given)
    _audit(tx, round_, clinic.id, "patient.add", "patient", patient.id, ["mrn", "name", "birth_date", *changed])
    return patient


def _known_patient(tx: Tx, round_: _Round, patient: Patient, given: ProcedureGiven) -> None:
    """Adopt a known patient's newer contact, language and zone, and what was said about consent; all audited."""
    changed: list[str] = []
    if given.performed_at >= round_.latest.get(patient.id, given.performed_at):
        changed += adopt(tx, patient, given.patient)
    changed += _take_consents(round_, patient, given)
    if changed:
        patient.version += 1
        patient.updated_at = round_.now
        round_.changed.append(patient)
        _audit(tx, round_, patient.clinic_id, "patient.change", "patient", patient.id, changed)


def _take_consents(round_: _Round, patient: Patient, given: ProcedureGiven) -> list[str]:
    said = round_.said.setdefault(patient.id, {})
    added = consents_to_add(
        said,
        given.patient.consent,
        at=round_.now,
        by=str(round_.source.actor),
        how=round_.source.how,
        privacy_warning=round_.source.privacy_warning,
    )
    for consent in added:
        round_.agreed.append((patient.id, consent))
        said[consent.channel] = consent
    return [f"consent.{consent.channel.value}" for consent in added]


def _plan(tx: Tx, services: Services, clinic: Clinic, round_: _Round) -> Mapping[UUID, Case]:
    """Plan what is new, then make the other plans of patients anew whose contact or consent has changed."""
    if not round_.fresh:
        return {}
    people = {patient.id: patient for _, patient, _ in round_.fresh.values()}
    facts = facts_in(tx, clinic.id, people.values(), round_.said)
    earliest = min(round_.now, *(procedure.performed_at for procedure, _, _ in round_.fresh.values()))
    texts = texts_in(tx, clinic.id, [one for one in people if one in round_.known], earliest=earliest)
    rules = clinic_rules(clinic.settings)
    lost: list[tuple[Procedure, Patient]] = []
    planned: list[dict[str, Any]] = []
    asked: list[dict[str, Any]] = []
    for procedure, patient, current in round_.fresh.values():
        new = plans.new_rows(procedure, patient, current.protocol, rules, facts[patient.id], texts, round_.now)
        planned += new.communications
        asked += new.checks
        if new.unreached:
            lost.append((procedure, patient))
    plan_rows.add_all(tx, planned)
    checks.add_all(tx, asked)
    cases: dict[UUID, Case] = {}
    newest = {patient.id: procedure.id for procedure, patient, _ in round_.fresh.values()}
    for patient in {patient.id: patient for patient in round_.changed}.values():
        for procedure in plan_rows.replannable(tx, clinic.id, patient.id, round_.now):
            if procedure.id not in round_.fresh:
                anew = plans.replan_in(tx, services, procedure, round_.now)
                if anew.case is not None:
                    cases[newest[patient.id]] = anew.case
    for procedure, patient in lost:
        case = plans.call_instead_in(tx, services, procedure, patient, facts[patient.id], round_.now)
        if case is not None:
            cases[procedure.id] = case
    return cases


def _outcomes(
    tx: Tx,
    clinic_id: UUID,
    round_: _Round,
    taken: Collection[tuple[Procedure, bool] | Conflict],
    cases: Mapping[UUID, Case],
    with_plans: bool,
) -> list[Recorded | Conflict]:
    found = [one[0] for one in taken if not isinstance(one, Conflict)]
    rows = plan_rows.of_procedures(tx, clinic_id, {procedure.id for procedure in found} if with_plans else ())
    people = {patient.id: patient for patient in round_.people.values()}
    missing = {procedure.patient_id for procedure in found} - people.keys()
    people |= patients.by_ids(tx, clinic_id, missing)
    versions = protocols.slugs(tx, clinic_id, {procedure.protocol_version_id for procedure in found})
    return [
        one
        if isinstance(one, Conflict)
        else Recorded(
            procedure=one[0],
            patient=people[one[0].patient_id],
            protocol=versions[one[0].protocol_version_id],
            communications=rows.get(one[0].id, []),
            new=one[1],
            case=cases.get(one[0].id),
        )
        for one in taken
    ]


def _audit(
    tx: Tx, round_: _Round, clinic_id: UUID, action: str, kind: str, object_id: UUID, fields: Sequence[str]
) -> None:
    audit.record(
        tx,
        clinic_id=clinic_id,
        at=round_.now,
        actor=round_.source.actor,
        action=action,
        object_kind=kind,
        object_id=object_id,
        fields=fields,
    )
