"""Patients over the API."""

import httpx

from followup.domain.delivery import Channel
from followup.services.context import Services
from followup.store import opt_outs
from followup.store.models import Clinic
from tests.services.people import request
from tests.web.api.test_procedures import fields, problem

PATH = "/api/v1/patients"


def recorded(client: httpx.Client, services: Services) -> str:
    made = client.post("/api/v1/procedures", json=request(services)).json()
    return f"{PATH}/{made['patient_id']}"


def test_a_record_shows_contact_consent_stops_and_procedures(client: httpx.Client, sqlite_services: Services) -> None:
    shown = client.get(recorded(client, sqlite_services)).json()
    assert (shown["mrn"], shown["phone"], shown["language"]) == ("A-1001", "+13125550101", "en")
    assert shown["consent"]["sms"]["given"] is True
    assert shown["consent"]["sms"]["how"] == "api"
    assert shown["consent"]["sms"]["by"].startswith("api:")
    assert shown["opt_outs"] == {"sms": None, "email": None}
    assert len(shown["procedures"]) == 1


def test_a_change_plans_anew_and_names_every_fault(client: httpx.Client, sqlite_services: Services) -> None:
    path = recorded(client, sqlite_services)
    changed = client.patch(path, json={"language": "es", "consent": {"email": {"given": False, "how": "letter"}}})
    assert changed.status_code == 200
    assert changed.json()["language"] == "es"
    assert changed.json()["consent"]["email"]["given"] is False
    told = problem(client.patch(path, json={"phone": "1", "mrn": "B", "deceased": 1}), 422)
    assert fields(told) == {"phone", "mrn", "deceased"}
    problem(client.patch(path, json={}), 422)


def test_death_stops_everything(client: httpx.Client, sqlite_services: Services) -> None:
    path = recorded(client, sqlite_services)
    shown = client.patch(path, json={"deceased": True}).json()
    assert shown["deceased_at"] is not None
    plan = client.get(f"/api/v1/procedures/{shown['procedures'][0]}").json()
    assert {row["status"] for row in plan["communications"]} == {"cancelled"}
    assert {row["reason"] for row in plan["communications"]} == {"the patient has died"}


def test_a_yes_over_the_api_leaves_a_stop_standing(
    client: httpx.Client, sqlite_services: Services, clinic: Clinic
) -> None:
    path = recorded(client, sqlite_services)
    with sqlite_services.db.write() as tx:
        opt_outs.stop(
            tx,
            clinic_id=clinic.id,
            channel=Channel.SMS,
            address="+13125550101",
            source="reply",
            now=sqlite_services.now(),
        )
    shown = client.patch(path, json={"consent": {"sms": True}}).json()
    assert shown["opt_outs"]["sms"]["reason"] == "stop"
    refused = client.patch(path, json={"consent": {"sms": {"given": True, "lift_opt_out": True}}})
    assert fields(problem(refused, 422)) == {"consent.sms.lift_opt_out"}


def test_a_patient_is_found_by_the_whole_record_number(client: httpx.Client, sqlite_services: Services) -> None:
    path = recorded(client, sqlite_services)
    found = client.get(PATH, params={"mrn": "a-1001"}).json()
    assert [f"{PATH}/{each['id']}" for each in found] == [path]
    assert client.get(PATH, params={"mrn": "A-100"}).json() == []
    assert fields(problem(client.get(PATH), 422)) == {"mrn"}
