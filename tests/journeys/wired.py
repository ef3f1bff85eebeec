"""A clinic wired to the simulator as a real one is to its providers: HTTP, signed webhooks, SMTP and IMAP."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import uvicorn
from sqlalchemy import select

from followup.domain.actor import OPERATOR
from followup.gateways.clock import MovableClock
from followup.gateways.imap_mailbox import ImapMailbox
from followup.gateways.smtp_email import SmtpEmail
from followup.gateways.twilio_sms import TwilioSms
from followup.services.clinics import NewSender, add_clinic
from followup.services.context import Services
from followup.services.delivery import loop
from followup.services.delivery.claim import claim_batch
from followup.services.delivery.send import send_batch
from followup.services.procedures import record_procedure
from followup.simulator import SimulatorSettings, run_in_thread
from followup.simulator.thread import RunningSimulator
from followup.store.models import Clinic
from followup.web.app import create_app

NUMBER = "+13125550100"
MAIL = "care@lake.clinic.example"
ACCOUNT, TOKEN = "AC" + "0f" * 16, "simulated-auth-token"
PASSWORD = "simulated-mail-password"


@dataclass(slots=True)
class Wired:
    """A clinic, its web at `address`, and the simulated world."""

    services: Services
    clock: MovableClock
    clinic: Clinic
    world: RunningSimulator
    address: str

    def record(self, mrn: str = "M1", **patient: Any) -> None:
        """Record a procedure an hour ago."""
        person = {"mrn": mrn, "given_name": "Ana", "family_name": "Ruiz", "birth_date": "1970-02-03"}
        consent = {"sms": "phone" in patient, "email": "email" in patient}
        request = {
            "source": "test",
            "external_id": mrn,
            "protocol": "trigger-point-injection",
            "performed_at": (self.services.now() - timedelta(hours=1)).isoformat(),
            "body_site": "shoulder",
            "patient": {**person, "consent": consent, "timezone": "America/Chicago", **patient},
        }
        record_procedure(self.services, self.clinic.id, request, OPERATOR)

    def send_due(self) -> None:
        """Send what is due in this process, and wait until the carrier has reported on it."""
        for urgent in (True, False):
            while (batch := claim_batch(self.services, urgent=urgent)) is not None:
                send_batch(self.services, batch.id)
        self.world.settle()

    def all(self, kind: Any) -> list[Any]:
        """Every row of a table, in the order of its ids."""
        with self.services.db.read() as tx:
            return list(tx.scalars(select(kind).order_by(kind.id)))


@contextmanager
def wired(services: Services, clock: MovableClock) -> Iterator[Wired]:
    """Put up the simulator, the web on a free port, and a clinic between them."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = SimulatorSettings(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        numbers={NUMBER: f"{address}/hooks/twilio/inbound#rc=2&rp=all"},
        inbox=("care*@lake.clinic.example",),
        imap_login="replies@clinic.example",
        imap_password=PASSWORD,
    )
    with run_in_thread(settings) as world:
        world.set_inbound(
            NUMBER, f"{address}/hooks/twilio/inbound#rc=2&rp=all", voice_url=f"{address}/hooks/twilio/voice"
        )
        imap = world.simulator.imap_url.split("://", 1)[1].rsplit("@", 1)[-1].split("/")[0]
        smtp = world.simulator.smtp_url
        email = SmtpEmail(smtp)
        carrier = TwilioSms(ACCOUNT, TOKEN, public_url=address, api_url=world.carrier_url)
        services = replace(
            services,
            public_url=address,
            sms=carrier,
            email=email,
            mailbox=ImapMailbox(f"imap://{quote('replies@clinic.example')}:{PASSWORD}@{imap}/INBOX"),
        )
        clinic = add_clinic(
            services,
            slug="lake",
            name="Lake Pain Center",
            sender_name="Lake Clinic",
            zone="America/Chicago",
            phone="312-555-0199",
            senders=[NewSender("sms", NUMBER, pace_per_second=100), NewSender("email", MAIL, pace_per_second=100)],
            actor=OPERATOR,
        )
        server = uvicorn.Server(
            uvicorn.Config(create_app(services), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Wired(services, clock, clinic, world, address)
        finally:
            world.settle()
            server.should_exit = True
            thread.join(timeout=15)
            loop.start(carrier.close()).result(timeout=10)
            email.close()
            listener.close()
