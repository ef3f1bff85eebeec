"""What comes in broken, forged, huge or twice gets a clear answer, and nothing is lost, through the real front desk."""

import http.client
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from sqlalchemy import text

from followup.domain.actor import OPERATOR
from followup.gateways.clock import MovableClock
from followup.services import api_keys
from followup.services.api_keys import Scope
from followup.services.context import Services
from followup.services.replies.receive_mail import poll_mailbox
from followup.simulator.carrier.signature import sign
from followup.store.database import Database
from followup.store.models import Case, Communication, Procedure, Reply
from tests.journeys.wired import NUMBER, TOKEN, Wired, wired

PHONE = "+13125550151"
MAIL = "ana@mail.example"
INBOUND = "/hooks/twilio/inbound"


@pytest.fixture
def clinic(sqlite_services: Services, clock: MovableClock) -> Iterator[Wired]:
    """A clinic wired to the simulated world."""
    with wired(sqlite_services, clock) as house:
        yield house


@pytest.fixture
def api(clinic: Wired) -> Iterator[httpx.Client]:
    """A machine that may do everything."""
    scopes = [scope.value for scope in Scope]
    key = api_keys.create(clinic.services, clinic.clinic.id, "machine", scopes, OPERATOR).secret
    with httpx.Client(base_url=clinic.address, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        yield client


def request(clinic: Wired) -> dict[str, Any]:
    performed = (clinic.services.now() - timedelta(hours=1)).isoformat()
    person = {"mrn": "M1", "given_name": "Ana", "family_name": "Ruiz", "birth_date": "1970-02-03", "phone": PHONE}
    return {
        "source": "ehr",
        "external_id": "v1",
        "protocol": "trigger-point-injection",
        "performed_at": performed,
        "patient": {**person, "consent": {"sms": True}},
    }


def post(
    clinic: Wired, fields: dict[str, str], *, signature: str | None = None, path: str = INBOUND, **headers: str
) -> int:
    """Post a form as the carrier does; signed by it unless another signature is given."""
    if signature is None:
        signature = sign(TOKEN, clinic.address + path, fields.items())
    given = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"} | headers
    return httpx.post(clinic.address + path, content=urlencode(fields), headers=given, timeout=30).status_code


def fields(sid: str = "SM" + "1" * 32, body: str = "worse", **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "From": PHONE, "To": NUMBER, "Body": body, "NumMedia": "0"} | more


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b'{"patient": ' + b"[" * 5000,
        b'{"source": NaN}',
        b"{}" * 3,
    ],
)
def test_what_is_no_json_object_is_refused_with_a_reason(api: httpx.Client, clinic: Wired, body: bytes) -> None:
    answer = api.post("/api/v1/procedures", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["detail"]
    assert clinic.all(Procedure) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"performed_at": 5}, "performed_at"),
        ({"performed_at": "2999-01-01T00:00:00Z"}, "performed_at"),
        ({"performed_at": "2026-03-03T09:30:00"}, "performed_at"),
        ({"performed_at": "2026-02-30T09:30:00-06:00"}, "performed_at"),
        ({"protocol": "none-such"}, "protocol"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 5000}, "external_id"),
        ({"source": {"a": 1}}, "source"),
        ({"patient": "Ana"}, "patient"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value),
)
def test_a_wrong_value_is_named_by_its_field(
    api: httpx.Client, clinic: Wired, change: dict[str, Any], field: str
) -> None:
    answer = api.post("/api/v1/procedures", json=request(clinic) | change)
    assert answer.status_code == 422, answer.text
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert all(error["message"] for error in answer.json()["errors"])
    assert clinic.all(Procedure) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "911"),
        ("phone", "+1900555"),
        ("phone", "call me"),
        ("birth_date", "1970-02-31"),
        ("birth_date", "2999-01-01"),
        ("timezone", "Mars/Olympus"),
        ("language", "klingon"),
        ("email", "not an address"),
        ("mrn", ""),
        ("given_name", "A\x00na"),
        ("consent", {"sms": "yes please"}),
    ],
)
def test_a_wrong_value_of_a_patient_is_named_by_its_field(
    api: httpx.Client, clinic: Wired, field: str, value: object
) -> None:
    wrong = request(clinic)
    wrong["patient"][field] = value
    answer = api.post("/api/v1/procedures", json=wrong)
    assert answer.status_code == 422, answer.text
    named = [error["field"] for error in answer.json()["errors"]]
    assert any(name.startswith(f"patient.{field}") for name in named), named
    assert clinic.all(Procedure) == []


