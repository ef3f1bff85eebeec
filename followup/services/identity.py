"""Whether a request means the patient whose MRN it gives, and what of its contact and consent is taken over."""

from collections.abc import Mapping
from datetime import datetime

from followup.domain.consent import Consent
from followup.domain.delivery import Channel
from followup.domain.errors import Fault
from followup.domain.intake import PatientGiven
from followup.store import patients
from followup.store.database import Tx
from followup.store.lookup import folded_name
from followup.store.models import Patient

# Ways in which a machine repeats what some record says. What the patient told a person weighs more.
_MACHINES = ("api", "import")


def strangers(patient: Patient, given: PatientGiven) -> list[Fault]:
    """Why `given` may be another person than the patient of that MRN; empty when they are the same.

    Birth date and surname must agree, and the first of the given names; case, accents, hyphens and middle names do
    not matter. Anything else is for a person to clear up: words of one patient must never reach another.
    """
    faults: list[Fault] = []
    hint = "check the MRN, or correct the patient's record first"
    if patient.birth_date != given.birth_date.isoformat():
        faults.append(Fault("patient.birth_date", f"is not the birth date of the patient with this MRN; {hint}"))
    if folded_name(patient.family_name) != folded_name(given.family_name):
        faults.append(Fault("patient.family_name", f"is not the surname of the patient with this MRN; {hint}"))
    if folded_name(patient.given_name).split()[:1] != folded_name(given.given_name).split()[:1]:
        faults.append(Fault("patient.given_name", f"is not the given name of the patient with this MRN; {hint}"))
    return faults


def adopt(tx: Tx, patient: Patient, given: PatientGiven) -> list[str]:
    """Take over the contact, language and zone that a request gives; returns the names of what changed.

    What it does not give stays. The caller does this only for the patient's latest procedure, so that an old file that
    comes in late does not bring back an old number.
    """
    changed: list[str] = []
    if given.phone is not None and given.phone != patient.phone:
        patients.set_phone(tx, patient, given.phone)
        changed.append("phone")
    if given.email is not None and given.email != patient.email:
        patients.set_email(tx, patient, given.email)
        changed.append("email")
    if given.language is not None and given.language != patient.language:
        patient.language = given.language
        changed.append("language")
    if given.timezone is not None and given.timezone != patient.timezone:
        patient.timezone = given.timezone
        changed.append("timezone")
    return changed


def consents_to_add(
    said: Mapping[Channel, Consent],
    given: Mapping[Channel, bool],
    *,
    at: datetime,
    by: str,
    how: str,
    privacy_warning: bool,
) -> list[Consent]:
    """What a request adds to what a patient said before. A no always counts; a repeated answer adds nothing, unless
    the privacy risk was named with it for the first time.

    A yes that a machine passes on does not overrule a no that the patient gave to a person, or in a reply. No yes
    lifts an opt-out, which stands on the number itself.
    """
    added: list[Consent] = []
    for channel, answer in given.items():
        before = said.get(channel)
        warned = privacy_warning and answer
        if before is not None and before.given == answer and (before.privacy_warning or not warned):
            continue
        if answer and overruled_by_person(before, how):
            continue
        added.append(Consent(channel, answer, at, by, how, warned))
    return added


def overruled_by_person(before: Consent | None, how: str) -> bool:
    """True when a yes that comes in by `how` must give way to a no that a person took down."""
    return before is not None and not before.given and how in _MACHINES and before.how not in _MACHINES
