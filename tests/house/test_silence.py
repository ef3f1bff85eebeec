"""Nothing of a patient reaches a log: a journey through every door, much going wrong, with logging at its loudest."""

import logging
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import structlog
from sqlalchemy import text

from followup import logs
from followup.domain.actor import OPERATOR
from followup.domain.errors import FollowupError
from followup.domain.triage import Assessment, ReplyContext
from followup.gateways.clock import MovableClock
from followup.services import api_keys, imports, staff
from followup.services.api_keys import Scope
from followup.services.context import Services
from followup.services.procedures import record_procedure
from followup.services.replies.receive import read_waiting
from followup.services.replies.receive_mail import poll_mailbox
from followup.simulator.faults import FaultRule, Misbehaviour
from tests.journeys.wired import NUMBER, Wired, wired

PHONE, STRANGER, MAIL = "+13125550171", "+13125550172", "zebedee.quillfeather@mail.example"
GIVEN, FAMILY, MRN, BORN = "Zebedee", "Quillfeather", "MRN-778899", "1957-11-23"
# Words that only a patient or a nurse writes here.
WORDS = ("marzipan", "wheelbarrow", "sourdough", "tangerine", "lighthouse", "porcupine")
SECRET = "seven green herons"


class BrokenReader:
    """A reader that fails as readers do: with the patient's words in its error."""

    version = "broken"

    def assess(self, context: ReplyContext) -> Assessment:
        """Fail."""
        raise ValueError(f"cannot read {context.text!r}")


