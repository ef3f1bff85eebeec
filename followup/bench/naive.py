"""The peer of a measurement: one task a message, as most services begin.

It claims nothing, looks at nothing once more and writes no attempt down beforehand, and it is given what makes
such a design fast: lines to the carrier that stay open, one for each of its threads, protocols read once, and two short
transactions.
"""

import os
import threading
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from celery import Celery
from twilio.rest import Client

from followup import config
from followup.bootstrap import build_services
from followup.broker import read_broker
from followup.domain.delivery import Status
from followup.gateways.twilio_http import BlockingClient
from followup.services.context import Services
from followup.services.delivery.words import Wording
from followup.store import clinics, filling
from followup.store.models import Communication, Patient, Procedure, ProtocolVersion

THREADS = 32
TASK = "naive.send"

_settings = config.load(os.environ)
_broker = read_broker(_settings.broker_url)
_of_thread = threading.local()
app = Celery("naive", broker=_broker.celery_url)
app.conf.update(
    broker_transport_options=_broker.celery_options,
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=4,
    worker_send_task_events=False,
)


@cache
def _services() -> Services:
    return build_services(_settings)


@cache
def _wording() -> Wording:
    return Wording(_services())


def _client() -> Client:
    if not hasattr(_of_thread, "client"):
        http = BlockingClient(_settings.twilio_api_url)
        _of_thread.client = Client(_settings.twilio_account_sid, _settings.twilio_auth_token, http_client=http)
    found: Client = _of_thread.client
    return found


@app.task(name=TASK)  # type: ignore[untyped-decorator]
def send(communication_id: str) -> None:
    """Read the row, make its words, post them, and write the provider's id down."""
    services = _services()
    with services.db.read() as tx:
        row = tx.get_one(Communication, UUID(communication_id))
        if row.status != Status.PLANNED:
            return
        clinic = clinics.by_id(tx, row.clinic_id)
        patient, procedure = tx.get_one(Patient, row.patient_id), tx.get_one(Procedure, row.procedure_id)
        version = tx.get_one(ProtocolVersion, procedure.protocol_version_id)
        assert clinic is not None
    _wording().put(row, clinic=clinic, patient=patient, procedure=procedure, version=version, first=True, shared=False)
    made = _client().messages.create(
        to=patient.phone, body=row.body, from_=os.environ["FOLLOWUP_TWILIO_FROM"], status_callback=services.public_url
    )
    with services.db.write() as tx:
        filling.note_sent(tx, row.id, str(made.sid), row.body or "", datetime.now(UTC))
