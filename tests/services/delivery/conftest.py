"""A clinic with a number, a mail address and patients, whose carrier and mail server are in memory."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from followup.domain.delivery import Channel, Kind
from followup.gateways.clock import MovableClock
from followup.gateways.memory_email import MemoryEmail
from followup.gateways.memory_sms import MemorySms
from followup.gateways.queue import RecordingQueue
from followup.services import outbox, plans
from followup.services.context import Services
from followup.services.delivery.send import send_batch
from followup.services.delivery.tick import SEND_BATCH, SEND_URGENT, send_due
from followup.store import clinics, communications, patients, protocols
from followup.store.ids import new_id
from followup.store.models import Attempt, Clinic, Communication, Consent, Patient, Procedure, Sender

PROTOCOL = "trigger-point-injection"


@dataclass
class World:
    """What the tests of the delivery move: services, the clocks, the carrier, and a clinic with patients."""

    services: Services
    clock: MovableClock
    real: MovableClock
    sms: MemorySms
    email: MemoryEmail
    queue: RecordingQueue
    clinic_id: UUID
    sender_id: UUID
    mail_sender_id: UUID
    _numbers: int = field(default=100)

    def patient(
        self, *, phone: str | None = None, email: str | None = None, language: str = "en", given_name: str = "Ana"
    ) -> UUID:
        """A patient who agreed to every channel that an address is given for; by default a number of their own."""
        if phone is None and email is None:
            phone = self.number()
        now = self.services.now()
        with self.services.db.write() as tx:
            row = patients.add(
                tx,
                clinic_id=self.clinic_id,
                mrn=str(new_id()),
                given_name=given_name,
                family_name="Example",
                birth_date=date(1960, 3, 4),
                phone=phone,
                email=email,
                language=language,
                timezone="America/Chicago",
                now=now,
            )
            tx.flush()
            for channel, address in ((Channel.SMS, phone), (Channel.EMAIL, email)):
                if address:
                    tx.add(
                        Consent(
                            clinic_id=self.clinic_id,
                            patient_id=row.id,
                            channel=channel.value,
                            given=True,
                            at=now,
                            recorded_by="operator",
                            how="desk",
                        )
                    )
            return row.id

    def number(self) -> str:
        """A number of the fictional range that nobody here has yet."""
        self._numbers += 1
        area, line = divmod(self._numbers - 101, 99)
        return f"+1{312 + area}55501{line + 1:02d}"

    def procedure(self, patient_id: UUID, performed_at: datetime | None = None) -> UUID:
        """A trigger point injection, planned."""
        now = self.services.now()
        with self.services.db.write() as tx:
            files = self.services.protocols.current()[PROTOCOL]
            version = protocols.keep(
                tx, clinic_id=self.clinic_id, slug=PROTOCOL, digest=files.digest, files=files.files, now=now
            )
            row = Procedure(
                clinic_id=self.clinic_id,
                patient_id=patient_id,
                protocol_version_id=version.id,
                source="test",
                external_id=str(new_id()),
                performed_at=performed_at or now,
                status="active",
                request={},
                recorded_by="operator",
                created_at=now,
                updated_at=now,
            )
            tx.add(row)
            tx.flush()
            plans.replan_in(tx, self.services, row, now)
            return row.id

    def answer(
        self,
        to: str | None = None,
        *,
        kind: Kind = Kind.ANSWER,
        channel: Channel = Channel.SMS,
        body: str = "Words of a nurse.",
        case_id: UUID | None = None,
        patient_id: UUID | None = None,
        expires_at: datetime | None = None,
        clinic_id: UUID | None = None,
    ) -> UUID:
        """A message that no plan holds, written and due now."""
        with self.services.db.write() as tx:
            clinic = clinics.by_id(tx, clinic_id or self.clinic_id)
            assert clinic is not None
            row = outbox.write_in(
                tx,
                self.services,
                clinic=clinic,
                kind=kind,
                channel=channel,
                to_address=to or self.number(),
                language="en",
                body=body,
                dedupe_key=f"test:{new_id()}",
                case_id=case_id,
                patient_id=patient_id,
                expires_at=expires_at,
                now=self.services.now(),
            )
            assert row is not None
            return row.id

    def other_clinic(self, number: str) -> UUID:
        """A second clinic with a number of its own."""
        return make_clinic(self.services, f"clinic-{number[-4:]}", number, f"care{number[-4:]}@clinic.example")[0]

    def tick(self) -> int:
        """Tick once and send all that was handed to the broker; returns how many messages were handed over."""
        send_due(self.services)
        return self.work()

    def work(self) -> int:
        """Do what workers would do with what is in the broker."""
        sent = 0
        woken, self.queue.woken[:] = list(self.queue.woken), []
        for name, arguments in woken:
            if name in (SEND_BATCH, SEND_URGENT):
                sent += send_batch(self.services, UUID(arguments[0]))
        return sent

    def row(self, communication_id: UUID) -> Communication:
        """A communication as it is now."""
        with self.services.db.read() as tx:
            found = communications.peek(tx, communication_id)
            assert found is not None
            return found

    def rows(self) -> list[Communication]:
        """Every communication, in the order it is due."""
        with self.services.db.read() as tx:
            return list(tx.query(Communication).order_by(Communication.due_at, Communication.id))

    def steps(self, procedure_id: UUID) -> list[Communication]:
        """A procedure's communications, in the order they are due."""
        return [row for row in self.rows() if row.procedure_id == procedure_id]

    def attempts(self, communication_id: UUID) -> list[Attempt]:
        """A communication's attempts, in order."""
        with self.services.db.read() as tx:
            found = tx.query(Attempt).filter_by(communication_id=communication_id)
            return list(found.order_by(Attempt.number))

    def sender(self, sender_id: UUID | None = None) -> Sender:
        """The clinic's number as it is now."""
        with self.services.db.read() as tx:
            found = tx.get(Sender, sender_id or self.sender_id)
            assert found is not None
            return found

    def set_sender(self, **values: object) -> None:
        """Change the clinic's number."""
        with self.services.db.write() as tx:
            row = tx.get(Sender, self.sender_id)
            for name, value in values.items():
                setattr(row, name, value)

    def set_patient(self, patient_id: UUID, **values: object) -> None:
        """Change a patient behind the plan's back, as another process would between a plan and its sending."""
        with self.services.db.write() as tx:
            row = tx.get(Patient, patient_id)
            for name, value in values.items():
                setattr(row, name, value)

    def later(self, **by: float) -> None:
        """Let time pass, on both clocks."""
        self.clock.move(timedelta(**by))
        self.real.move(timedelta(**by))


