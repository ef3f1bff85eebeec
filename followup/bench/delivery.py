"""How many texts a second leave for the carrier in batches, beside the same texts sent one after the other."""

import http.client
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from followup.bench.scratch import ACCOUNT, NUMBER, TOKEN, Scratch, phone, scratch
from followup.domain.actor import OPERATOR
from followup.domain.delivery import Status
from followup.domain.errors import ConfigurationError
from followup.embedded import processes
from followup.gateways.clock import MovableClock
from followup.gateways.queue import RecordingQueue
from followup.services.context import Services
from followup.services.delivery.loop import start
from followup.services.delivery.send import send_batch
from followup.services.delivery.tick import SEND_BATCH, send_due
from followup.services.outbox import send_now
from followup.services.procedures import record_procedure

# A Tuesday morning in Chicago: the hour of a measurement must not decide whether texts may leave.
_MORNING = datetime(2026, 3, 3, 15, 30, tzinfo=UTC)
_STARTS_WITHIN = 60.0  # seconds


def measure(count: int = 400, alone: int = 50, database_url: str = "") -> dict[str, Any]:
    """Texts a second of one process to a simulated carrier on this machine, which has no pace of its own."""
    port = processes.free_port()
    with _carrier(port), scratch(database_url, carrier=f"http://127.0.0.1:{port}") as place:
        queue, clock = RecordingQueue(), MovableClock(_MORNING)
        services = replace(place.services, queue=queue, clock=clock)
        first = [_record(services, place, number) for number in range(alone)]
        clock.put(_MORNING + timedelta(minutes=61))
        begun = time.perf_counter()
        sent_alone = sum(send_now(services, each) is Status.SENT for each in first)
        one_by_one = time.perf_counter() - begun
        clock.put(_MORNING)
        for number in range(alone, alone + count):
            _record(services, place, number)
        clock.put(_MORNING + timedelta(minutes=61))
        sent, took = _in_batches(services, queue, count)
        if close := getattr(services.sms, "close", None):
            start(close()).result()
    return {
        "texts": count,
        "database": "PostgreSQL" if database_url.startswith("postgres") else "SQLite",
        "texts_per_second": round(sent / took, 1),
        "one_after_the_other": {"texts": alone, "texts_per_second": round(sent_alone / one_by_one, 1)},
    }


def _in_batches(services: Services, queue: RecordingQueue, count: int) -> tuple[int, float]:
    """Tick and send, as beat and one worker do, until all have left."""
    sent, begun = 0, time.perf_counter()
    while sent < count:
        if time.perf_counter() - begun > 300:
            raise ConfigurationError(f"Only {sent} of {count} texts had left after five minutes")
        handed = send_due(services)
        batches = [words[0] for task, words in queue.woken if task == SEND_BATCH]
        queue.woken.clear()
        sent += sum(send_batch(services, UUID(batch)) for batch in batches)
        if not handed:
            time.sleep(0.05)  # the sender's pace
    return sent, time.perf_counter() - begun


def _record(services: Services, place: Scratch, number: int) -> UUID:
    """A procedure of a new patient; the id of its first text."""
    request = {
        "source": "bench",
        "external_id": str(number),
        "protocol": "trigger-point-injection",
        "performed_at": services.now().isoformat(),
        "patient": {
            "mrn": str(number),
            "given_name": "Pat",
            "family_name": f"Measured{number}",
            "birth_date": "1970-01-01",
            "phone": phone(number),
            "consent": {"sms": True},
        },
    }
    rows = record_procedure(services, place.clinic_id, request, OPERATOR, how="desk").communications
    return next(row.id for row in rows if row.channel == "sms" and row.status == "planned")


@contextmanager
def _carrier(port: int) -> Iterator[None]:
    """The simulated carrier as a process, so that it takes no time from the sender but what its processor takes."""
    household = processes.Household()
    command = [
        *(sys.executable, "-m", "followup.simulator", "--carrier-port", str(port)),
        *("--smtp-port", str(processes.free_port()), "--imap-port", str(processes.free_port())),
        *("--account-sid", ACCOUNT, "--auth-token", TOKEN, "--number", f"{NUMBER}="),
    ]
    try:
        household.start(processes.Child("carrier", command, {}, log_file=Path(os.devnull)))
        deadline = time.monotonic() + _STARTS_WITHIN
        while not _listens(port):
            if time.monotonic() > deadline:
                raise ConfigurationError("The simulated carrier did not get ready")
            time.sleep(0.1)
        yield
    finally:
        household.stop()


def _listens(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True
