"""A clinic with staff on a rota, whose carrier, telephone, mail server and webhooks are in memory."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from followup.domain.actor import OPERATOR
from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind
from followup.domain.paging import ContactKind
from followup.domain.rota import RotaRole, Shift
from followup.gateways.clock import MovableClock
from followup.gateways.memory_calls import MemoryCalls
from followup.gateways.memory_email import MemoryEmail
from followup.gateways.memory_sms import MemorySms
from followup.gateways.memory_webhook import MemoryWebhook
from followup.services.cases.intake import open_or_join_in, subject_of_patient
from followup.services.clinics import NewSender, add_clinic
from followup.services.context import Services
from followup.services.delivery.lifeline import look_after_emergencies
from followup.services.escalation.contact_points import set_contact_point
from followup.services.escalation.rota import add_shifts
from followup.services.escalation.rounds import look_after_pages
from followup.services.replies.inbound import take_text
from followup.services.replies.receive import InboundText
from followup.store.models import Case, CaseEvent, Clinic, Communication, Page, Staff
from tests.services.cases.making import make_patient, make_staff

PATIENTS_NUMBER, PAGES_NUMBER = "+13125550100", "+13125550160"
NORA, BEN, MIA = "+13125550171", "+13125550172", "+13125550173"


@dataclass
class World:
    """What the tests of escalation move."""

    services: Services
    clock: MovableClock
    real: MovableClock
    sms: MemorySms
    calls: MemoryCalls
    email: MemoryEmail
    webhook: MemoryWebhook
    clinic: Clinic
    nora: Staff  # on call
    ben: Staff  # backup
    mia: Staff  # manager and administrator

    def case(self, acuity: Acuity = Acuity.EMERGENCY) -> UUID:
        """A case of Maria Gonzalez with words that just came in."""
        with self.services.db.write() as tx:
            found = tx.scalar(select(Case.patient_id).limit(1))
        patient_id = found or make_patient(self.services, self.clinic).id
        with self.services.db.write() as tx:
            return open_or_join_in(
                tx,
                self.services,
                clinic_id=self.clinic.id,
                kind=CaseKind.REPLY,
                acuity=acuity,
                patient_id=patient_id,
                subject_key=subject_of_patient(patient_id),
                reason="reply",
                now=self.services.now(),
            ).id

    def go(self) -> None:
        """One round of the web process's watch, with the broker and every worker down."""
        look_after_pages(self.services)
        look_after_emergencies(self.services)

    def pass_time(self, minutes: float) -> None:
        """Let both clocks go forward, and go round."""
        self.clock.move(timedelta(minutes=minutes))
        self.real.move(timedelta(minutes=minutes))
        self.go()

    def texts(self, number: str) -> list[str]:
        """What was texted to a phone."""
        return [body for to, body in self.sms.bodies if to == number]

    def called(self) -> list[str]:
        """Whom was called, in order."""
        return [call.to for call, _ in self.calls.made]

    def answer(self, body: str, sender: str = NORA, to: str = PAGES_NUMBER, sid: str | None = None) -> bool:
        """Somebody texts a number of the clinic."""
        sid = sid or f"SMstaff{self.real.now().timestamp()}{body}"[:64]
        return take_text(self.services, InboundText(sid, sender, to, body))

    def load(self, case_id: UUID) -> Case:
        """A case as it stands."""
        with self.services.db.read() as tx:
            case = tx.get(Case, case_id)
            assert case is not None
            return case

    def pages(self) -> list[Page]:
        """Every page, oldest first."""
        with self.services.db.read() as tx:
            return list(tx.scalars(select(Page).order_by(Page.created_at, Page.rung)))

    def communications(self) -> list[Communication]:
        """Every communication."""
        with self.services.db.read() as tx:
            return list(tx.scalars(select(Communication).order_by(Communication.created_at)))

    def events(self, case_id: UUID) -> list[tuple[str, dict]]:  # type: ignore[type-arg]
        """What happened to a case."""
        with self.services.db.read() as tx:
            rows = tx.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.at))
            return [(row.kind, row.detail or {}) for row in rows]


@pytest.fixture
def world(services: Services, clock: MovableClock) -> World:
    """Nora is on call, Ben backup and Mia manager, day and night; pages leave from a number of their own."""
    return make_world(services, clock)


@pytest.fixture
def sqlite_world(sqlite_services: Services, clock: MovableClock) -> World:
    """The same on the embedded database alone."""
    return make_world(sqlite_services, clock)


def make_world(services: Services, clock: MovableClock, *, own_pager: bool = True) -> World:
    """See `world`."""
    real = MovableClock(datetime.now(UTC))
    sms, calls = MemorySms(clock=real.now), MemoryCalls(clock=real.now)
    email, webhook = MemoryEmail(), MemoryWebhook()
    services = replace(
        services, sms=sms, calls=calls, email=email, webhook=webhook, real_now=real.now,
    )  # fmt: skip
    senders = [NewSender("sms", PATIENTS_NUMBER), NewSender("email", "care@lake.example")]
    if own_pager:
        senders.append(NewSender("sms", PAGES_NUMBER, purpose="pages"))
    clinic = add_clinic(
        services, slug="lake", name="Lake Clinic", zone="America/Chicago", senders=senders, actor=OPERATOR
    )
    nora = make_staff(services, clinic, "Nora Reyes")
    ben = make_staff(services, clinic, "Ben Ito")
    mia = make_staff(services, clinic, "Mia Hill", role="admin")
    always = time(8)
    for role, person, number in (
        (RotaRole.ON_CALL, nora, NORA),
        (RotaRole.BACKUP, ben, BEN),
        (RotaRole.MANAGER, mia, MIA),
    ):
        shifts = [Shift(role, person.id, always, always, weekday=day) for day in range(7)]
        add_shifts(services, clinic.id, shifts, actor=OPERATOR)
        set_contact_point(services, clinic.id, person.id, ContactKind.MOBILE, number, actor=OPERATOR)
    set_contact_point(services, clinic.id, mia.id, ContactKind.EMAIL, "mia@lake.example", actor=OPERATOR)
    return World(services, clock, real, sms, calls, email, webhook, clinic, nora, ben, mia)