@pytest.fixture
def loud() -> Iterator[None]:
    """Every logger of ours and the root at DEBUG, written as production writes it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    names = (
        "followup",
        "workers",
        "uvicorn.access",
        "sqlalchemy.engine",
        "twilio",
        "imaplib",
        "aiohttp.access",
        "httpx",
        "httpcore",
    )
    levels = {name: logging.getLogger(name).level for name in names}
    logs.configure("DEBUG")
    root.setLevel(logging.DEBUG)
    for name in ("httpx", "httpcore"):  # this test's own client, which plays the patient's browser
        logging.getLogger(name).setLevel(logging.WARNING)
    yield
    root.handlers[:], root.level = handlers, level
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    structlog.reset_defaults()


@pytest.fixture
def clinic(sqlite_services: Services, clock: MovableClock) -> Iterator[Wired]:
    """A clinic wired to the simulated world."""
    with wired(sqlite_services, clock) as house:
        yield house


def test_no_log_line_holds_a_word_of_a_patient(
    clinic: Wired, loud: None, capsys: pytest.CaptureFixture[str], clock: MovableClock
) -> None:
    _over_the_api(clinic)
    _from_a_file(clinic)
    _by_text_and_mail(clinic, clock)
    _when_things_break(clinic)
    structlog.get_logger("followup.tests").info("the_journey_ended")

    said = capsys.readouterr().err
    assert "the_journey_ended" in said, "nothing was captured"
    assert "webhook_refused" in said
    assert "reply_unreadable" in said or "reply_words_unread" in said
    digits = [PHONE[2:], STRANGER[2:], "312-555-0171", "(312) 555-0171"]
    for word in (GIVEN, FAMILY, MRN, BORN, MAIL, SECRET, *digits, *WORDS):
        assert word.casefold() not in said.casefold(), _around(said, word)


def _around(said: str, word: str) -> str:
    return next(line for line in said.splitlines() if word.casefold() in line.casefold())


def _person(**changes: Any) -> dict[str, Any]:
    return {
        "mrn": MRN, "given_name": GIVEN, "family_name": FAMILY, "birth_date": BORN, "phone": PHONE, "email": MAIL,
        "language": "en", "timezone": "America/Chicago", "consent": {"sms": True, "email": True},
    } | changes  # fmt: skip


def _request(clinic: Wired, **changes: Any) -> dict[str, Any]:
    performed = (clinic.services.now() - timedelta(hours=1)).isoformat()
    body = {"source": "ehr", "external_id": "v1", "protocol": "trigger-point-injection", "performed_at": performed}
    return body | {"patient": _person()} | changes


def _over_the_api(clinic: Wired) -> None:
    key = api_keys.create(clinic.services, clinic.clinic.id, "EHR", [scope.value for scope in Scope], OPERATOR).secret
    with httpx.Client(base_url=clinic.address, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        good = client.post("/api/v1/procedures", json=_request(clinic))
        assert good.status_code == 201, good.text
        bad = [
            client.post("/api/v1/procedures", json=_request(clinic, body_site="neck")),
            client.post(
                "/api/v1/procedures", json=_request(clinic, patient=_person(phone=f"{PHONE}99", birth_date=GIVEN))
            ),
            client.post("/api/v1/procedures", json=_request(clinic, patient=[GIVEN, FAMILY])),
            client.post("/api/v1/procedures", content=f'{{"patient": {{"mrn": "{MRN}"'),
            client.get(f"/api/v1/patients/{MRN}"),
        ]
        assert [answer.status_code for answer in bad] == [409, 422, 422, 400, 404]
    staff.add(clinic.services, clinic.clinic.id, "nora@lake.example", "Nora Reyes", "nurse", SECRET)
    with httpx.Client(base_url=clinic.address, timeout=30) as browser:
        browser.post("/", data={"email": MAIL, "password": SECRET})
        browser.get("/patients", params={"q": FAMILY})


def _from_a_file(clinic: Wired) -> None:
    performed = (clinic.services.now() - timedelta(hours=1)).isoformat()
    head = (
        "source,external_id,protocol,performed_at,patient.mrn,patient.given_name,patient.family_name,patient.birth_date"
    )
    rows = [
        f"ehr,v7,trigger-point-injection,{performed},{MRN}7,{GIVEN},{FAMILY},{BORN}",
        f"ehr,v8,{FAMILY},yesterday,{MRN}8,{GIVEN},{FAMILY},{GIVEN}",
    ]
    job = imports.import_file(clinic.services, clinic.clinic.id, "day.csv", "\n".join([head, *rows]).encode(), OPERATOR)
    assert (job.recorded, job.refused) == (1, 1)
    with pytest.raises(FollowupError):
        imports.import_file(clinic.services, clinic.clinic.id, "day.csv", f"{FAMILY};{PHONE}".encode(), OPERATOR)


def _by_text_and_mail(clinic: Wired, clock: MovableClock) -> None:
    world = clinic.world
    clinic.send_due()
    for said in (
        f"thanks from the {WORDS[0]}",
        f"I have chest pain near the {WORDS[1]} and cannot breathe",
        f"please stop texting me about {WORDS[2]}",
        "START",
        f"is {WORDS[3]} fine? " + "x" * 1500,
    ):
        world.text(PHONE, NUMBER, said)
    world.text(STRANGER, NUMBER, f"who is this {WORDS[4]}")
    fields = {"MessageSid": "SM1", "From": PHONE, "To": NUMBER, "Body": WORDS[5]}
    forged = urllib.request.Request(
        f"{clinic.address}/hooks/twilio/inbound?who={FAMILY}", urllib.parse.urlencode(fields).encode()
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(forged, timeout=10)
    refused.value.close()
    assert refused.value.code == 403
    if world.mailbox(MAIL):
        world.reply_by_mail(MAIL, f"it is much worse, says the {WORDS[0]}")
        poll_mailbox(clinic.services)
    world.misbehave(FaultRule(Misbehaviour.ERROR_BEFORE, probability=1.0))
    clock.put(clock.now() + timedelta(days=1))
    clinic.send_due()
    world.behave()


def _when_things_break(clinic: Wired) -> None:
    broken = replace(clinic.services, reader=BrokenReader)
    from followup.services.replies.receive import InboundText, receive_text

    receive_text(broken, InboundText("SMbroken", PHONE, NUMBER, f"better, {WORDS[1]}"))
    read_waiting(broken, clinic.services.now() + timedelta(minutes=5))
    # A table is gone, so that the database's own errors come up with statements and values.
    with clinic.services.db.write() as tx:
        tx.execute(text("ALTER TABLE replies RENAME TO replies_gone"))
        tx.execute(text("ALTER TABLE patients RENAME TO patients_gone"))
    clinic.world.text(PHONE, NUMBER, f"worse, {WORDS[2]}")
    key = api_keys.create(clinic.services, clinic.clinic.id, "EHR2", [scope.value for scope in Scope], OPERATOR).secret
    with httpx.Client(base_url=clinic.address, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        assert client.post("/api/v1/procedures", json=_request(clinic, external_id="v9")).status_code >= 500
    with pytest.raises(Exception, match="patients"):
        record_procedure(clinic.services, clinic.clinic.id, _request(clinic, external_id="v10"), OPERATOR)
    with clinic.services.db.write() as tx:
        tx.execute(text("ALTER TABLE replies_gone RENAME TO replies"))
        tx.execute(text("ALTER TABLE patients_gone RENAME TO patients"))
