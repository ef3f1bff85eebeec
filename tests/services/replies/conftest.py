"""A clinic with a carrier in memory, and short ways to record a procedure and to write back."""

import itertools
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from followup.domain.actor import OPERATOR
from followup.gateways.clock import MovableClock
from followup.gateways.memory_sms import MemorySms
from followup.services.clinics import NewSender, add_clinic
from followup.services.context import Services
from followup.services.delivery.claim import claim_batch
from followup.services.delivery.send import send_batch
from followup.services.procedures import record_procedure
from followup.services.replies.receive import InboundText, Received, receive_text
from followup.store.models import Case, Clinic, Communication, Reply

NUMBER = "+13125550100"


@dataclass(slots=True)
class House:
    """A clinic at work."""

    services: Services
    clock: MovableClock
    sms: MemorySms
    clinic: Clinic
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def record(self, mrn: str = "M1", phone: str | None = "+13125550111", **patient: Any) -> UUID:
        """Record a procedure an hour ago; returns its id."""
        person = {"mrn": mrn, "given_name": "Ana", "family_name": "Ruiz", "birth_date": "1970-02-03"}
        consent = {"sms": phone is not None, "email": "email" in patient}
        request = {
            "source": "test",
            "external_id": mrn,
            "protocol": "trigger-point-injection",
            "performed_at": (self.services.now() - timedelta(hours=1)).isoformat(),
            "body_site": "shoulder",
            "patient": {**person, "phone": phone, "consent": consent, "timezone": "America/Chicago", **patient},
        }
        request["patient"] = {key: value for key, value in request["patient"].items() if value is not None}
        return record_procedure(self.services, self.clinic.id, request, OPERATOR).procedure.id

    def send_due(self) -> None:
        """Send what is due, in this process."""
        for urgent in (True, False):
            while (batch := claim_batch(self.services, urgent=urgent)) is not None:
                send_batch(self.services, batch.id)

    def pass_time(self, hours: float) -> None:
        """Let care time pass, hour by hour, and send what becomes due."""
        while hours > 0:
            self.clock.move(timedelta(hours=min(1.0, hours)))
            hours -= 1.0
            self.send_due()

    def text(self, body: str, phone: str = "+13125550111", sid: str | None = None, **fields: Any) -> Received:
        """A person texts the clinic."""
        sid = sid or f"SM{next(self._ids):032x}"
        return receive_text(self.services, InboundText(provider_id=sid, sender=phone, to=NUMBER, body=body, **fields))

    def said(self, phone: str = "+13125550111") -> list[str]:
        """What was sent to a phone."""
        return [text.body for text, _ in self.sms.accepted if text.to == phone]

    def all(self, kind: Any) -> list[Any]:
        """Every row of a table, in the order of its ids."""
        with self.services.db.read() as tx:
            return list(tx.scalars(select(kind).order_by(kind.id)))

    @property
    def cases(self) -> list[Case]:
        """Every case."""
        return self.all(Case)

    @property
    def replies(self) -> list[Reply]:
        """Every reply."""
        return self.all(Reply)

    @property
    def communications(self) -> list[Communication]:
        """Every outbound communication."""
        return self.all(Communication)


@pytest.fixture
def house(services: Services, clock: MovableClock) -> House:
    """A clinic whose carrier confirms STOP, START and HELP by itself."""
    return make_house(services, clock)


@pytest.fixture
def silent_carrier(services: Services, clock: MovableClock) -> House:
    """A clinic whose carrier leaves every answer to us."""
    return make_house(services, clock, carrier_confirms=False)


def make_house(services: Services, clock: MovableClock, *, carrier_confirms: bool = True) -> House:
    """A clinic at work in Chicago, on a Tuesday morning in office hours."""
    sms = MemorySms()
    services = replace(services, sms=sms)
    clinic = add_clinic(
        services,
        slug="lake",
        name="Lake Pain Center",
        sender_name="Lake Clinic",
        zone="America/Chicago",
        phone="312-555-0199",
        senders=[
            NewSender("sms", NUMBER, carrier_confirms=carrier_confirms, pace_per_second=1000),
            NewSender("email", "care@lake.example", pace_per_second=1000),
        ],
        actor=OPERATOR,
    )
    return House(services, clock, sms, clinic)
