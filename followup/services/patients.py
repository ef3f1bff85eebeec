"""What is known of a patient, and what follows when it changes: contact, language, zone, consent, death, withdrawal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from followup.domain.actor import Actor, ActorKind
from followup.domain.consent import Consent
from followup.domain.delivery import Channel
from followup.domain.errors import Conflict, Fault, InvalidInput, NotFound
from followup.domain.intake import CONSENT_CHANNELS, Given, parse_written_language
from followup.domain.patient import parse_birth_date, parse_email, parse_zone
from followup.domain.phone import parse_phone
from followup.services import plans
from followup.services.context import Services
from followup.services.identity import overruled_by_person
from followup.store import audit, consents, opt_outs, patients, procedures
from followup.store.database import Tx
from followup.store.models import OptOut, Patient, Procedure

CHANGEABLE = (
    "given_name", "family_name", "birth_date", "phone", "email", "language", "timezone", "consent", "deceased",
    "withdrawn",
)  # fmt: skip
_CONSENT = ("given", "how", "privacy_warning", "lift_opt_out")
# How a person takes consent down; machines have words of their own.
CONSENT_WAYS = ("form", "phone", "desk", "reply")


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A patient with what was said of each channel, the stops on number and address, and the procedures."""

    patient: Patient
    consents: Mapping[Channel, Consent]
    opt_outs: Mapping[Channel, OptOut]
    procedures: Sequence[Procedure]


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """What is to be recorded for one channel; `lift_opt_out` takes a stop back with it, which only staff may."""

    given: bool
    how: str
    privacy_warning: bool = False
    lift_opt_out: bool = False


def look_at(services: Services, clinic_id: UUID, patient_id: UUID, actor: Actor) -> PatientRecord:
    """A patient's record; the look is audited. Raises NotFound."""
    with services.db.write() as tx:
        patient = patients.by_id(tx, clinic_id, patient_id)
        if patient is None:
            raise NotFound("There is no such patient.")
        _audit(tx, services, patient, actor, "patient.look", [])
        return _whole(tx, patient)


def with_mrn(services: Services, clinic_id: UUID, mrn: str, actor: Actor) -> PatientRecord | None:
    """The record of the patient with that number, or None; the look is audited."""
    with services.db.write() as tx:
        patient = patients.by_mrn(tx, clinic_id, mrn)
        if patient is None:
            return None
        _audit(tx, services, patient, actor, "patient.look", [])
        return _whole(tx, patient)


def search(services: Services, clinic_id: UUID, query: str, actor: Actor) -> list[Patient]:
    """Patients by MRN, phone, mail address, birth date or exact surname; the look is audited, its words are not."""
    with services.db.write() as tx:
        found = patients.search(tx, clinic_id, query)
        for patient in found:
            _audit(tx, services, patient, actor, "patient.search", [])
        return found


def change_patient(services: Services, clinic_id: UUID, patient_id: UUID, changes: Any, actor: Actor) -> PatientRecord:
    """Change what is given and plan anew what is unsent; None empties phone or email.

    `changes` may hold given_name, family_name, birth_date, phone, email, language, timezone, `deceased` and
    `withdrawn` (true stops everything, false takes it back), and `consent`: for sms and email true, false, or
    {given, how, privacy_warning, lift_opt_out}. Raises InvalidInput with every fault, NotFound, and Conflict where a
    machine's yes meets a no that the patient gave to a person.
    """
    now = services.now()
    wanted, said = _read(changes, actor, now)
    with services.db.write() as tx:
        patient = patients.lock(tx, clinic_id, patient_id)
        if patient is None:
            raise NotFound("There is no such patient.")
        changed = _change_facts(tx, patient, wanted, now)
        changed += _change_consents(tx, services, patient, said, actor, now)
        case = None
        if changed:
            patient.version += 1
            patient.updated_at = now
            _audit(tx, services, patient, actor, "patient.change", changed)
            tx.flush()
            if patient.deceased_at is not None or patient.withdrawn_at is not None:
                why = "the patient has died" if patient.deceased_at else "the patient has left the follow-up"
                plans.stop_patient_in(tx, services, patient, why, now)
            else:
                case = plans.replan_patient_in(tx, services, patient, now).case
            tx.flush()
        record = _whole(tx, patient)
    if changed:
        services.queue.wake("followup.send_due")
    if case is not None:
        services.queue.announce(clinic_id, "queue")
    return record


def _read(changes: Any, actor: Actor, now: datetime) -> tuple[dict[str, Any], dict[Channel, ConsentGiven]]:
    """The changes in their stored form. Raises InvalidInput with every fault at once."""
    fields = Given(changes, "", CHANGEABLE)
    wanted: dict[str, Any] = {}
    for key in ("given_name", "family_name"):
        if key in fields.data:
            wanted[key] = fields.text(key, 100, needed=True)
    if "birth_date" in fields.data:
        wanted["birth_date"] = fields.read("birth_date", lambda text: parse_birth_date(text, now.date()), needed=True)
    if "phone" in fields.data:
        wanted["phone"] = fields.read("phone", parse_phone)
    if "email" in fields.data:
        wanted["email"] = fields.read("email", parse_email)
    if "language" in fields.data:
        wanted["language"] = fields.read("language", parse_written_language, needed=True)
    if "timezone" in fields.data:
        wanted["timezone"] = fields.read("timezone", parse_zone, needed=True)
    for key in ("deceased", "withdrawn"):
        if key in fields.data:
            wanted[key] = fields.yes_or_no(key)
            if fields.data[key] is None:
                fields.fault(key, "is null; give true or false")
    said = _read_consents(fields, actor)
    if not fields.data and not fields.faults:
        fields.fault("", f"nothing to change was given; give one of {', '.join(CHANGEABLE)}")
    if fields.faults:
        raise InvalidInput(fields.faults)
    return wanted, said