def test_a_huge_body_is_refused_without_being_kept(api: httpx.Client, clinic: Wired) -> None:
    answer = api.post("/api/v1/procedures", content=b'{"source": "' + b"x" * 20_000_000 + b'"}')
    assert answer.status_code in (413, 422)
    assert clinic.all(Procedure) == []
    assert post(clinic, fields(body="x" * 300_000)) == 413
    assert httpx.get(f"{clinic.address}/healthz").status_code == 200


def test_a_forged_post_is_refused_and_a_replayed_one_changes_nothing(clinic: Wired) -> None:
    assert post(clinic, fields(), signature="bm90IHRoZSByaWdodCBvbmU=") == 403
    assert post(clinic, fields(), signature="") == 403
    signature = sign(TOKEN, clinic.address + INBOUND, fields().items())
    assert post(clinic, fields(body="better"), signature=signature) == 403
    assert clinic.all(Reply) == []
    assert [post(clinic, fields()) for _ in range(3)] == [200, 200, 200]
    assert len(clinic.all(Reply)) == 1
    assert len(clinic.all(Case)) == 1


def test_blank_and_unknown_fields_are_part_of_what_was_signed(clinic: Wired) -> None:
    given = fields(body="", FromCity="", FromZip="", MediaUrl0="", Tomorrow="new field", Smile="😀 ñ &=+%")
    assert post(clinic, given) == 200
    less = {name: value for name, value in given.items() if value}
    assert post(clinic, less, signature=sign(TOKEN, clinic.address + INBOUND, given.items())) == 403
    assert len(clinic.all(Reply)) == 1


