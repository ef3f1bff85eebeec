"""Invented clinics, patients and requests for the tests of services and of the API."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from followup.domain.actor import OPERATOR, Actor, ActorKind
from followup.domain.errors import Conflict, InvalidInput
from followup.services.clinics import NewSender, add_clinic
from followup.services.context import Services
from followup.services.recording import Recorded
from followup.store.ids import new_id
from followup.store.models import Clinic

MACHINE = Actor(ActorKind.API, new_id())
NURSE = Actor(ActorKind.STAFF, new_id())


def make_clinic(services: Services, slug: str = "lakeside", number: str = "+13125550199", **more: Any) -> Clinic:
    """A clinic in Chicago with a number and a mail address to write from."""
    return add_clinic(
        services,
        slug=slug,
        name=f"{slug.capitalize()} Clinic",
        zone="America/Chicago",
        phone="312-555-0190",
        senders=[NewSender("sms", number), NewSender("email", f"care@{slug}.example")],
        actor=OPERATOR,
        **more,
    )


def request(services: Services, **changes: Any) -> dict[str, Any]:
    """A request for a trigger point injection half an hour ago; `patient__phone=...` changes what is inside."""
    body: dict[str, Any] = {
        "source": "ehr",
        "external_id": "visit-1",
        "protocol": "trigger-point-injection",
        "performed_at": (services.now() - timedelta(minutes=30)).isoformat(),
        "body_site": "neck",
        "patient": {
            "mrn": "A-1001",
            "given_name": "Rosa",
            "family_name": "Delgado",
            "birth_date": "1961-05-17",
            "phone": "312-555-0101",
            "email": "rosa@example.com",
            "language": "en",
            "timezone": "America/Chicago",
            "consent": {"sms": True, "email": True},
        },
    }
    for key, value in changes.items():
        group, _, name = key.partition("__")
        target, name = (body[group], name) if name else (body, group)
        if value is ...:
            target.pop(name, None)
        else:
            target[name] = value
    return body


def planned(outcome: Recorded) -> dict[tuple[str, str], str]:
    return {(row.step or "", row.channel): row.status for row in outcome.communications}


def fields_of(error: InvalidInput | Conflict) -> set[str]:
    return {fault.field for fault in error.faults}


def count(services: Services, model: Any) -> int:
    with services.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(model)) or 0