def _read_consents(fields: Given, actor: Actor) -> dict[Channel, ConsentGiven]:
    staff = actor.kind is ActorKind.STAFF
    said: dict[Channel, ConsentGiven] = {}
    group = fields.group("consent", [channel.value for channel in CONSENT_CHANNELS])
    for channel in CONSENT_CHANNELS if group is not None else ():
        assert group is not None
        if not isinstance(group.data.get(channel.value), Mapping):
            answer = group.yes_or_no(channel.value)
            if answer is not None:
                said[channel] = ConsentGiven(answer, "desk" if staff else "api")
            continue
        inner = group.group(channel.value, _CONSENT)
        assert inner is not None
        given = inner.yes_or_no("given")
        how = inner.text("how", 64) or ("desk" if staff else "api")
        if inner.data.get("given") is None:
            inner.fault("given", "is missing; give true or false")
        if staff and how not in CONSENT_WAYS:
            inner.fault("how", f"{how!r} is not a way we know; choose from {', '.join(CONSENT_WAYS)}")
        lift = bool(inner.yes_or_no("lift_opt_out"))
        if lift and not staff:
            inner.fault("lift_opt_out", "is for staff alone: only the patient's START, or staff, lifts a stop")
        if lift and given is False:
            inner.fault("lift_opt_out", "goes with a yes only")
        warned = bool(inner.yes_or_no("privacy_warning"))
        if given is not None:
            # A machine passes on what some other record says: it stays marked as such, whatever way that names.
            said[channel] = ConsentGiven(given, how if staff else "api", warned and given, lift)
    return said


def _change_facts(tx: Tx, patient: Patient, wanted: Mapping[str, Any], now: datetime) -> list[str]:
    """Write what differs onto the patient; returns the names of what changed."""
    changed: list[str] = []
    for key, value in wanted.items():
        if key in ("deceased", "withdrawn"):
            column = f"{key}_at"
            if bool(value) != (getattr(patient, column) is not None):
                setattr(patient, column, now if value else None)
                changed.append(key)
            continue
        value = value.isoformat() if isinstance(value, date) else value
        if getattr(patient, key) == value:
            continue
        changed.append(key)
        if key == "phone":
            patients.set_phone(tx, patient, value)
        elif key == "email":
            patients.set_email(tx, patient, value)
        elif key == "family_name":
            patients.set_family_name(tx, patient, value)
        elif key == "birth_date":
            patients.set_birth_date(tx, patient, value)
        else:
            setattr(patient, key, value)
    return changed


def _change_consents(
    tx: Tx,
    services: Services,
    patient: Patient,
    said: Mapping[Channel, ConsentGiven],
    actor: Actor,
    now: datetime,
) -> list[str]:
    """Add what the patient said, and lift stops where staff took a new yes down; returns the names of what changed."""
    before = consents.current(tx, patient.clinic_id, patient.id)
    refused = [
        channel
        for channel, new in said.items()
        if new.given and overruled_by_person(before.get(channel), new.how)
    ]  # fmt: skip
    if refused:
        raise Conflict(
            "The patient said no to a person; only staff can record a new yes.",
            [Fault(f"consent.{channel.value}", "was refused by the patient to a person") for channel in refused],
        )
    changed: list[str] = []
    added: list[tuple[UUID, Consent]] = []
    for channel, new in said.items():
        fact = Consent(channel, new.given, now, str(actor), new.how, new.privacy_warning)
        old = before.get(channel)
        if (
            old is None
            or old.given != new.given
            or (new.privacy_warning and not old.privacy_warning)
            or new.lift_opt_out
        ):
            added.append((patient.id, fact))
            changed.append(f"consent.{channel.value}")
        address = patient.phone if channel is Channel.SMS else patient.email
        if new.lift_opt_out and address is not None:
            lifted = opt_outs.lift(
                tx, clinic_id=patient.clinic_id, channel=channel, address=address, by=str(actor), now=now
            )
            if lifted:
                changed.append(f"opt_out.{channel.value}")
                _others_resume(tx, services, patient, channel, address, now)
    consents.add_all(tx, patient.clinic_id, added)
    return changed


def _others_resume(tx: Tx, services: Services, patient: Patient, channel: Channel, address: str, now: datetime) -> None:
    """A stop stands on a number, so lifting it concerns everybody on it who had agreed."""
    tx.flush()
    for other in patients.with_address(tx, patient.clinic_id, channel, address):
        if other.id != patient.id:
            plans.replan_patient_in(tx, services, other, now)


def _whole(tx: Tx, patient: Patient) -> PatientRecord:
    stops: dict[Channel, OptOut] = {}
    for channel, address in ((Channel.SMS, patient.phone), (Channel.EMAIL, patient.email)):
        standing = opt_outs.standing(tx, patient.clinic_id, channel, address) if address else None
        if standing is not None:
            stops[channel] = standing
    return PatientRecord(
        patient,
        consents.current(tx, patient.clinic_id, patient.id),
        stops,
        procedures.of_patient(tx, patient.clinic_id, patient.id),
    )


def _audit(tx: Tx, services: Services, patient: Patient, actor: Actor, action: str, fields: list[str]) -> None:
    audit.record(
        tx,
        clinic_id=patient.clinic_id,
        at=services.now(),
        actor=actor,
        action=action,
        object_kind="patient",
        object_id=patient.id,
        fields=fields,
    )