def make_clinic(services: Services, slug: str, number: str, mail: str) -> tuple[UUID, UUID, UUID]:
    """A clinic whose senders may send as fast as they like; its id, and theirs."""
    now = services.now()
    with services.db.write() as tx:
        clinic = clinics.add(
            tx,
            Clinic(
                slug=slug,
                name="Lake Clinic",
                zone="America/Chicago",
                sender_name="Lake Clinic",
                phone="+13125550199",
                created_at=now,
            ),
        )
        text = clinics.add_sender(tx, clinic.id, kind="sms", address=number, now=now)
        post = clinics.add_sender(tx, clinic.id, kind="email", address=mail, now=now)
        for sender in (text, post):
            sender.pace_per_second = 10_000
            sender.daily_cap = 1_000_000
        return clinic.id, text.id, post.id


@pytest.fixture
def world(services: Services, clock: MovableClock) -> World:
    """A clinic in Chicago on a Tuesday morning, on each kind of database."""
    real = MovableClock(datetime(2026, 3, 3, 15, 30, tzinfo=UTC))
    sms, email, queue = MemorySms(clock=real.now), MemoryEmail(), RecordingQueue()
    services = replace(services, sms=sms, email=email, queue=queue, real_now=real.now)
    ids = make_clinic(services, "lake", "+13125550100", "care@clinic.example")
    return World(services, clock, real, sms, email, queue, *ids)
