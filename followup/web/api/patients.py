"""Patients over the API: contact, language, zone, consent, death, withdrawal."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from followup.domain.delivery import Channel
from followup.domain.intake import CONSENT_CHANNELS
from followup.services import patients
from followup.services.api_keys import Scope
from followup.services.patients import PatientRecord
from followup.web.api.answers import problems
from followup.web.api.body import Body, documented
from followup.web.api.keys import Caller, caller
from followup.web.api.shapes import ConsentOut, PatientChange, PatientOut, StopOut

router = APIRouter(prefix="/patients", tags=["Patients"])
Reader = Annotated[Caller, Depends(caller(Scope.PATIENTS_READ))]
Writer = Annotated[Caller, Depends(caller(Scope.PATIENTS_WRITE))]


@router.get("", responses=problems(422))
def find(by: Reader, mrn: Annotated[str, Query(description="The medical record number, whole.")]) -> list[PatientOut]:
    """The patient with a record number, as a list of one or none; the look is written down in the audit trail."""
    found = patients.with_mrn(by.services, by.clinic_id, mrn, by.actor)
    return [] if found is None else [shown(found)]


@router.get("/{patient_id}", responses=problems(404))
def look(by: Reader, patient_id: UUID) -> PatientOut:
    """A patient's record; the look is written down in the audit trail."""
    return shown(patients.look_at(by.services, by.clinic_id, patient_id, by.actor))


@router.patch(
    "/{patient_id}",
    responses=problems(400, 404, 409, 413, 415, 422),
    openapi_extra=documented(PatientChange, {"phone": "312-555-0102", "consent": {"sms": True}}),
)
def change(by: Writer, patient_id: UUID, body: Body) -> PatientOut:
    """Change what is given; unsent messages of every plan are planned anew, or stopped.

    A yes to a channel never lifts a stop (only the patient's START, or staff who record new consent, does), and does
    not overrule a no that the patient gave to a person: that answers 409.
    """
    return shown(patients.change_patient(by.services, by.clinic_id, patient_id, body, by.actor))


def shown(record: PatientRecord) -> PatientOut:
    """A patient's record as the API shows it."""
    row = record.patient
    return PatientOut.model_validate(
        {
            "id": row.id,
            "mrn": row.mrn,
            "given_name": row.given_name,
            "family_name": row.family_name,
            "birth_date": row.birth_date,
            "phone": row.phone,
            "email": row.email,
            "language": row.language,
            "timezone": row.timezone,
            "consent": {channel.value: _consent(record, channel) for channel in CONSENT_CHANNELS},
            "opt_outs": {channel.value: _stop(record, channel) for channel in CONSENT_CHANNELS},
            "deceased_at": row.deceased_at,
            "withdrawn_at": row.withdrawn_at,
            "procedures": [procedure.id for procedure in record.procedures],
        }
    )


def _consent(record: PatientRecord, channel: Channel) -> ConsentOut | None:
    fact = record.consents.get(channel)
    if fact is None:
        return None
    return ConsentOut(given=fact.given, at=fact.at, by=fact.by, how=fact.how, privacy_warning=fact.privacy_warning)


def _stop(record: PatientRecord, channel: Channel) -> StopOut | None:
    row = record.opt_outs.get(channel)
    return None if row is None else StopOut(since=row.since, reason=row.reason, source=row.source)