def test_what_a_proxy_says_of_itself_changes_nothing(clinic: Wired) -> None:
    proxy = {"Host": "inside.local:8000", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert post(clinic, fields(), **proxy) == 200
    elsewhere = sign(TOKEN, "https://evil.example" + INBOUND, fields().items())
    assert post(clinic, fields("SM" + "2" * 32), signature=elsewhere, **proxy) == 403
    assert len(clinic.all(Reply)) == 1


@pytest.mark.parametrize(
    "body",
    ["", " ", "\n\n", "x" * 1600, "😷" * 800, "\x00\x01\x02\x1b[2J", "%PDF-1.7 \ufffd\ufffd", "' OR 1=1; --",
     "{{ 7*7 }}<script>alert(1)</script>", "\u202eesrow", "0" * 1600],
    ids=["empty", "blank", "lines", "1600", "emoji", "control", "binary", "sql", "markup", "reversed", "zeros"],
)  # fmt: skip
def test_a_strange_reply_is_kept_as_it_came_and_reaches_a_person(clinic: Wired, body: str) -> None:
    clinic.record(phone=PHONE)
    assert post(clinic, fields(body=body)) == 200
    [reply] = clinic.all(Reply)
    assert reply.text == body
    assert reply.status != "received", "it was read"
    assert reply.acuity is not None


def test_a_post_without_what_the_carrier_always_sends_is_refused(clinic: Wired) -> None:
    for missing in ("MessageSid", "From", "To"):
        given = {name: value for name, value in fields().items() if name != missing}
        assert post(clinic, given) in (404, 422), missing
    assert post(clinic, fields(To="+13125550199")) == 404
    assert post(clinic, fields(NumMedia="a thousand")) == 200
    assert post(clinic, fields("SM" + "3" * 32, NumMedia="10")) == 200


def test_a_status_for_nothing_we_sent_is_taken_and_forgotten(clinic: Wired) -> None:
    path = "/hooks/twilio/status/01a209cb-3cb7-7d9d-9b37-e04afdb78350"
    given = {"MessageSid": "SM" + "4" * 32, "MessageStatus": "delivered"}
    assert post(clinic, given, path=path) == 204
    assert post(clinic, {"MessageStatus": "dancing"}, path=path) == 204
    assert post(clinic, given, path="/hooks/twilio/status/not-an-id") in (404, 422)


def test_an_enormous_mail_is_cut_for_reading_and_reaches_a_person(clinic: Wired) -> None:
    clinic.record(email=MAIL)
    clinic.send_due()
    assert clinic.world.mailbox(MAIL)
    clinic.world.reply_by_mail(
        MAIL, "the swelling is much worse and I have a fever\n\n" + ("words and more words " * 150_000)
    )
    clinic.world.reply_by_mail(MAIL, "it is worse")
    for _ in range(2):
        poll_mailbox(clinic.services)
    rows = clinic.all(Reply)
    assert len(rows) == 2
    assert all(row.acuity in ("urgent", "emergency", "routine") for row in rows)
    assert clinic.all(Case)


def test_half_a_request_and_no_request_leave_the_web_well(clinic: Wired) -> None:
    place = urlsplit(clinic.address)
    for line in (b"GET", b"\x16\x03\x01\x02\x00", b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nabc"):
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=10)
        connection.connect()
        connection.sock.sendall(line)
        connection.close()
    assert httpx.get(f"{clinic.address}/readyz").status_code == 200


def test_a_full_disk_refuses_plainly_and_loses_nothing_that_was_answered(clinic: Wired, api: httpx.Client) -> None:
    clinic.record(phone=PHONE)
    assert post(clinic, fields()) == 200
    _fill(clinic.services.db)
    statuses = [post(clinic, fields(f"SM{number:032x}", "x" * 1500)) for number in range(100, 140)]
    full = [status for status in statuses if status != 200]
    assert set(full) == {503}, statuses
    assert httpx.get(f"{clinic.address}/readyz").status_code in (200, 503)
    answer = api.post("/api/v1/procedures", json=request(clinic) | {"external_id": "v" * 100})
    assert answer.status_code in (201, 503)
    _make_room(clinic.services.db)
    # What was refused comes again, as the carrier would post it, and what was taken is there once.
    again = [post(clinic, fields(f"SM{number:032x}", "x" * 1500)) for number in range(100, 140)]
    assert set(again) == {200}
    assert len(clinic.all(Reply)) == 41
    assert httpx.get(f"{clinic.address}/readyz").status_code == 200


def _fill(database: Database) -> None:
    """No page more than there are now, on every connection that is open: what SQLite says on a full disk."""
    _pragma(database, lambda pages: pages)


def _make_room(database: Database) -> None:
    _pragma(database, lambda pages: 1_000_000)


def _pragma(database: Database, limit: Any) -> None:
    from sqlalchemy import event

    with database.read() as tx:
        pages = int(tx.execute(text("PRAGMA page_count")).scalar_one())

    def connect(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={limit(pages)}")

    database.engine.dispose()
    event.listen(database.engine, "connect", connect)


def test_the_answers_of_an_emergency_leave_while_the_broker_is_away(clinic: Wired) -> None:
    clinic.record(phone=PHONE)
    assert post(clinic, fields(body="I can't breathe and my chest hurts")) == 200
    clinic.world.settle()
    assert any("911" in item.body for item in clinic.world.thread(PHONE))
    assert [row.kind for row in clinic.all(Communication) if row.kind == "emergency"]


def test_problem_details_are_one_shape(api: httpx.Client) -> None:
    for answer in (api.get("/api/v1/nothing"), api.get("/api/v1/procedures/nothing"), api.put("/api/v1/procedures")):
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert {"type", "title", "status", "detail"} <= set(json.loads(answer.text))
