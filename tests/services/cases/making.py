"""Invented clinics, staff, patients and cases for the tests of cases and staff pages."""

from datetime import UTC, date, datetime
from uuid import UUID

from followup.domain.actor import Actor, ActorKind
from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.services.cases.intake import open_or_join_in, subject_of_patient
from followup.services.context import Services
from followup.store import clinics, patients
from followup.store.models import Case, Clinic, Patient, Staff

LONG_AGO = datetime(2026, 1, 5, 12, tzinfo=UTC)


def make_clinic(services: Services, slug: str = "lakeside") -> Clinic:
    """A clinic in Chicago with office hours from 8 to 17."""
    with services.db.write() as tx:
        return clinics.add(
            tx,
            Clinic(
                slug=slug,
                name=f"{slug.title()} Pain Clinic",
                zone="America/Chicago",
                sender_name=f"{slug.title()} Clinic",
                phone="+13125550100",
                settings={},
                created_at=LONG_AGO,
            ),
        )


def make_staff(services: Services, clinic: Clinic, name: str = "Rosa Patel", role: str = "nurse") -> Staff:
    """A member of staff who cannot sign in yet."""
    with services.db.write() as tx:
        staff = Staff(
            clinic_id=clinic.id,
            email=f"{name.split()[0].lower()}@{clinic.slug}.example",
            name=name,
            role=role,
            created_at=LONG_AGO,
        )
        tx.add(staff)
        tx.flush()
        return staff


def actor_of(staff: Staff) -> Actor:
    """A member of staff as the one who acts."""
    return Actor(ActorKind.STAFF, staff.id)


def make_patient(
    services: Services,
    clinic: Clinic,
    given_name: str = "Maria",
    family_name: str = "Gonzalez",
    mrn: str = "10001",
    phone: str | None = "+13125550111",
    email: str | None = None,
) -> Patient:
    """A patient with a fictional number."""
    with services.db.write() as tx:
        patient = patients.add(
            tx,
            clinic_id=clinic.id,
            mrn=mrn,
            given_name=given_name,
            family_name=family_name,
            birth_date=date(1968, 4, 2),
            phone=phone,
            email=email,
            language="en",
            timezone="America/Chicago",
            now=LONG_AGO,
        )
        tx.flush()
        return patient


def make_case(
    services: Services,
    clinic: Clinic,
    patient: Patient | None,
    acuity: Acuity = Acuity.URGENT,
    *,
    kind: CaseKind = CaseKind.REPLY,
    subject: str = "",
    reply_id: UUID | None = None,
) -> Case:
    """A case that was opened (or joined) now."""
    with services.db.write() as tx:
        return open_or_join_in(
            tx,
            services,
            clinic_id=clinic.id,
            kind=kind,
            acuity=acuity,
            patient_id=patient.id if patient else None,
            subject_key=subject or (subject_of_patient(patient.id) if patient else "sender:sms:nobody"),
            reply_id=reply_id,
            reason="The reply says that it is getting worse.",
            now=services.now(),
        )
