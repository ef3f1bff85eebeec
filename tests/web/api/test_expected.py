"""What is expected of a patient for a while, over the API."""

from datetime import timedelta

import httpx

from followup.domain.acuity import Acuity
from followup.services.context import Services
from followup.store.models import Clinic
from tests.web.api.test_cases import PATH, opened
from tests.web.api.test_procedures import fields, problem


def test_something_is_expected_through_a_day_shown_and_ended(
    client: httpx.Client, sqlite_services: Services, clinic: Clinic
) -> None:
    path = f"{PATH}/{opened(client, sqlite_services, clinic, 'R-1', Acuity.ROUTINE)}/expected"
    until = (sqlite_services.now() + timedelta(days=1)).date().isoformat()
    assert client.get(path).json() == []
    marked = client.post(path, json={"topic": "bruising", "until": until, "note": "seen today"})
    assert marked.status_code == 200, marked.text
    (each,) = marked.json()
    assert (each["topic"], each["note"]) == ("bruising", "seen today")
    assert client.get(path).json() == [each]
    assert "already" in problem(client.post(path, json={"topic": "bruising", "until": until}), 409)["detail"]
    assert client.post(f"{path}/{each['id']}/end").json() == []
    problem(client.post(f"{path}/{each['id']}/end"), 409)


def test_nothing_of_an_emergency_is_expected_and_what_is_wrong_is_named(
    client: httpx.Client, sqlite_services: Services, clinic: Clinic
) -> None:
    until = (sqlite_services.now() + timedelta(days=1)).date().isoformat()
    emergency = opened(client, sqlite_services, clinic, "E-1", Acuity.EMERGENCY)
    refused = client.post(f"{PATH}/{emergency}/expected", json={"topic": "bruising", "until": until})
    assert "emergency" in problem(refused, 409)["detail"]
    routine = opened(client, sqlite_services, clinic, "R-1", Acuity.ROUTINE)
    path = f"{PATH}/{routine}/expected"
    assert fields(problem(client.post(path, json={}), 422)) == {"topic", "until"}
    assert fields(problem(client.post(path, json={"topic": "chest pain", "until": until}), 422)) == {"topic"}
    far = (sqlite_services.now() + timedelta(days=30)).date().isoformat()
    assert fields(problem(client.post(path, json={"topic": "bruising", "until": far}), 422)) == {"until"}
    problem(client.get(f"{PATH}/00000000-0000-7000-8000-000000000000/expected"), 404)


def test_one_case_does_not_end_what_belongs_to_another_patient(
    client: httpx.Client, sqlite_services: Services, clinic: Clinic
) -> None:
    mine, other = (opened(client, sqlite_services, clinic, mrn, Acuity.ROUTINE) for mrn in ("R-1", "R-2"))
    until = (sqlite_services.now() + timedelta(days=1)).date().isoformat()
    (each,) = client.post(f"{PATH}/{mine}/expected", json={"topic": "bruising", "until": until}).json()
    problem(client.post(f"{PATH}/{other}/expected/{each['id']}/end"), 404)
    assert client.get(f"{PATH}/{mine}/expected").json() == [each]
