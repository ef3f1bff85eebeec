"""Cases over the API."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from followup.domain.actor import OPERATOR
from followup.domain.acuity import Acuity
from followup.domain.case import CaseKind, Disposition
from followup.services import staff
from followup.services.cases.intake import open_or_join_in, subject_of_patient
from followup.services.context import Services
from followup.store.ids import new_id
from followup.store.models import Clinic, Reply
from tests.services.people import request
from tests.web.api.test_procedures import fields, problem

PATH = "/api/v1/cases"


def opened(client: httpx.Client, services: Services, clinic: Clinic, mrn: str, acuity: Acuity) -> str:
    body = request(services, external_id=mrn, patient__mrn=mrn)
    made = client.post("/api/v1/procedures", json=body).json()
    patient_id = UUID(made["patient_id"])
    with services.db.write() as tx:
        case = open_or_join_in(
            tx,
            services,
            clinic_id=clinic.id,
            kind=CaseKind.REPLY,
            acuity=acuity,
            patient_id=patient_id,
            procedure_id=UUID(made["id"]),
            subject_key=subject_of_patient(patient_id),
            reason="It was read as pressing.",
            now=services.now(),
        )
        tx.flush()
        tx.add(
            Reply(
                id=new_id(),
                clinic_id=clinic.id,
                channel="sms",
                provider_id=f"SM{new_id().hex}",
                from_address="+13125550101",
                to_address="+13125550199",
                text="it is worse, more swollen",
                received_at=services.now(),
                patient_id=patient_id,
                case_id=case.id,
                status="read",
                acuity=acuity.value,
                assessment={"evidence": [{"start": 6, "end": 11, "text": "worse", "rule": "worse"}]},
            )
        )
    return str(case.id)


def test_the_queue_comes_in_its_order_with_who_what_and_the_exact_words(
    client: httpx.Client, sqlite_services: Services, clinic: Clinic
) -> None:
    routine = opened(client, sqlite_services, clinic, "R-1", Acuity.ROUTINE)
    urgent = opened(client, sqlite_services, clinic, "U-1", Acuity.URGENT)
    emergency = opened(client, sqlite_services, clinic, "E-1", Acuity.EMERGENCY)
    shown = client.get(PATH, params={"status": "open"}).json()
    assert [case["id"] for case in shown] == [emergency, urgent, routine]
    first = shown[0]
    assert first["patient"]["mrn"] == "E-1"
    assert first["procedure"]["protocol"] == "trigger-point-injection"
    assert first["owner"] is None
    assert first["replies"][0]["text"] == "it is worse, more swollen"
    assert first["replies"][0]["evidence"][0]["rule"] == "worse"
    assert first["respond_by"] >= first["opened_at"]


def test_pages_of_the_queue_follow_each_other(client: httpx.Client, sqlite_services: Services, clinic: Clinic) -> None:
    made = [opened(client, sqlite_services, clinic, f"U-{number}", Acuity.URGENT) for number in range(3)]
    first = client.get(PATH, params={"limit": 2})
    second = client.get(PATH, params={"limit": 2, "cursor": first.headers["next-cursor"]})
    assert {case["id"] for case in (*first.json(), *second.json())} == set(made)
    assert "next-cursor" not in second.headers


def test_a_case_is_worked_from_acknowledged_to_resolved_and_reopened(
    client: httpx.Client, sqlite_services: Services, clinic: Clinic
) -> None:
    nurse = staff.add(sqlite_services, clinic.id, "nell@lakeside.example", "Nell Ames", "nurse", actor=OPERATOR)
    path = f"{PATH}/{opened(client, sqlite_services, clinic, 'U-1', Acuity.URGENT)}"
    assert client.post(f"{path}/acknowledge").json()["status"] == "acknowledged"
    assert problem(client.post(f"{path}/acknowledge"), 409)["detail"]
    assert client.post(f"{path}/note", json={"text": "Line one\nline two"}).status_code == 200
    told = client.post(f"{path}/reply", json={"text": "Please put ice on it.", "key": "k1"})
    assert told.status_code == 200, told.text
    assert client.post(f"{path}/reply", json={"text": "Please put ice on it.", "key": "k1"}).status_code == 200
    answers = client.get("/api/v1/communications", params={"direction": "outbound"}).json()["items"]
    assert [row["text"] for row in answers if row["kind"] == "answer"] == [
        "The care team at Lakeside Clinic: Please put ice on it."
    ]
    assert client.post(f"{path}/contact", json={"how": "call", "outcome": "reached"}).status_code == 200
    handed = client.post(f"{path}/hand-over", json={"to": str(nurse.person.id), "note": "Please call at two."})
    assert handed.json()["owner"] == {"id": str(nurse.person.id), "name": "Nell Ames"}
    assert client.post(f"{path}/escalate", json={"reason": "fever"}).json()["acuity"] == "emergency"
    done = client.post(
        f"{path}/resolve", json={"disposition": "self_care", "note": "Spoke with her; ice.", "confirm": True}
    )
    assert done.status_code == 200, done.text
    assert done.json()["disposition"] == "self_care"
    assert [case["id"] for case in client.get(PATH, params={"status": "resolved"}).json()] == [done.json()["id"]]
    assert client.get(PATH).json() == []
    problem(client.post(f"{path}/contact", json={"how": "call", "outcome": "reached"}), 409)
    assert client.post(f"{path}/reopen").json()["status"] == "open"
    problem(client.post(f"{path}/reopen", json={"reason": "again"}), 409)


def test_a_reading_is_corrected_on_its_own_case_only(
    client: httpx.Client, sqlite_services: Services, clinic: Clinic
) -> None:
    routine = opened(client, sqlite_services, clinic, "R-1", Acuity.ROUTINE)
    other = opened(client, sqlite_services, clinic, "U-1", Acuity.ROUTINE)
    (case,) = [each for each in client.get(PATH).json() if each["id"] == routine]
    body = {"reply_id": case["replies"][0]["id"], "acuity": "emergency", "reason": "She cannot feel her arm."}
    problem(client.post(f"{PATH}/{other}/correct", json=body), 404)
    raised = client.post(f"{PATH}/{routine}/correct", json=body)
    assert raised.status_code == 200, raised.text
    assert (raised.json()["acuity"], raised.json()["replies"][0]["acuity"]) == (
        "emergency", case["replies"][0]["acuity"],
    )  # fmt: skip
    body |= {"acuity": "routine", "reason": "She can.", "lower_case": True, "version": raised.json()["version"]}
    assert client.post(f"{PATH}/{routine}/correct", json=body).json()["acuity"] == "routine"


@pytest.mark.parametrize(
    ("verb", "body", "wrong"),
    [
        ("contact", {}, {"how", "outcome"}),
        ("contact", {"how": "pigeon", "outcome": "lost"}, {"how", "outcome"}),
        ("reply", {"text": " "}, {"text"}),
        ("reply", {"text": "x", "channel": "fax"}, {"channel"}),
        ("reply", {"text": 1, "version": "one", "x": 1}, {"text", "version", "x"}),
        ("note", {}, {"text"}),
        ("hand-over", {"to": "nobody", "note": "x"}, {"to"}),
        ("escalate", {}, {"reason"}),
        ("escalate", {"reason": "x", "acuity": "none"}, {"acuity"}),
        ("correct", {}, {"reply_id", "acuity", "reason"}),
        ("correct", {"reply_id": "x", "acuity": "urgent", "reason": "x", "lower_case": 1}, {"reply_id", "lower_case"}),
        ("resolve", {}, {"disposition"}),
        ("resolve", {"disposition": "fine"}, {"disposition"}),
        ("resolve", {"disposition": "self_care", "confirm": "yes"}, {"confirm"}),
        ("reopen", {"why": "x"}, {"why"}),
    ],
)
def test_a_verb_names_what_is_wrong(
    client: httpx.Client, sqlite_services: Services, clinic: Clinic, verb: str, body: dict[str, object], wrong: set[str]
) -> None:
    case = opened(client, sqlite_services, clinic, "U-1", Acuity.URGENT)
    assert fields(problem(client.post(f"{PATH}/{case}/{verb}", json=body), 422)) == wrong


def test_an_unknown_status_is_refused(client: httpx.Client) -> None:
    assert fields(problem(client.get(PATH, params={"status": "done"}), 422)) == {"status"}
    assert fields(problem(client.get(PATH, params={"cursor": "b-1"}), 422)) == {"cursor"}


def test_every_disposition_is_listed_in_the_description(client: httpx.Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    words = described["paths"]["/api/v1/cases/{case_id}/resolve"]["post"]["description"]
    assert all(f"`{each.value}`" in words for each in Disposition)


def test_a_case_that_grows_old_moves_up(client: httpx.Client, sqlite_services: Services, clinic: Clinic) -> None:
    routine = opened(client, sqlite_services, clinic, "R-1", Acuity.ROUTINE)
    sqlite_services.clock.move(timedelta(days=5))  # type: ignore[attr-defined]
    urgent = opened(client, sqlite_services, clinic, "U-1", Acuity.URGENT)
    assert [case["id"] for case in client.get(PATH).json()] == [routine, urgent]
